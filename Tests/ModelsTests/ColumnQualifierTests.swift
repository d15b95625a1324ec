import Testing
import Versions

@testable import Models

/// References with a table's name or without, but not both in one SELECT; and what must stay as it is.
///
/// Relations are `@0` with the columns id, v, at and `@1` with id, w.
@Suite struct ColumnQualifierTests {
    private static func template(_ text: String) -> SQLTemplate {
        var result = SQLTemplate()
        for (index, piece) in text.split(separator: "@", omittingEmptySubsequences: false).enumerated() {
            guard index > 0 else {
                result.append(String(piece))
                continue
            }
            result.append(.relation(VersionID(Int(String(piece.prefix(1))) ?? 0)))
            result.append(String(piece.dropFirst()))
        }
        return result
    }

    private static func text(_ nodes: [TemplateNode]) -> String {
        TemplateTree.template(nodes).parts.map { part in
            switch part {
            case .text(let text): text
            case .relation(let id): "@\(id.rawValue)"
            default: "?"
            }
        }.joined()
    }

    private static func applied(_ text: String) throws -> String {
        let tree = try #require(TemplateTree.parse(template(text)))
        let qualifiers = ColumnQualifiers { $0.rawValue == 0 ? ["id", "v", "at"] : ["id", "w"] }
        return Self.text(qualifiers.applied(to: RowComparisons.spread(tree)))
    }

    @Test(arguments: [
        // One table: no qualifier, and no alias that nobody uses.
        ("select id, a.v from @0 as a where a.at > 1", "select id, v from @0 where at > 1"),
        ("select id from @0 as a", "select id from @0"),
        // Words that only a qualifier makes names.
        (
            "select id, a.order from @0 as a where id > 1 order by a.missing",
            "select a.id, a.order from @0 as a where a.id > 1 order by a.missing"
        ),
        // Somebody inside uses it.
        (
            "select id, a.v from @0 as a where exists (select 1 from @1 as b where b.w = a.v)",
            "select a.id, a.v from @0 as a where exists (select 1 from @1 as b where b.w = a.v)"
        ),
        // Several tables: all qualified, by the one that has the column.
        (
            "select v, b.w from @0 as a join @1 as b on a.id = b.id",
            "select a.v, b.w from @0 as a join @1 as b on a.id = b.id"
        ),
        // In a subquery that looks out.
        (
            "select (select max(w) from @1 as b where b.id = a.id) as m from @0 as a",
            "select (select max(b.w) from @1 as b where b.id = a.id) as m from @0 as a"
        ),
        (
            "select 1 as x from @0 as a where exists (select * from @1 as b where b.id = a.id)",
            "select 1 as x from @0 as a where exists (select 1 from @1 as b where b.id = a.id)"
        ),
        // Names of columns where they are made.
        ("select q.n from (select count(*) from @0) as q(n)", "select q.n from (select count(*) as n from @0) as q"),
        (
            "select n from (select v from @0 union all select w from @1) as q(n)",
            "select n from (select v as n from @0 union all select w as n from @1) as q"
        ),
        // Rows that are compared field by field.
        (
            "select (id, v) is distinct from (1, 2) as d from @0",
            "select (id is distinct from 1 or v is distinct from 2) as d from @0"
        ),
        (
            "select row(id, v) is distinct from row(1, 2) as d from @0",
            "select (id is distinct from 1 or v is distinct from 2) as d from @0"
        ),
        ("select id from @0 a", "select id from @0"),
        (
            "select q.m from (select v, count(*) from @0 group by v order by v) as q(k, m)",
            "select q.m from (select v, count(*) as m from @0 group by v order by v) as q(k, m)"
        ),
        (
            "select (id, v) is not distinct from (1, 2) as d from @0",
            "select (id is not distinct from 1 and v is not distinct from 2) as d from @0"
        ),
    ])
    func makesConsistent(_ query: String, _ expected: String) throws {
        #expect(try Self.applied(query) == expected)
    }

    /// An output column of the same name may be meant, a column is not known, or the word is no column there.
    @Test(arguments: [
        "select a.v + 1 as at, id from @0 as a order by a.at",
        "select distinct on (v) a.id as v, id from @0 as a",
        "select lower(a.v) as v, id, count(*) from @0 as a group by v, id",
        "select unknown, b.w from @0 as a join @1 as b on a.id = b.id",
        "select id, a.v, w from @0 as a join @1 as b using (id) where b.w > v",
        "select v from @0 as a, f(a.id) as g",
        "select extract(v from now()), interval '1' v, x::v, cast(x as v), f(v => 1) from @0 as a, @1 as b where a.id = b.id",
        "select n from (select v as k from @0 order by k) as q(n)",
        "select n from (select id::text from @0 order by id) as q(n)",
        "select n from (select count(*) k from @0) as q(n)",
        "select a.id::text, v from @0 as a order by id",
        "select cast(a.id as text), v from @0 as a order by a.id",
        "select n from (select * from @0) as q(n, m, o)",
        "select (select count(*) from @1 as b where a.id = 1) as n from @0 as a",
        "select f(id, v) is distinct from (1, 2) from @0",
        "select (id or v, 1) is distinct from (1, 2) from @0",
    ])
    func keeps(_ query: String) throws {
        #expect(try Self.applied(query) == query)
    }
}
