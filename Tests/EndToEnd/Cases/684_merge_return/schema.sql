create schema src; create schema ops;
create table src.tick (id int primary key, k text, v int); insert into src.tick values (1,'a',1),(2,'b',2),(3,'a',5);
create table ops.job (name text primary key, runs int not null default 0, last_id int, tags text[] default '{}', state text default 'idle' check (state in ('idle','busy','bad')));
insert into ops.job (name) values ('x');
create table ops.agg (k text primary key, total bigint not null, seen int[] not null);
create table ops.seq_tab (id int generated always as identity (start with 100 increment by 10), k text unique);
create table ops.skip_log (name text, reason text);
