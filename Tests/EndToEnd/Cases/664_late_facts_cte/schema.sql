create schema src; create schema dw; create schema etl;
create table src.grp (g text, n int, d int); insert into src.grp values ('G1',10,2),('G1',5,5),('G2',1,0),('G3',-7,1),('G4',null,3);
create table dw.res (g text, n int, q int check (q is null or q >= 0));
create table dw.log (lvl text, g text, state text, msg text, hint text);
