create schema web;
create table web.hit (hit_id bigint primary key, visitor text, at timestamp not null, url text, ref text, status smallint default 200);
insert into web.hit values (1,'a','2024-01-01 10:00','/','google.com'),(2,'a','2024-01-01 10:10','/product/1?x=1',null),(3,'a','2024-01-01 10:41','/cart',null),(4,'b','2024-01-01 10:00','/product/2','http://ads.net/?c=5'),(5,'b','2024-01-01 10:00','/cart',null),(6,'b','2024-01-01 10:05','/checkout/done',null),(7,null,'2024-01-01 11:00','/',null),(8,'a','2024-01-02 00:10','/checkout/done','a'),(9,'c','2024-01-01 23:50','/product/9',null),(10,'c','2024-01-02 00:05','/cart',null),(11,'b','2024-01-01 10:06','/x',null);
create table web.session (session_id bigserial primary key, visitor text not null, started timestamp not null, ended timestamp not null, hits int not null, entry_page text, exit_page text, referrer text, max_step smallint, unique (visitor, started));
create table web.funnel (day date, step smallint, name text, sessions int, rate numeric(7,4), primary key (day, step));
create table web.quantile (day date primary key, p50 interval, p90 double precision, avg_hits numeric, modes text[]);
create table web.bot (visitor text primary key, seen int);
insert into web.bot values ('z',1);
update web.hit set status = 500 where hit_id = 11;
