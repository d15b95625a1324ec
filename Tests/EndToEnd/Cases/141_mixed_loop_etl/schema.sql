create schema src;
create schema dw;
create schema etl;

create table src.feed_a (id int primary key, k text, amount text);
create table src.feed_b (id int primary key, k text, amount text);
insert into src.feed_a values (1, 'x', '10.5'), (2, 'y', '7'), (3, null, '1'), (4, 'x', '2.25');
insert into src.feed_b values (1, 'z', '100'), (2, 'x', '3');
create table dw.target (k text primary key, amount numeric(10,2), feed text, n int not null default 1, run int);
create table dw.rejected (feed text, id int, why text);
create sequence etl.run_seq;
create table etl.run (run int primary key, feed text, seen int default 0, loaded int default 0, rejected int default 0, state text default 'running', ended timestamptz);
