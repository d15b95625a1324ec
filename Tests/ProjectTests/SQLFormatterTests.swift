import Testing

@testable import Project

@Suite struct SQLFormatterTests {
    static func format(_ sql: String, width: Int = 76) -> String {
        let lexemes = SQLFormatter.format(SQLLexeme.read([.sql(sql)]), width: width)
        return lexemes.map(\.text).joined()
    }

    @Test(arguments: [
        ("SELECT A FROM T", "select a\nfrom t"),
        ("select a,b from t where x=1", "select\n    a,\n    b\nfrom t\nwhere x = 1"),
        (
            "select a from t where x=1 and y between 1 and 2 or z",
            "select a\nfrom t\nwhere\n    x = 1\n    and y between 1 and 2\n    or z"
        ),
        (
            "select count(*) n from a left join b on a.id=b.id and a.x=b.x cross join c",
            "select count(*) as n\nfrom a\nleft join b\n    on\n        a.id = b.id\n        and a.x = b.x\ncross join c"
        ),
        (
            "select left(a,1),x::int,-1,a- -1,t.* from t",
            "select\n    left(a, 1),\n    x::int,\n    -1,\n    a - -1,\n    t.*\nfrom t"
        ),
        (
            "select a from t union all select b from u order by 1",
            "select a\nfrom t\nunion all\nselect b\nfrom u\norder by 1"
        ),
        (
            "select case when a then b else c end as d, \"Mixed\", 'Text' from t",
            "select\n    case when a then b else c end as d,\n    \"Mixed\",\n    'Text'\nfrom t"
        ),
        (
            "select extract(YEAR from d), x is distinct from y from t",
            "select\n    extract(year from d),\n    x is distinct from y\nfrom t"
        ),
        ("select a -- one\n, b -- two\nfrom t", "select\n    a, -- one\n    b -- two\nfrom t"),
        ("select a[1], array[1,2], (b).c from t", "select\n    a[1],\n    array[1, 2],\n    (b).c\nfrom t"),
        ("select 'a'\n'b' as c", "select\n    'a'\n    'b' as c"),
        (
            "select x from t where exists(select 1 from u where u.a=t.a)",
            "select x\nfrom t\nwhere\n    exists (\n        select 1\n        from u\n        where u.a = t.a\n    )"
        ),
        (
            "select row_number() over(partition by a order by b desc) rn from t",
            "select row_number() over (partition by a order by b desc) as rn\nfrom t"
        ),
        (
            "select case when aaaaaaaaaaaaaaaaaaaaaaaaaa = bbbbbbbbbbbbbbbbbbbbbbbbbbb and cccccccccccccccccccccc then d end as e from t",
            "select\n    case\n        when\n            aaaaaaaaaaaaaaaaaaaaaaaaaa = bbbbbbbbbbbbbbbbbbbbbbbbbbb\n            and cccccccccccccccccccccc\n            then d\n    end as e\nfrom t"
        ),
        (
            "select a, sum(b) over (partition by ccccccccccccccccccccccccccc order by ddddddddddddddddddd, e rows unbounded preceding) f from t",
            "select\n    a,\n    sum(b) over (\n        partition by ccccccccccccccccccccccccccc\n        order by ddddddddddddddddddd, e\n        rows unbounded preceding\n    ) as f\nfrom t"
        ),
        (
            "select not (a or b) c, exists (select 1) d from (select 1) q(x) join u on true cross join lateral (select 2) v",
            "select\n    not(a or b) as c,\n    exists(select 1) as d\nfrom (select 1) as q (x)\ninner join u on true\ncross join\n    lateral (select 2) as v"
        ),
        ("values (1,2),(3,4)", "values (1, 2), (3, 4)"),
        (
            "with a as (select x, y from t) select * from a",
            "with a as (\n    select\n        x,\n        y\n    from t\n)\n\nselect *\nfrom a"
        ),
    ])
    func layouts(_ sql: String, _ expected: String) {
        #expect(Self.format(sql) == expected)
    }

    static let pieces = [
        "select", "from", "where", "and", "or", "not", "a", "b.c", "\"X y\"", "'it''s'", "'a\nb'", "1", "1.5e3", "(",
        ")",
        "(", ")", ",", "case", "when", "then", "else", "end", "=", "<>", "||", "+", "-", "*", "::", "int", "[", "]",
        "is",
        "distinct", "between", "in", "exists", "left", "join", "on", "union", "all", "group", "by", "order", "over",
        "partition", "as", "with", "recursive", "values", "-- note\n", "/* c */", "/* two\nlines */", "\n", "\n\n",
        "E'\\'x'", "$$do$$", "U&'x'", "null", "true", ".", "limit", "interval '1 day'", "like", "for", "update", "@>",
        "->>", "lateral", "using", "having", "SELECT", "Count", "end", "X'1F'", "$1", ";", "!", "é", "#>>", "-", "-",
    ]

    /// Any row of tokens: the same tokens afterwards, and a second time nothing changes.
    @Test func anyTextKeepsItsTokensAndIsStable() {
        var random = SplitMix(seed: 42)
        for _ in 0..<1500 {
            let count = Int(random.next() % 40) + 1
            let words = (0..<count).map { _ in Self.pieces[Int(random.next() % UInt64(Self.pieces.count))] }
            let sql = words.joined(separator: random.next() % 4 == 0 ? "\n" : " ")
            check(sql, width: random.next() % 2 == 0 ? 76 : 20)
        }
    }

    @Test(arguments: Self.queries) func realQueries(_ sql: String) {
        for width in [76, 40, 10] { check(sql, width: width) }
        #expect(Self.format(sql) != sql)
    }

    private func check(_ sql: String, width: Int) {
        let before = SQLLexeme.read([.sql(sql)])
        let after = SQLFormatter.format(before, width: width)
        let isSame = SQLFormatter.isSame(before, after.filter { !$0.isAdded })
        let once = after.map(\.text).joined()
        #expect(isSame, "\(sql)\n---\n\(once)")
        #expect(Self.format(once, width: width) == once, "\(sql)\n---\n\(once)")
    }

    @Test(arguments: [
        "select a operator(pg_catalog.+) b from t", "select f(x) collate \"C\" from t", "select not a from t",
        "select interval '1' day from t", "select f(a) is null from t", "select a from t left join u using (id)",
        "select a from t tablesample bernoulli (10)", "select a at time zone b from t",
        "select a from f(1) with ordinality",
        "select double precision '1' from t", "select sum(a) over w from t window w as (order by b)",
    ])
    func noAliasIsSeenWhereThereIsNone(_ sql: String) {
        #expect(!SQLFormatter.format(SQLLexeme.read([.sql(sql)]), width: 76).contains { $0.isAdded })
    }

    @Test(arguments: [
        ("select a b from t u", 2), ("select t.\"A\" \"B\", count(*) n from s.t u, (select 1) v", 4),
        ("select 1 from f(1) g(x), t as w join lateral h(2) i on true", 3), ("select a::numeric(1,2) b from t", 1),
    ])
    func bareAliasesGetTheirAs(_ sql: String, _ count: Int) {
        #expect(SQLFormatter.format(SQLLexeme.read([.sql(sql)]), width: 76).count { $0.isAdded } == count)
    }

    static let queries = [
        "SELECT DISTINCT ON (a.id) a.id, coalesce(b.very_long_column_name_number_one, c.very_long_column_name_number_two, 'nothing at all') AS x FROM a NATURAL LEFT JOIN b JOIN LATERAL (SELECT * FROM c WHERE c.id=a.id ORDER BY c.d DESC NULLS LAST LIMIT 1) c ON TRUE WHERE a.x IN (1,2,3) AND NOT EXISTS (SELECT 1 FROM d) ORDER BY a.id, a.b DESC FETCH FIRST 3 ROWS ONLY",
        "WITH RECURSIVE r(n) AS (VALUES (1) UNION ALL SELECT n+1 FROM r WHERE n<10), s AS NOT MATERIALIZED (SELECT 1) SELECT sum(n) FILTER (WHERE n>1), percentile_cont(0.5) WITHIN GROUP (ORDER BY n), trim(BOTH ' ' FROM x), substring(x FROM 1 FOR 2), overlay(a PLACING b FROM 1 FOR 2), position('a' IN x) FROM r GROUP BY GROUPING SETS ((a),(b)), ROLLUP(c)",
        "SELECT CASE x WHEN 1 THEN 'a' WHEN 2 THEN CASE WHEN y AND z OR w BETWEEN 1 AND 2 AND v THEN 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' ELSE 'c' END END, a||b||c, -x, 3 - -2, +1, 2*-1, x AT TIME ZONE 'UTC', INTERVAL '1' DAY, DATE '2024-01-01', t.order, x AS \"Select\" FROM t WINDOW w AS (PARTITION BY a ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
        "(SELECT a FROM t) UNION (SELECT b FROM u EXCEPT SELECT c FROM v) INTERSECT ALL SELECT d FROM w FOR UPDATE OF w SKIP LOCKED",
        "/* head */ SELECT /* in */ a -- tail\n, -- after comma\n b /* before from */ FROM t -- end\n",
        "select * from generate_series(1,10) WITH ORDINALITY AS g(x, n) where x IS NOT DISTINCT FROM n and (a, b) = ANY (ARRAY[ROW(1,2)]) or j->'a'->>'b' = 'c' or j @> '{}'::jsonb",
    ]
}

/// A small generator, so that a failure can be repeated.
struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
