create schema stage;
create schema live;
create table stage.customer (id int, name text, city text, score numeric);
insert into stage.customer values (1,'Ann','Bern',1.234),(2,'Bob',null,null),(2,'Bobby','Chur',5),(3,null,'Genf',9.999);
create table live.customer (id int primary key, name varchar(20), city varchar(20) default 'n/a', score numeric(4,1), since date not null default date '2020-01-01');
insert into live.customer values (1,'Ann','Basel',0,'2019-05-05'),(9,'Zoe','Zug',1,default);
