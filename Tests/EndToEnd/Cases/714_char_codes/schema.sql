create schema src; create schema dw;
create table src.code (code char(3) primary key, name varchar(10), alt varchar(5));
create table src.item (id int primary key, code varchar(3), qty int, flag char(1));
create table dw.item (id int primary key, code char(3), name char(10), tag text, flag char(1) not null default 'N', qty int);
create table dw.code_sum (code char(3) primary key, qty int, tags text);
insert into src.code values ('A','alpha','A1'),('B','beta',null),('AB','both','B ');
insert into src.item values (1,'A',5,'Y'),(2,'B ',2,null),(3,'AB',1,' '),(4,'Z',9,'N');
