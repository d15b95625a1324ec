create schema src;
create schema dw;
create schema etl;

create table src.dept (id int primary key, name text, budget numeric(10,2), active boolean);
insert into src.dept values (1, 'a', 1000, true), (2, 'b', null, true), (3, 'c', 500, false), (4, 'd', 800, true), (5, 'e', 300, true), (6, 'f', 900, true);
create table src.emp (id int primary key, dept_id int, salary numeric(10,2), grade text);
insert into src.emp values
    (1, 1, 50, 'x'), (2, 1, 70, null), (3, 1, null, 'x'), (4, 2, 10, 'y'), (5, 3, 10, 'y'), (6, 4, 90, 'x'),
    (7, 4, 80, 'STOP'), (8, 4, 70, 'x'), (9, 5, 40, 'z'), (10, 5, 40, 'z'), (11, 6, 10, 'x'), (12, null, 5, 'x');
create table dw.bonus (year int, half int, emp_id int, amount numeric(12,2));
create table dw.dept_total (year int, dept_id int, paid numeric(12,2), heads int);
