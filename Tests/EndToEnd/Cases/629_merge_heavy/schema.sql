create schema src; create schema dw; create schema etl;
create table src.product (code text, name text, price numeric, changed date);
insert into src.product values ('P1','One',10,'2024-01-01'),('P2','Two',null,'2024-01-02'),('P3',null,3.333,'2024-01-03'),('P1','One again',11,'2024-01-04'),(null,'nobody',1,'2024-01-05');
create table dw.product (product_id int generated always as identity primary key, code text unique not null, name text not null default '?', price numeric(10,2), deleted boolean not null default false, updated timestamptz);
create table dw.price_history (code text, price numeric(10,2), seq int, primary key (code, seq));
create table dw.sync_log (run int, merged int, softdel int, hist int);
