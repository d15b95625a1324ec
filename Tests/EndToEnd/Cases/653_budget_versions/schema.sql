create schema src; create schema dw; create schema etl;
create table src.bud (y int, dept text, cost text, amt numeric(12,2), ver int);
insert into src.bud values (2024,'S','C1',1000,1),(2024,'S','C1',1100,2),(2024,'M','C1',100,1),(2024,'S','C2',0.07,1),(2023,'S','C1',5,1),(2024,null,'C1',3,1);
create table src.weight (m int primary key, w numeric); insert into src.weight select g, case when g in (7, 8) then 0.5 else 1 end from generate_series(1, 12) g;
create table dw.bud_month (y int not null, m int not null, dept text not null, cost text not null, amt numeric(12,2), scenario text not null, primary key (y, m, dept, cost, scenario));
create table dw.bud_report (scenario text, dept text, cost text, amt numeric, share numeric(7,4), lvl int);
