-- The objects that the corpus of expressions speaks of; see corpus.py.
create schema app;
create type app.status as enum ('new', 'paid', 'void');
create domain app.positive as integer check (value > 0);
create domain app.email as character varying(50);
create domain app.amount as numeric(12, 2);
create type app.address as (street text, zip character varying(5), geo numeric(9, 6));
create function app.tax(numeric) returns numeric language sql as 'select $1 * 0.2';
create function app.label(text, integer) returns character varying language sql as 'select $1';
create function app.code(integer) returns character language sql as 'select ''x''::character';
create sequence app.seq;
create table app.t (
    si smallint, i integer, b bigint, n numeric, n2 numeric(10, 2), n4 numeric(12, 4), n0 numeric(5), r real,
    d double precision, m money, tx text, vc character varying, v10 character varying(10), v20 character varying(20),
    ch character(3), bp bpchar, c1 "char", nm name, bo boolean, dt date, ts timestamp, ts3 timestamp(3), tz timestamptz,
    tz0 timestamptz(0), tm time, tm2 time(2), tmz timetz, iv interval, ivd interval day to second(2), u uuid, by bytea,
    j json, jb jsonb, x xml, bt bit(8), bv bit varying(8), ip inet, cd cidr, o oid, rc regclass, ia integer[],
    ba bigint[], ta text[], na numeric(10, 2)[], va character varying(10)[], da date[], ja jsonb[], ir int4range,
    nr numrange, dr daterange, tr tsrange, im int4multirange, st app.status, sta app.status[], po app.positive,
    em app.email, am app.amount, co app.address, tv tsvector, tq tsquery
);
