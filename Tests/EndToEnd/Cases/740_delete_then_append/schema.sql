create schema raw; create schema dw; create schema etl;
create table raw.sale (id int, day date, sku varchar(10), qty int, price numeric(8,3));
create table raw.setting (keep_days int, is_open boolean);
create table dw.fact_sale (day date, sku char(4), qty smallint, amount numeric(10,2) not null, "Note" text default 'x', loaded_at timestamptz default now());
insert into raw.sale values (1,'2024-02-27','a',1,1.005),(2,'2024-03-01','a',2,1.255),(3,'2024-03-01','b',3,null),(4,'2024-03-01','a',-2,10),(5,'2024-03-02','a',5,2);
insert into raw.setting values (30, true);
insert into dw.fact_sale values ('2024-03-01','old',1,1,null,null),('2024-02-28','z',2,2,'k',null),(null,'n',3,3,'m',null),('2023-01-01','y',4,4,'{{ j }}',null);
