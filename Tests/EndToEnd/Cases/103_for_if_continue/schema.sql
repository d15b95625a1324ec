create schema src;
create schema dw;
create schema etl;

create table src.row (id int primary key, kind text, amount numeric);
insert into src.row values (1, 'in', 10), (2, 'out', 4), (3, null, 1), (4, 'in', -5), (5, 'out', null), (6, 'skip', 3), (7, 'in', 2.5);
create table dw.ins (id int, amount numeric(8,2));
create table dw.outs (id int, amount numeric(8,2));
create table dw.bad (id int, why text);
create table dw.log (n_in int, n_out int, n_bad int);
