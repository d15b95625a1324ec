create schema src;
create schema dw;
create schema etl;

create table src."Order" ("ID" int primary key, "select" text, "Unit Price" numeric, "a""b" int, id int);
insert into src."Order" values (1, 'x', 1.5, 10, 100), (2, null, 2.5, 20, 200), (3, 'X', null, null, 300);
create table dw."Mixed Case" ("ID" int primary key, "group" varchar(10), "Total %" numeric(8,2), "Größe" int default 7);
