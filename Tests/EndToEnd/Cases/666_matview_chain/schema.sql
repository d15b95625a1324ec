create schema src; create schema dw; create schema etl;
create table src.visit (id int primary key, pat text, d date, cost numeric(8,2));
insert into src.visit values (1,'p1','2024-01-01',10),(2,'p1','2024-01-05',20),(3,'p2','2024-01-03',null),(4,null,'2024-01-04',5);
create table dw.visit (id int primary key, pat text, d date, cost numeric(8,2), no int);
create view dw.v_last as select distinct on (pat) pat, d, cost from dw.visit where pat is not null order by pat, d desc, id desc;
create view dw.v_sum as select l.pat, l.d as last_d, (select sum(v.cost) from dw.visit v where v.pat = l.pat) as total from dw.v_last l;
create materialized view dw.mv_month as select date_trunc('month', d)::date as m, count(*) as n, sum(cost) as cost from dw.visit group by 1;
create table dw.snap (taken int, pat text, last_d date, total numeric, month_n bigint);
