create schema g;
create table g.edge (a int, b int);
create table g.reach (start_id int, id int, depth int);
create table g.ordered (pos bigint, id int, depth int);
create table g.looped (id int, how char(1), n int);
insert into g.edge values (1,2),(2,3),(3,4),(2,5),(null,1),(6,null);
