create schema elo;
create table elo.player(code text primary key, rating int not null default 1500, games int not null default 0);
create table elo.game(game_id int primary key, played date, white text not null, black text not null, result char(1) check (result in ('W','B','D')));
create table elo.history(game_id int primary key, white_before int, black_before int, delta int);
insert into elo.player values ('a',1600,3),('b',1500,0),('c',1400,9);
insert into elo.game values (1,'2024-01-01','a','b','W'),(2,'2024-01-02','b','c','B'),(3,'2024-01-02','a','c','D'),(4,'2024-01-03','b','a','W');
