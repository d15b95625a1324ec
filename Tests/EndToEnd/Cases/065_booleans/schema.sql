create schema src;
create schema dw;
create schema etl;

create table src.b (id int, a boolean, b boolean);
insert into src.b select row_number() over (), x, y from (values (true), (false), (null)) p(x) cross join (values (true), (false), (null)) q(y);
create table dw.b (id int, an boolean, o boolean, n int, t text);
