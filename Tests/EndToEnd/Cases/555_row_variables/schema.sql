create schema src;
create schema ref;
create table src.param (name text, val text, grp int, ord int);
insert into src.param values ('a','1',1,1),('b',null,1,2),('c','3',2,1),('c','4',2,2);
create table ref.setting (name varchar(10) primary key, val text not null default '?', grp smallint, updated timestamptz default now());
insert into ref.setting values ('a','0',1,'2020-01-01'),('z','zz',9,'2020-01-01');
create table ref.setting_hist (like ref.setting);
alter table ref.setting_hist add column archived_as jsonb, add column reason text;
create table ref.summary (grp int, first_name text, last_val text, n int);
