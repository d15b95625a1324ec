create schema z;
create domain z.pct as numeric(5,2) check (value between 0 and 100);
create table z.t (id int primary key, c text, v numeric(6,3));
create table z.log (n serial, what text, val text);
create table z.r (id int, x smallint, y char(4), p z.pct, b boolean, i interval, ts timestamp(0));
insert into z.t values (1,'a',1.5),(2,'b',2.25),(3,'c',null),(4,'d',-4.125);
