create schema m;
create table m.src (sku text, price numeric(8,2), live boolean);
create table m.dst (sku text primary key, price numeric(8,2) not null, live boolean not null default true, gone_on date, seen int default 1);
create table m.log (sku text, what text, old_price numeric(8,2), new_price numeric(8,2));
insert into m.src values ('a',1,true),('b',2,true),('c',3,false),(null,7,true);
insert into m.dst values ('a',1,true,null),('c',2.5,true,null),('d',8,true,null);
