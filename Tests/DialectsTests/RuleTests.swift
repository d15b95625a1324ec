import Dialects
import Testing

/// Every rule of the data files means the same on both engines.
@Suite(.serialized) struct RuleTests {
    private static let rules = try! DialectRules.rules(for: "duckdb")!

    /// The data file's own examples.
    @Test func examplesGiveTheSameValue() throws {
        let engines = try BothEngines(rules: Self.rules)
        let examples =
            Self.rules.functions.values.joined().flatMap(\.examples) + Self.rules.typedOperators.flatMap(\.examples)
        #expect(examples.count > 60)
        for example in examples.sorted() { try Self.check("select \(example) as x", engines) }
    }

    /// Rules that are code: casts, quotients, formats, orders.
    private static let queries = [
        // quotients
        "select 7 / 2 as x", "select -7 / 2 as x", "select 7 / 2.0 as x", "select 201 / 200.0 as x",
        "select 1 / 3.0 * 3 as x",
        "select round(1.005 * 200 / 200, 2) as x", "select 7::numeric / 3 as x", "select 1 / 4::float8 as x",
        "select 1 / 0 as x",
        "select 1.0 / 0 as x", "select 1.0::float8 / 0 as x",
        "select a / b as x from (values (7, 2), (null, 3), (9, null)) t (a, b)",
        "select avg(a) as x from (values (1), (2), (2), (null)) t (a)",
        "select avg(a) as x from (values (1)) t (a) where a > 1",
        "select avg(a) over (partition by b) as x from (values (1, 1), (2, 1), (5, 2)) t (a, b) order by b",
        // digits that must not be lost where types meet
        "select sum(n2) as x from (values (1.18::numeric(8,2)), (2)) t (n2) union all select sum(i) from (values (1)) u (i)",
        "select coalesce(sum(a) / 3, sum(b), 0) as x from (values (1.5, 2::bigint)) t (a, b)",
        "select case when a > 1 then round(a) else a end as x from (values (1.25::numeric(6,2)), (2.5)) t (a) order by a",
        "select case when a > 1 then sum(a) * sum(a) else a / 3 end as x from (values (0.5::numeric(12,2)), (2.5)) t (a) group by a order by a",
        "with recursive r (n, s) as (select 1, 0::numeric union all select n + 1, s + 0.5 from r where n < 4) select s as x from r order by n",
        // casts
        "select 2.5::int as x", "select 3.5::int as x", "select (-2.5)::int as x", "select 2.5::float8::int as x",
        "select 3.5::float8::int as x", "select 'abcdef'::varchar(3) as x", "select 'ab   '::char(4)::text || '|' as x",
        "select 'abcdef'::char(3)::text as x", "select 1.005::numeric(6,2) as x", "select true::int as x",
        "select 12.5::numeric(6,1)::text as x",
        "select cast('{}' as text[]) as x", "select array[]::int[] as x", "select '{1,2}'::int[] as x",
        "select not (a = any (array(select b from (values (2), (null)) u (b)))) as x from (values (1), (2), (null)) t (a) order by a",
        "select a <> all (array(select b from (values (2)) u (b))) as x from (values (1), (2), (null)) t (a) order by a",
        "select a = any (array[1, null]) as x from (values (1), (2), (null)) t (a) order by a",
        // functions that need no change, where they might: empty texts, bounds, NULL
        "select ascii('') as x", "select ascii('añ') as x", "select chr(228) as x", "select md5('') as x",
        "select repeat('ab', n) as x from (values (2), (0), (-1), (null)) t (n) order by n",
        "select replace('aaa', '', 'b') as x", "select reverse('') as x", "select starts_with('abc', '') as x",
        "select split_part('a-b-c', '-', n) as x from (values (1), (3), (4), (-1), (-4)) t (n) order by n",
        "select strpos('abc', '') as x", "select position('c' in 'abc') as x",
        "select translate('abc', 'abc', 'x') as x",
        "select ltrim('xxa', 'x') as x", "select rtrim(' a ') as x", "select trim(both 'x' from 'xax') as x",
        "select make_date(2024, 2, 29) as x", "select nullif(a, 0) as x from (values (0), (1)) t (a) order by a",
        "select string_to_array(s, ',') as x from (values ('a,b'), (''), (null), ('a')) t (s) order by s",
        "select array_append(null::int[], 1) as x", "select array_append(array[1], null) as x",
        "select bool_and(a) as x from (values (true), (null)) t (a)",
        "select bool_or(a) as x from (values (false)) t (a) where not a is null",
        "select nth_value(a, 2) over (order by a) as x from (values (1), (2), (3)) t (a) order by a",
        "select last_value(a) over (order by a) as x from (values (1), (2)) t (a) order by a",
        "select lag(a, 1, 0) over (order by a) as x from (values (1), (2)) t (a) order by a",
        "select ntile(2) over (order by a) as x from (values (1), (2), (3)) t (a) order by a",
        "select lpad('abc', n, 'x') as x from (values (5), (2), (0), (-1)) t (n) order by n",
        "select mod(7, n) as x from (values (0)) t (n)", "select 7.5 % n as x from (values (0)) t (n)",
        // places in texts and lists that are not there
        "select substring('abcdef' from n for 3) as x from (values (2), (0), (-1), (-9), (9), (null)) t (n) order by n",
        "select substring('abcdef' from 2 for n) as x from (values (2), (0), (9)) t (n) order by n",
        "select substring('abcdef' from 2 for n) as x from (values (-1)) t (n)",
        "select substr('abcdef', n) as x from (values (2), (0), (-2), (9), (null)) t (n) order by n",
        "select substr('abcdef', n, 2) as x from (values (2), (0), (-2)) t (n) order by n",
        "select substr('abcdef', 2, 3) as x",
        "select (array[1, 2, 3])[n] as x from (values (1), (0), (-1), (4), (null)) t (n) order by n",
        // parts of times
        "select date_part('second', timestamp '2024-05-06 07:08:09.5') as x",
        "select date_part('epoch', timestamp '2024-05-06 07:08:09.5') as x",
        "select 100 % extract(second from timestamp '2024-05-06 07:08:09.5') as x",
        "select '[\"a\"]'::jsonb ? 'a' as x", "select null::jsonb ? 'a' as x",
        // an order by a name that two columns could mean
        "select string_agg(q.b::text, ',') as x from (select a as b, b as a from (values (1, 2), (2, 1)) t (a, b) order by a) q",
        "select string_agg(q.x::text, ',') as x from (select a.* from (values (1, 2), (2, 1)) a (x, y) join (values (1, 5), (2, 4)) b (k, x) on b.k = a.x order by b.x) q",
        // rows and NULL
        "select (1, null) = (1, null) as x", "select (1, 2) = (1, null) as x", "select (1, 2) = (2, null) as x",
        "select (1, 2) <> (1, null) as x", "select (1, 2) < (1, null) as x", "select (1, null) < (2, 1) as x",
        "select (1, 2) >= (1, 2) as x", "select (1, null) in ((1, null), (2, 2)) as x",
        "select (2, 2) not in ((1, null), (2, 2)) as x",
        "select (1, null::int) in (select 1, 2) as x", "select row(1, null) is null as x",
        "select row(null, null) is null as x",
        "select (1, null) is not null as x", "select not (1, null) is not null as x",
        "select (1, null) is distinct from (1, null) as x",
        "select a as x from (values (1), (null), (3)) t (a) order by a desc",
        "select a as x from (values (1), (null), (3)) t (a) order by a",
        "select row_number() over (order by a desc) as x from (values (1), (null)) t (a) order by a",
        // orders of queries in FROM
        "select row_number() over () as x from (select a from (values (3), (1), (2)) t (a) order by a desc) q order by a",
        "select row_number() over () as x from (select a from (values (3, 1), (1, 2), (2, 3)) t (a, b) order by b desc) q order by a",
        "select n as x from (select q.*, row_number() over () as n from (select a from (values (3, 1), (1, 2), (2, 3)) t (a, b) order by b desc) q) z order by a",
        "select string_agg(q.a, ',') as x from (select a from (values ('b'), ('c'), ('a')) t (a) order by a) q",
        "select string_agg(q.a, ',') as x from (select a::text from (values (10), (9)) t (a) order by a) q",
        "select (select a::text from (values (10), (9)) t (a) order by a limit 1) as x",
        // texts
        "select 'a_c' like 'a\\_c' as x", "select 'abc' like p as x from (values ('a\\_c'), ('a_c')) t (p) order by p",
        "select 'a_cd' like p || '%' as x from (values ('a\\_c'), ('ab')) t (p) order by p",
        "select not 'ab' like p as x from (values ('a_'), ('b')) t (p) order by p",
        "select date '2024-01-31' + (date '2024-02-03' - date '2024-02-01') as x",
        "select date '2024-01-31' - 1 + length('abc') as x",
        "select d - n as x from (values (date '2024-01-31', 3), (null, 1)) t (d, n)",
        "select lpad('a', length('abc'), '0') as x",
        "select 'abc' ~ '^b' as x", "select 'a word' ~ '\\yword\\y' as x", "select 'ABC' ~* 'b' as x",
        "select 'x' || null as x",
        "select substring('ab12c' from '[0-9]+') as x", "select substring('ab12c' from '([a-z])[0-9]') as x",
        "select substring('abc' from '[0-9]') as x", "select substring(null::text from 'b') as x",
        "select substring('http://x.y/z' from '^(?:https?://)?([^/]+)') as x",
        "select trim_scale(a)::text as x from (values (10.00), (1.50), (0.00), (-100), (null), (0.05), (100.10)) t (a) order by a",
        "select 'a' || i / j || 'b' as x from (values (5, 2), (null, 1)) t (i, j)",
        "select i + j || '' as x from (values (5, 2)) t (i, j)",
        "select (extract(year from date '2024-05-06') - 1)::text as x",
        "select extract(month from date '2024-05-06') || '.' as x",
        "select sum(b)::text as x from (values (7000000000::bigint), (1)) t (b)",
        "select trim_scale(1.50) + 1 as x", "select 'a ' || trim_scale(3 / 2.0)::text as x",
        "select concat('a', null, 1) as x", "select format('%s of %s%%', 3, null::int) as x",
        "select initcap(null) as x",
        "select 'a' || 5 || date '2024-02-01' as x", "select lower('ÄÖ') as x", "select left('abc', -1) as x",
        "select case when true then 'a' else 'b' end || 'c' as x",
        // times
        "select to_char(date '2024-05-06', 'YYYY-MM-DD') as x", "select to_char(date '2024-05-06', 'YYYY\"Q\"Q') as x",
        "select to_char(timestamp '2024-05-06 07:08:09', 'HH24:MI:SS') as x",
        "select to_date('20240506', 'YYYYMMDD') as x",
        "select to_char(1234.5, 'FM999990.00') as x", "select to_char(0.456, 'FM990.00') as x",
        "select date '2024-03-01' - date '2024-02-01' as x",
        "select date '2024-01-31' + 1 as x", "select (date '2024-01-31' + interval '1 month')::date as x",
        "select extract(year from date '2024-05-06') / 4 as x",
        "select extract(epoch from timestamp '2024-05-06 07:08:09.5') as x",
        "select extract(second from timestamp '2024-05-06 07:08:09.5') as x",
        "select extract(isodow from date '2024-05-05') as x",
        "select (date_trunc('month', date '2024-05-31'))::date as x",
        "select (timestamptz '2024-05-06 01:00:00+00')::date as x",
        "select (timestamp '2024-05-06 01:00:00' at time zone 'UTC')::date as x",
        "select (date '2024-01-01' + make_interval(months => 1, days => 2))::date as x",
        "select d::date as x from generate_series(date '2024-01-30', date '2024-02-02', interval '1 day') d order by 1",
        "select n as x from generate_series(1, 7, 3) as n order by n", "select generate_series(1, 3) as x",
        // JSON
        "select '{\"a\": {\"b\": [1, 2]}}'::jsonb -> 'a' ->> 'b' as x", "select '{\"a\": null}'::jsonb ->> 'a' as x",
        "select '{\"a\": {\"b\": \"x\"}}'::jsonb #>> '{a,b}' as x",
        "select ('{\"a\": \"5\"}'::jsonb ->> 'a')::int + 1 as x",
        "select jsonb_agg(q.a order by q.a desc) as x from (values (1), (2)) q (a)",
        "select r.b as x from jsonb_to_recordset('[{\"a\": 1, \"b\": \"x\"}, {\"a\": 2}]'::jsonb) as r (a int, b text) order by r.a",
        "select sum(r.n) as x from jsonb_to_recordset((select jsonb_agg(to_jsonb(table_row)) from (values (1.25::numeric(6,2)), (2)) as table_row (n))) as r (n numeric)",
    ]

    @Test func codeGivesTheSameValue() throws {
        let engines = try BothEngines(rules: Self.rules)
        for query in Self.queries { try Self.check(query, engines) }
    }

    private static func check(_ query: String, _ engines: BothEngines) throws {
        guard let translated = try? engines.translated(query) else {
            Issue.record("refused: \(query)")
            return
        }
        let (expected, found) = (try engines.original(query), engines.target(translated))
        let isSame = expected.failure == nil ? expected == found : found.failure != nil
        #expect(isSame, "\(query)\n\(translated)\n\(expected)\n\(found)")
    }

    /// What would give other rows is refused by name.
    private static let unsayable = [
        "select date_trunc('century', date '2024-05-06') as x",
        "select date_trunc(f, date '2024-05-06') as x from (values ('month')) t (f)",
        "select date_part('century', date '2024-05-06') as x",
        "select to_char(timestamp '2024-05-06 07:08:09', 'SSSS') as x",
        "select to_char(date '2024-05-06', 'IDDD') as x", "select n as x from generate_series(1, 2.5) as n",
        "select (array[1, 2])[1:n] as x from (values (-1)) t (n)",
        "select age(date '2024-01-01') as x", "select (1 / 3.0)::text as x", "select (1.5::float8)::text as x",
        "select 'a' || 1.5 / 3 as x", "select 'a' || i / n as x from (values (5, 2.0)) t (i, n)",
        "select i * n || 'a' as x from (values (5, 2.0)) t (i, n)",
        "select extract(year from date '2024-05-06') / 4 || '' as x",
        "select (extract(year from date '2024-05-06') * 1.0)::text as x", "select 'a' similar to 'b' as x",
        "select regexp_replace('ab', 'a|ab', 'x') as x",
        "select regexp_replace('ab', p, 'x') as x from (values ('a')) t (p)", "select (1 / 3.0)::float8 as x",
        "select unknown_function(1) as x", "select dw.own(1) as x", "select a / 2 as x from nowhere",
        "select to_char(1, '999') as x", "select jsonb_build_object('a', now()) as x",
        "select substring('abc' from 'a|ab') as x",
        "select inet '10.0.0.1' as x", "select count(t.*) as x from (values (1)) t (a)",
        "select interval '1 month 1 day' as x",
        "select 'a' collate \"de_DE\" as x", "select stddev(a) as x from (values (1)) t (a)",
        "select row_number() over () as x from (select distinct on (b) a from (values (1, 2)) t (a, b) order by b) q",
    ]

    @Test func otherMeaningsAreRefused() throws {
        let engines = try BothEngines(rules: Self.rules)
        for query in Self.unsayable {
            #expect(throws: (any Error).self, "\(query)") { try engines.translated(query) }
        }
    }
}
