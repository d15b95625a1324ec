create schema src;
create schema dw;
create schema etl;

create table src.cust (id int primary key, name text, city text);
insert into src.cust values (1, 'Ann', 'Bonn'), (2, 'Bob', null), (3, 'Cid', 'Köln');
create table dw.cust (id int, name text, city text, valid_from date not null, valid_to date not null default '9999-12-31', is_current boolean not null default true, primary key (id, valid_from));
