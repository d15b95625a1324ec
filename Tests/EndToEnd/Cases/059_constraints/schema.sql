create schema src;
create schema dw;
create schema etl;

create table src.i (id int, kind text, qty int, price numeric);
insert into src.i values (1, 'A', 0, 0.004), (2, 'b', 100, 5), (3, null, null, null), (4, 'c', 7, 2.5), (4, 'c', 7, 2.5);
create table dw.kind (code char(1), lang char(2), name text, primary key (code, lang));
create table dw.i (id int primary key, code char(1), lang char(2) default 'en', qty int check (qty between 0 and 100), price numeric(6,2) check (price >= 0), ref varchar(8) unique, check (qty is null or price is not null), foreign key (code, lang) references dw.kind (code, lang));
