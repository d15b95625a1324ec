create schema src; create schema dw; create schema etl;
create table src.line_in (n int primary key, code text, kind text, qty int, lo int, hi int);
insert into src.line_in values (1,'L1','K9',1,1,2),(2,'L1','K1',1,1,2),(3,'L1','K1',2,1,2),(4,null,'K1',1,1,2),(5,null,'K2',1,null,2),(6,'L6','K1',-1,1,2),(7,'L7','K1',1,3,2),(8,'L7','K2',1,3,3),(9,'L0','K2',1,1,1),(10,'L10',null,null,1,1),(11,'L11','K1',2,1,1),(12,'L11','K9',2,1,1);
create table dw.kind (kind text primary key);
insert into dw.kind values ('K1'),('K2');
create table dw.line (code varchar(10) unique, kind text references dw.kind, qty smallint not null default 1 check (qty > 0), lo int, hi int, at timestamptz default now(), constraint lo_hi check (lo <= hi));
insert into dw.line values ('L0','K1',1,1,1,now());
create table dw.problem (n int, what text, state text, msg text);
create table dw.summary (run int, ok int, dup int, bad int, last_code text);
