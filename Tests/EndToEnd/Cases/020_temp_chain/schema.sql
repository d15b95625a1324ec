create schema src;
create schema dw;
create schema etl;

create table src.x (id int, grp text, val numeric);
insert into src.x select g, (array['a', 'b', null, 'c'])[1 + g % 4], case when g % 5 = 0 then null else g * 1.37 end from generate_series(1, 20) g;
create table dw.x (id int, grp text, val numeric(10,2), mark text);
