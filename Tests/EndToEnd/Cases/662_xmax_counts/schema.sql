create schema src; create schema dw; create schema etl;
create table src.ev (id int primary key, usr text, s timestamptz, e timestamptz, amt int, props jsonb);
insert into src.ev values (1,'u1','2024-03-31 00:30+00','2024-03-31 01:30+00',10,'{"k": 1, "t": ["a"]}'),(2,'u1','2024-03-31 01:00+00',null,20,null),(3,'u2','2024-10-27 00:30+00','2024-10-27 02:30+00',20,'{"k": "x"}'),(4,'u3',null,null,20,'{}'),(5,'u2','2024-01-01 12:00+00','2024-01-01 11:00+00',5,'[]');
create table dw.day (usr text, d date, amt bigint, n int, props jsonb, primary key (usr, d));
create table dw.top_usr (usr text, amt bigint, rnk int);
create table dw.ovl (a int, b int);
create table dw.win (id int, others numeric, label text);
create table dw.run (ins bigint, upd bigint);
