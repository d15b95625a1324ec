create schema inv;
create table inv.movement(id bigint generated always as identity primary key, item varchar(10) not null, moved_at timestamp not null, kind varchar(3) not null check (kind in ('IN','OUT','ADJ')), qty numeric(12,3) not null, unit_cost numeric(14,4));
create table inv.item_cost(item varchar(10) primary key, on_hand numeric(14,3) not null, avg_cost numeric(14,4), updated_by text);
create table inv.movement_cost(movement_id bigint primary key, item varchar(10), qty numeric(12,3), cost numeric(14,4), value numeric(16,2), balance numeric(14,3));
create table inv.shortage(movement_id bigint, item text, missing numeric);
insert into inv.movement(item, moved_at, kind, qty, unit_cost) values
 ('A','2024-01-01','IN',10,2.5),('A','2024-01-02','OUT',4,null),('A','2024-01-03','IN',6,3.333),('B','2024-01-01','OUT',2,null),('B','2024-01-05','IN',3,9.99),('A','2024-01-03','ADJ',-1,null);
