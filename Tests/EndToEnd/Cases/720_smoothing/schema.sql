create schema fc;
create table fc.demand(product_id int not null, month_start date not null, qty numeric(10,2), primary key(product_id, month_start));
create table fc.product(product_id int primary key, name text not null, active boolean not null default true, min_level numeric(10,2));
create table fc.forecast(product_id int not null, month_start date not null, level numeric(12,4), err numeric(12,4), method varchar(12) not null, primary key (product_id, month_start));
create table fc.run_log(run_id serial primary key, started timestamp not null default now(), alpha numeric(3,2), products int, points int, mape numeric(8,3), remarks text);
insert into fc.product values (1,'bolt',true,5),(2,'nut',true,null),(3,'gear',true,1),(4,'cog',false,2);
insert into fc.demand values (1,'2024-01-01',40),(1,'2024-02-01',44),(1,'2024-03-01',39),(2,'2024-01-01',0),(2,'2024-02-01',10),(4,'2024-01-01',3);
