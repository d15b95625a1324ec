create schema src;
create schema dw;
create schema etl;

create table src.s (id int, gross numeric, country text);
insert into src.s values (1, 119, 'DE'), (2, 120, 'FR'), (3, null, 'DE'), (4, 50, null), (5, 10.005, 'XX');
create table dw.s (id int, net numeric(8,2), band text);
