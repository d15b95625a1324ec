create schema src;
create schema dw;
create schema etl;

create table src.t (id int primary key, t text);
insert into src.t values (1, 'Doe, John; dept=42'), (2, ''), (3, null), (4, '  a,b ,,c'), (5, 'ÄÖü;ß'), (6, 'x;dept=007;dept=9');
create table dw.t (id int, p1 text, p2 text, rx text, pad char(8), n int, f text);
create table dw.agg (list text, h text);
