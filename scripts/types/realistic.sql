-- Expressions as they stand in ETL routines, one a line; see corpus.py.
coalesce(sum(n2) filter (where bo), 0)
coalesce(sum(i) filter (where st = 'paid'), 0)
coalesce(sum(b), 0)::bigint
round(n2 * i / nullif(n4, 0), 2)
round(sum(n2 * i)::numeric, 2)
round(100.0 * count(*) filter (where bo) / nullif(count(*), 0), 2)
round((d * 100)::numeric, 2)
round(d)
round(avg(i), 1)
round(avg(d)::numeric, 1)
date_trunc('month', dt)
date_trunc('month', dt)::date
date_trunc('month', dt)::date + interval '1 month' - interval '1 day'
(date_trunc('month', dt) + interval '1 month - 1 day')::date
(date_trunc('month', ts) + interval '1 month')::date - 1
date_trunc('month', ts)
date_trunc('day', tz)
date_trunc('day', tz, 'UTC')
date_trunc('hour', iv)
extract(year from dt)::int
extract(year from dt)::integer * 100 + extract(month from dt)::integer
extract(epoch from (ts - ts3)) / 3600
extract(epoch from tz)::bigint
date_part('year', age(dt))
date_part('day', ts - ts3)
dt - current_date
current_date - dt
current_date - 7
current_date - interval '7 days'
(current_date - interval '7 days')::date
now() - interval '1 day'
now()::date
now()::timestamp
now() at time zone 'UTC'
(now() at time zone 'UTC')::date
ts at time zone 'Europe/Berlin'
tz at time zone 'UTC' at time zone 'Europe/Berlin'
dt at time zone 'UTC'
ts - tz
tz - ts
dt + tm
dt + iv
dt + 1
1 + dt
dt + i
dt - dt
ts - ts
ts - iv
ts + iv
iv + ts
iv * 2
2.5 * iv
iv / 3
tm - tm
tm + iv
iv + iv
iv - iv
- iv
age(ts)
age(ts, ts3)
age(dt, dt)
extract(day from age(ts, ts3))
make_date(2020, 1, 1)
make_date(extract(year from dt)::int, 1, 1)
make_interval(days => 5)
make_interval(days := i)
make_interval(0, 0, 0, i)
make_timestamp(2020, 1, 1, 0, 0, 0)
make_timestamptz(2020, 1, 1, 0, 0, 0)
to_char(dt, 'YYYYMMDD')::int
to_char(dt, 'YYYY-MM')
to_char(n2, 'FM999990.00')
to_char(i, '000')
to_date(tx, 'YYYYMMDD')
to_date(i::text, 'YYYYMMDD')
to_timestamp(tx, 'YYYY-MM-DD HH24:MI:SS')
to_timestamp(d)
to_timestamp(b / 1000.0)
to_timestamp(b)
to_number(tx, '999D99')
upper(trim(v20))
lower(trim(both ' ' from tx))
initcap(v20)
trim(v20)
ltrim(v20, '0')
lpad(i::text, 8, '0')
rpad(v10, 20)
left(tx, 3)
right(v20, 4)
split_part(em, '@', 2)
split_part(tx, ',', 1)::int
substr(v20, 1, 3)
substring(v20, 1, 3)
substring(tx from 1 for 3)
substring(tx from '[0-9]+')
substring(tx from '[0-9]+')::bigint
substring(tx similar '%#"o_b#"%' escape '#')
position('@' in em)
strpos(em, '@')
overlay(tx placing '***' from 2 for 3)
replace(tx, ',', '.')::numeric
replace(replace(v20, '(', ''), ')', '')
regexp_replace(tx, '[^0-9]', '', 'g')
nullif(regexp_replace(tx, '[^0-9.]', '', 'g'), '')::numeric(10,2)
regexp_matches(tx, '(\d+)')
(regexp_matches(tx, '(\d+)'))[1]
(regexp_match(tx, '(\d+)'))[1]::int
translate(tx, 'abc', 'xyz')
concat(v10, ' ', v20)
concat_ws('|', v10, i, dt)
md5(concat_ws('|', v10, i, dt))
md5(coalesce(v10, '') || '|' || coalesce(i::text, ''))
md5(row(i, tx)::text)
encode(sha256(tx::bytea), 'hex')
encode(by, 'base64')
decode(tx, 'hex')
v10 || v20
v10 || ' ' || v20
tx || i
i || tx
i || ''
tx || dt
'x' || 'y'
tx || null
ch || ch
ch || 'x'
nm || tx
st || 'x'
st::text || '-' || i
length(tx)
char_length(v20)
octet_length(by)
coalesce(v10, 'n/a')
coalesce(v10, v20)
coalesce(v10, v10)
coalesce(v10, tx)
coalesce(tx, v10)
coalesce(ch, 'x')
coalesce(ch, v10)
coalesce(n2, 0)
coalesce(n2, 0.0)
coalesce(n2, n2)
coalesce(n2, n4)
coalesce(n2, d)
coalesce(i, b)
coalesce(i, 0)
coalesce(si, 0)
coalesce(si, i)
coalesce(b, 0)
coalesce(r, d)
coalesce(r, n2)
coalesce(dt, current_date)
coalesce(dt, '1900-01-01')
coalesce(dt, ts)
coalesce(ts, tz)
coalesce(ts3, ts3)
coalesce(ts, now())
coalesce(st, 'new')
coalesce(st, st)
coalesce(po, 0)
coalesce(po, po)
coalesce(am, 0)
coalesce(am, am)
coalesce(em, '')
coalesce(em, em)
coalesce(em, v10)
coalesce(null, null)
coalesce(null, 'x')
coalesce(null, i)
coalesce(jb, '{}')
coalesce(jb, '{}'::jsonb)
coalesce(ia, '{}')
coalesce(ia, '{}'::int[])
coalesce(ia, array[]::int[])
coalesce(na, na)
coalesce(iv, interval '0')
coalesce(bo, false)
case when i > 0 then 'pos' when i < 0 then 'neg' else 'zero' end
case when i > 0 then v10 else v20 end
case when i > 0 then v10 else v10 end
case when i > 0 then v10 end
case when i > 0 then n2 end
case when i > 0 then n2 else 0 end
case when i > 0 then n2 else n2 end
case when i > 0 then 1 else 0 end
case when i > 0 then 1 else 0.5 end
case when i > 0 then 1 else null end
case when i > 0 then null else null end
case when i > 0 then 1::bigint else 0 end
case when i > 0 then dt else null end
case when i > 0 then dt else ts end
case when i > 0 then 'a'::varchar(10) else 'b'::varchar(10) end
case when i > 0 then 'a'::varchar(10) else 'b' end
case when i > 0 then 'a'::char(2) else 'b'::char(2) end
case i when 1 then 'one' when 2 then 'two' end
case when bo then case when i > 0 then n2 else 0 end else n2 * 2 end
case when bo then true else false end
case when bo then st else 'new' end
case when bo then 'x' else null end::varchar(5)
case when bo then i end::text
case when bo then 1 else i end
case when bo then 1 else t.i end
case when bo then 1 else i end::numeric
case when bo then 1 else (select max(i) from app.t) end
case when bo then i else coalesce(i, 0) end
case when i between 1 and 5 then 'low' when i in (6, 7) then 'mid' else 'high' end
case when tx like 'a%' and not bo or dt is null then now() else tz end
case when count(*) > 1 then max(v10) else min(v10) end
case when sum(i) = 0 then null else sum(n2) / sum(i) end
sum(case when bo then 1 else 0 end)
sum(case when bo then n2 else 0 end)
sum(case when st = 'paid' then n2 end)
sum(bo::int)
sum(i)
sum(si)
sum(b)
sum(n2)
sum(r)
sum(d)
sum(m)
sum(iv)
sum(po)
sum(am)
sum(distinct i)
sum(i * n2)
sum(i) over (partition by tx order by dt rows between unbounded preceding and current row)
sum(sum(n2)) over (order by dt)
sum(n2) over w
avg(i)
avg(b)
avg(n2)
avg(r)
avg(d)
avg(iv)
avg(am)
avg(n2) filter (where i > 0)
count(*)
count(distinct i)
count(*) filter (where st in ('new', 'paid'))
count(*)::int
count(*) over ()
count(t.*)
count(1)
count(distinct (i, b))
max(v10)
min(v10)
max(ch)
max(tx)
max(n2)
max(dt)
max(ts3)
max(st)
max(po)
max(em)
max(am)
max(ia)
max(ip)
max(i) + 1
coalesce(max(i), 0) + 1
max(v10)::varchar(10)
bool_or(bo)
bool_and(i > 0)
every(bo)
string_agg(v10, ',')
string_agg(distinct v10, ', ' order by v10)
string_agg(i::text, ',' order by i desc nulls last)
array_agg(i)
array_agg(v10)
array_agg(n2 order by n2)
array_agg(distinct st)
array_agg(po)
array_agg(ia)
array_to_string(array_agg(v10), ',')
array_to_string(ia, ',')
(array_agg(v10 order by dt desc))[1]
(array_agg(n2 order by dt desc))[1]
(array_agg(i order by dt desc))[1:3]
json_agg(t)
json_agg(row_to_json(t))
jsonb_agg(jsonb_build_object('i', i, 'v', v10))
jsonb_object_agg(v10, i)
json_object_agg(v10, i)
jsonb_build_object('a', 1) || jsonb_build_object('b', 2)
jsonb_build_array(1, 'a', null)
to_jsonb(t)
row_to_json(t)::jsonb
to_jsonb(n2)
jb -> 'a'
jb ->> 'a'
(jb ->> 'a')::int
jb -> 'a' -> 0 ->> 'b'
(jb -> 'a' ->> 'b')::numeric(10,2)
jb #> '{a,b}'
jb #>> '{a,b}'
(jb #>> '{a,b}')::timestamp
jb['a']
jb ? 'a'
jb @> '{"a": 1}'
jb - 'a'
jb - array['a']
jb #- '{a}'
jb || '{"a": 1}'
jb || jb
j -> 'a'
j ->> 'a'
j #>> array['a', 'b']
jsonb_set(jb, '{a}', to_jsonb(i))
jsonb_array_length(jb)
jsonb_typeof(jb -> 'a')
jsonb_array_elements(jb)
jsonb_array_elements_text(jb -> 'list')
jsonb_object_keys(jb)
jsonb_extract_path_text(jb, 'a', 'b')
jsonb_strip_nulls(jb)
json_build_object('a', i)::text
jsonb_path_query_first(jb, '$.a')
percentile_cont(0.5) within group (order by n2)
percentile_cont(0.5) within group (order by i)
percentile_cont(0.5) within group (order by iv)
percentile_disc(0.5) within group (order by i)
percentile_disc(0.9) within group (order by v10)
mode() within group (order by v10)
stddev(n2)
stddev_pop(d)
variance(i)
corr(d, i)
regr_slope(d, i)
row_number() over (partition by v10 order by dt desc)
rank() over (order by n2 desc)
dense_rank() over (order by n2)
percent_rank() over (order by n2)
cume_dist() over (order by n2)
ntile(4) over (order by n2)
lag(n2) over (partition by v10 order by dt)
lag(n2, 1) over (order by dt)
lag(n2, 1, 0) over (order by dt)
lag(n2, 1, 0::numeric) over (order by dt)
lag(dt) over (order by dt)
lag(v10) over (order by dt)
lead(dt, 1, current_date) over (order by dt)
lead(dt) over (order by dt) - 1
lead(v10, 1, 'x') over (order by dt)
lead(i, 1, 0) over w
coalesce(lead(dt) over (order by dt), '9999-12-31')
first_value(v10) over (order by dt)
first_value(n2) over (order by dt)
last_value(ch) over (order by dt)
nth_value(i, 2) over (order by dt)
n2 - lag(n2) over (order by dt)
round(n2 / sum(n2) over (), 4)
(n2 - lag(n2) over (order by dt)) / nullif(lag(n2) over (order by dt), 0) * 100
i / 2
i / 2.0
i::numeric / 2
i * 1.0
i * n2
i * d
i * r
n2 * d
n2 * r
r * r
si + si
si * i
si * b
i + b
i % 2
i ^ 2
n2 ^ 2
d ^ 0.5
b / i
-i
-n2
+n2
- (i + 1)
@ i
|/ i
m * 2
m / m
m + m
i & 1
i | 2
i << 1
~ i
2147483647
2147483648
-2147483648
-2147483649
9223372036854775808
-9223372036854775808
- 9223372036854775809
1.5
.5
1e5
1::numeric(10,2)
1::numeric(10)
1::int
'x'::varchar
'x'::varchar(10)
'x'::char(3)
'x'::text::varchar(5)
'2020-01-01'::date
'2020-01-01'::timestamp(0)
cast(v10 as int)
cast(i as numeric(12, 3))
cast(tx as character varying (20))
cast(null as date)
cast('x' as "char")
null
null::int
null::numeric(10,2)
null::varchar(10)
null::app.status
'x'
E'a\n'
$$abc$$
N'abc'
B'101'
X'1F'
date '2020-01-01'
timestamp '2020-01-01 00:00:00'
timestamp with time zone '2020-01-01'
timestamptz '2020-01-01'
timestamp(3) '2020-01-01'
time '10:00'
interval '1 day'
interval '1' day
interval '1-2' year to month
interval(3) '1 second'
interval '1' second(2)
numeric '1.5'
numeric(10,2) '1.5'
double precision '1.5'
boolean 't'
bool 't'
int4 '5'
jsonb '{}'
app.status 'new'
true
false
not bo
bo and i > 0
bo or null
i = 1
i <> 1
i != 1
i is null
i isnull
i notnull
i is not distinct from b
tx like 'a%'
tx not like 'a%'
tx ~ '^a'
tx ~* 'a'
tx similar to 'a%'
i between 1 and 10
i not between symmetric 10 and 1
i in (1, 2, 3)
i not in (select i from app.t)
i = any(ia)
i = any(array[1, 2])
i <> all(ia)
tx like any(ta)
st = any('{new,paid}'::app.status[])
exists (select 1 from app.t)
not exists (select 1 from app.t)
(dt, dt) overlaps (dt, dt)
(i, b) = (1, 2)
row(i, b) < row(1, 2)
row(i, b)
(i, tx)
array[1, 2, 3]
array[1, 2.5]
array['a', 'b']
array[v10, v20]
array[v10]
array[n2, n2]
array[null]
array[]::text[]
array[[1, 2], [3, 4]]
array[ia, ia]
array(select i from app.t)
array(select v10 from app.t order by 1)
(select max(i) from app.t)
(select v10 from app.t limit 1)
(select count(*) as total from app.t)
(select i + 1 from app.t)
((select 1)) + 2
(select max(i) from app.t) + 1
coalesce((select max(n2) from app.t), 0)
(select i from app.t union all select b from app.t limit 1)
ia[1]
ia[1:2]
ia[1][1]
va[1]
na[2]
na[1:2]
(string_to_array(tx, ','))[1]
ia || 1
1 || ia
ia || ia
ia || ba
ta || 'x'
ta || tx
va || v10
array_append(ia, 1)
array_append(ta, 'x')
array_append(ta, v10)
array_cat(ia, ba)
array_length(ia, 1)
cardinality(ia)
unnest(ia)
unnest(va)
unnest(string_to_array(tx, ','))
array_position(ta, 'x')
array_remove(ia, 1)
ia @> array[1]
ia && '{1,2}'
1 = any(ia)
string_to_array(tx, ',')::int[]
nullif(tx, '')
nullif(v10, '')
nullif(v10, v20)
nullif(n2, 0)
nullif(n2, 0.0)
nullif(i, 0)
nullif(i, b)
nullif(i, n2)
nullif(ch, 'x')
nullif(st, 'new')
nullif(po, 0)
nullif(am, 0)
nullif(em, '')
nullif('a', 'b')
nullif(null, 1)
nullif(dt, ts)
nullif(ia, '{}')
nullif(jb, '{}')
nullif(jb ->> 'a', '')::date
greatest(i, b)
greatest(n2, 0)
greatest(n2, n2)
greatest(dt, '2020-01-01')
greatest(dt, ts)
greatest(v10, 'x')
least(ts, now())
least(v10, v10)
least(1, 2.5, d)
greatest(0, least(100, n2))
abs(i)
abs(n2)
abs(d)
abs(si)
ceil(n2)
ceil(d)
ceil(i)
ceiling(i / 2.0)
floor(n2)
floor(i)
trunc(n2, 2)
trunc(d)
trunc(i)
mod(i, 2)
mod(b, i)
mod(n2, 2)
mod(si, i)
power(i, 2)
power(n2, 2)
power(d, 2)
power(10, -2)
sqrt(i)
sqrt(n2)
exp(1)
ln(n2)
log(10, n2)
log(100)
sign(n2)
sign(i)
round(i)
round(n2)
round(r)
round(5.5)
round(n2, i)
random()
random() * 10
floor(random() * 10)::int
gen_random_uuid()
nextval('app.seq')
currval('app.seq'::regclass)
txid_current()
pg_backend_pid()
current_user
session_user
user
current_schema
current_schema()
current_database()
current_setting('x.y', true)
current_date
current_time
current_timestamp
current_timestamp(0)
localtime
localtimestamp
localtimestamp(3)
clock_timestamp()
statement_timestamp()
version()
pg_typeof(i)
pg_typeof(i)::text
hashtext(tx)
generate_series(1, 10)
generate_series(dt, dt, '1 day')
generate_series(dt, dt, interval '1 day')::date
generate_series(ts, ts, '1 hour'::interval)
generate_series(1, 10, 2.5)
generate_series(1::bigint, 10)
(co).zip
(co).geo
(t.co).street
t.i
t.v10
app.t.n2
(t).n2
co
t.ctid
app.tax(n2)
app.label(tx, i)
app.code(i)
app.tax(i) + 1
pg_catalog.upper(tx)
pg_catalog.now()
i operator(pg_catalog.+) 1
i operator(pg_catalog.=) 1
v10 collate "C"
v10 collate "C" || 'x'
upper(v10 collate "de_DE")
lower(ir)
upper(dr)
lower(tr)
ir @> i
dr && daterange(dt, dt)
daterange(dt, dt, '[]')
tstzrange(tz, tz)
isempty(ir)
upper_inc(ir)
ir * ir
enum_first(st)
enum_range(null::app.status)
po + 1
po * 2.0
po + po
am * 2
am + n2
-am
em || 'x'
lower(em)
length(em)
po::int
po::text
am::numeric
am::app.amount
i::app.positive
st::text
st = 'new'
st > 'new'
tx::app.status
ip <<= '10.0.0.0/8'
host(ip)
ip + 1
ip - ip
masklen(ip)
bt & bt
bt || bt
bt::int
by || by
length(by)
u::text
u = '00000000-0000-0000-0000-000000000000'
o + 1
rc::text
'app.t'::regclass
'app.t'::regclass::oid
xmlelement(name a, i)
xpath('/a', x)
(xpath('/a/text()', x))[1]::text
to_tsvector('english', tx)
to_tsvector(tx) @@ to_tsquery('a')
tv @@ tq
ts_rank(tv, tq)
format('%s-%s', i, tx)
quote_literal(tx)
quote_ident(tx)
greatest(coalesce(n2, 0), 0)::numeric(10,2)
(n2 * 1.19)::numeric(10,2)
round(n2 * 1.19, 2)::numeric(10,2)
coalesce(n2, 0) * coalesce(i, 0)
coalesce(n2, 0) - coalesce(n4, 0) + coalesce(am, 0)
(i + b) * n2 / 100
coalesce(sum(n2), 0) - coalesce(sum(n4), 0)
coalesce(round(sum(n2) / nullif(count(distinct v10), 0), 2), 0)
trim(upper(coalesce(v10, '')))
coalesce(nullif(trim(v10), ''), 'UNKNOWN')
coalesce(nullif(trim(v20), ''), v10, 'n/a')
(extract(year from dt) * 10000 + extract(month from dt) * 100 + extract(day from dt))::int
extract(dow from dt) in (0, 6)
extract(isodow from dt)::smallint
to_char(ts, 'IYYY-IW')
('x' || md5(tx))::bit(32)::int
abs(hashtext(tx)) % 10
(now() - tz) > interval '1 day'
extract(epoch from now() - tz)::int / 60
(ts)::date
ts::time
tz::time
ts::date + tm
(dt || ' ' || tm)::timestamp
(dt || ' 00:00:00')::timestamp
(i || ' days')::interval
i * interval '1 day'
interval '1 day' * i
dt + i * interval '1 month'
dt + (i || ' days')::interval
dt - make_interval(months => i)
date_trunc('week', dt) + interval '6 days'
to_char(dt, 'Day')
date '2020-01-01' + i
timestamp '2020-01-01' + i * interval '1 minute'
date_part('month', dt)::int
ts3::timestamp
ts3
ts3 + iv
ts3::timestamptz
tz0
tz0 at time zone 'UTC'
current_timestamp at time zone 'UTC'
timezone('UTC', tz)
justify_hours(ts - ts)
isfinite(dt)
v10::varchar
v10::varchar(10)
v10::text
n2::numeric
n2::numeric(10,2)
ch::char(3)
ch::bpchar
ch::text
iv::interval
ivd
ivd + iv
grouping(i)
num_nulls(i, b)
starts_with(tx, 'a')
width_bucket(n2, 0, 100, 10)
width_bucket(d, 0, 100, 10)
setval('app.seq', 1)
trim_scale(n2)
xmlserialize(content x as text)
cast(xmlserialize(content x as text) as varchar(10))
1 as
"i"
"i" + "b"
t."v10"
coalesce(t.v10, t."v20")::varchar(12)
i::int::text::varchar(3)
(i > 0)::int
(i > 0) and (b > 0)
((i))
(((n2)))
-(n2)
-i::numeric
- i ^ 2
2 ^ 3 ^ 2
i + b * n2 ^ 2
not i = 1 and bo
a.i
