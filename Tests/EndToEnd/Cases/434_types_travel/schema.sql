create schema src;
create schema dw;
create schema etl;
create type dw.mood as enum ('sad', 'ok', 'happy');
create domain dw.percent as numeric(5,2) check (value between 0 and 100);
create table src.ev (id int primary key, k text, t text, n numeric, f double precision, j jsonb, a int[]);
insert into src.ev values
    (1, 'a', 'tab	and "quote" \ ü', 1.50, 0.1, '{"x": [1, null], "y": "é"}', '{1,2}'),
    (2, 'a', '', 'NaN', 1e300, 'null', '{}'),
    (3, 'b', null, null, 'Infinity', null, null),
    (4, 'b', 'x   ', -0.005, 3, '"text"', '{{1,2},{3,4}}'),
    (5, 'c', repeat('long ', 3), 99.995, -1.5e-7, '[]', '[2:3]={7,8}');
create table dw.state (
    k text primary key, n int not null default 0, txt varchar(8), code char(5), num numeric(8,3), bare numeric, f float8, r real,
    flag boolean, d date, ts timestamp(3), tz timestamptz, tm time, iv interval, j jsonb, js json, a int[], ta text[], b bytea,
    u uuid, m dw.mood, p dw.percent, span daterange, ip inet, bits bit(4), "Mixed Name" text, seen timestamptz default now()
);
insert into dw.state (k, txt, code, num, bare, f, r, flag, d, ts, tz, tm, iv, j, js, a, ta, b, u, m, p, span, ip, bits, "Mixed Name") values
    ('a', 'one ', 'ab', 1.5, 1.500, 0.30000000000000004, 0.1, true, 'infinity', '2024-01-01 10:00:00.1234', '2024-06-01 12:00+02', '23:59:59.999999', '1 mon -3 days 04:05:06.7',
     'null', '{"b":1,  "a":2, "a":3}', '{1,null,3}', '{"a,b","c\"d",null}', '\x00ff10', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'happy', 99.9, '[2024-01-01,2024-02-01)', '10.0.0.1/8', '1010', 'x'),
    ('b', null, null, null, 'NaN', 'NaN', '-Infinity', null, '0044-03-15 BC', '-infinity', null, null, null, '"s"', 'null', '{}', '{}', '', null, 'sad', null, 'empty', null, null, null);
create table dw.trail (id int, k text, n int, txt varchar(8), num numeric(8,3), js text, len int, m dw.mood, was_null boolean);
