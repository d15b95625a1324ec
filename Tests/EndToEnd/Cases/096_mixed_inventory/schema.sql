create schema src;
create schema dw;
create schema etl;

create table src.article (no varchar(8) primary key, name text, unit char(2), min_qty numeric(8,2), active boolean default true);
insert into src.article values ('A-1', 'bolt', 'PC', 100, true), ('A-2', 'nut', 'PC', null, true), ('A-3', 'oil', 'L ', 5.5, true), ('A-4', 'old thing', 'PC', 1, false);
create table src.movement (id int primary key, no varchar(8), place char(3), qty numeric(10,3), price numeric(10,4), booked date);
insert into src.movement values (1, 'A-1', 'X01', 500, 0.1025, '2024-03-01'), (2, 'A-1', 'X01', -120, null, '2024-03-02'), (3, 'A-1', 'Y02', 50, 0.11, '2024-03-02'), (4, 'A-3', 'X01', 7.125, 12.3456, '2024-03-03'), (5, 'A-9', 'X01', 1, 1, '2024-03-03'), (6, 'A-2', null, 10, 0.05, '2024-03-03'), (7, 'A-3', 'X01', -9, null, '2024-03-05'), (8, 'A-4', 'Y02', 3, 2, '2024-03-01'), (9, 'A-1', 'X01', null, 1, '2024-03-04');
create table src.demand (id int primary key, no varchar(8), place char(3), qty numeric(10,3), prio int);
insert into src.demand values (1, 'A-1', 'X01', 200, 2), (2, 'A-1', 'X01', 150, 1), (3, 'A-1', 'X01', 100, 2), (4, 'A-3', 'X01', 1, 1), (5, 'A-2', 'X01', 1, 1), (6, 'A-1', 'Y02', 50, null);
create table dw.stock (no varchar(8), place char(3), qty numeric(10,2) not null default 0, avg_price numeric(10,4), value numeric(12,2), last_moved date, primary key (no, place));
create table dw.reservation (demand_id int primary key, no varchar(8) not null, place char(3) not null, wanted numeric(10,2), given numeric(10,2) not null default 0, state char(1) not null default 'O' check (state in ('O', 'P', 'F')));
create table dw.reorder (no varchar(8) primary key, missing numeric(10,1), raised int not null default 1, first_day date not null, urgent boolean);
create table dw.errors (movement_id int, why text);
