create schema src; create schema dw; create schema etl;
create table src.promo (id int primary key, prod text, d1 date, d2 date, pct numeric(4,2));
insert into src.promo values (1,'A','2024-01-01','2024-01-10',0.1),(2,'A','2024-01-08','2024-01-20',0.2),(3,'A','2024-01-21','2024-01-25',0.2),(4,'B','2024-01-01','2024-01-01',0.3),(5,'A','2024-03-01',null,0.1),(6,null,'2024-01-01','2024-01-02',0.1),(7,'B','2024-01-05','2024-01-03',0.2);
create table src.price (prod text, valid_from date, price numeric(8,2)); insert into src.price values ('A','2023-12-01',10),('A','2024-01-15',12),('B','2024-01-01',5),('B','2024-01-01',5);
create table dw.band (prod text, d1 date, d2 date, best_pct numeric(4,2), n int, price numeric(8,2), primary key (prod, d1));
create table dw.island (prod text, d1 date, d2 date, days int);
