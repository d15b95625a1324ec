import Catalog
import Testing

@testable import Versions

/// Calls: overloads, functions in FROM, lookups.
@Suite struct FunctionTests {
    static let overloads = """
        create function etl.f(p int) returns text language sql as $$ select 'int' $$;
        create function etl.f(p text) returns text language sql as $$ select 'text' $$;
        create function etl.f(p numeric, q int default 1) returns text language sql as $$ select 'numeric' $$;
        """

    @Test(arguments: [
        ("etl.f(1)", "'int'"), ("etl.f('x')", "'text'"), ("etl.f(1.5)", "'numeric'"), ("etl.f(v)", "'text'"),
        ("etl.f(id)", "'int'"), ("etl.f(amount)", "'numeric'"), ("etl.f(1, 2)", "'numeric'"),
        ("etl.f(q => 3, p => 1)", "'numeric'"), ("etl.f(id::bigint)", "'numeric'"), ("etl.f(v::varchar)", "'text'"),
    ])
    func choosesByTypes(_ call: String, _ expected: String) throws {
        let snippet = try Snippet("insert into dw.s (v) select \(call) from src.s;", more: Self.overloads)
        #expect(snippet.refusals == [])
        #expect(snippet.text.contains(expected), "\(snippet.text)")
    }

    @Test func ambiguousIsRefused() throws {
        let more = """
            create function etl.g(a int, b bigint) returns int language sql as $$ select 1 $$;
            create function etl.g(a bigint, b int) returns int language sql as $$ select 2 $$;
            """
        let snippet = try Snippet("insert into dw.t select etl.g(1, 2);", more: more)
        #expect(snippet.refusals.first?.hasPrefix("P2D-107") == true)
    }

    @Test func functionInFromIsItsQuery() throws {
        let more = """
            create function etl.f(p int) returns table (a bigint, b text) language sql as $$ select id, v from src.s where id > p $$;
            """
        let snippet = try Snippet("insert into dw.t select f.a from etl.f(3) f;", more: more)
        #expect(snippet.refusals == [])
        #expect(snippet.text.contains("id > (cast(3 as integer))"), "\(snippet.text)")
        #expect(snippet.text.contains("cast(id as bigint) as a"), "\(snippet.text)")
    }

    /// `id` of the caller would be taken for `id` of the function's own table.
    @Test func nothingIsCaptured() throws {
        let more = """
            create function etl.f(p int) returns table (a int) language sql as $$ select id from src.s where id > p $$;
            create function etl.g(p int) returns text language plpgsql as $$
            declare r text; begin select v into r from src.s where src.s.id = p; return r; end $$;
            create function etl.h(p int) returns text language sql as $$
            select case when p > 0 then (select v from src.s where id = p) end $$;
            """
        let first = try Snippet("insert into dw.t select f.a from src.s, etl.f(id) f;", more: more)
        #expect(first.refusals == [])
        #expect(
            first.text.contains("lateral (select q.* from (select cast(id as integer) as p) as f_arguments"),
            "\(first.text)")
        #expect(first.text.contains("id > f_arguments.p"), "\(first.text)")
        for name in ["g", "h"] {
            let second = try Snippet("insert into dw.s (v) select etl.\(name)(id) from src.s;", more: more)
            #expect(second.refusals == [])
            #expect(second.text.contains("id = \(name)_arguments.p"), "\(second.text)")
            #expect(
                second.text.contains("from (select cast(id as integer) as p) as \(name)_arguments"), "\(second.text)")
        }
    }

    /// It would be computed anew inside the function's query: the function stays one, unless its table is written.
    @Test func windowFunctionAsArgumentKeepsTheFunction() throws {
        let more = """
            create function etl.h(p bigint) returns text language sql as $$ select v from src.s where id = p $$;
            create function etl.w(p bigint) returns text language sql as $$ select v from dw.s where id = p $$;
            """
        let kept = try Snippet("insert into dw.s (v) select etl.h(row_number() over ()) from src.s;", more: more)
        #expect(kept.refusals == [])
        #expect(kept.text.contains("etl.h(bigint)(cast(row_number() over () as bigint))"), "\(kept.text)")
        #expect(kept.pipeline.functions.map(\.tables) == [[QualifiedName("src", "s")]])
        let refused = try Snippet("insert into dw.s (v) select etl.w(row_number() over ()) from src.s;", more: more)
        #expect(refused.refusals.first?.hasPrefix("P2D-111") == true)
    }

    @Test func temporaryTableInPlaceOfTheFunctionsIsRefused() throws {
        let more = """
            create function etl.l(p int) returns int language plpgsql as $$
            declare n int := 0; begin for i in 1..2 loop n := n + (select count(*) + p from t); end loop; return n; end $$;
            """
        let kept = try Snippet("insert into dw.s (v) select etl.l(id)::text from src.s;", more: more)
        #expect(kept.refusals == [])
        let shadowed = try Snippet(
            "create temp table t (id int); insert into dw.s (v) select etl.l(id)::text from src.s;", more: more)
        #expect(shadowed.refusals.first?.hasPrefix("P2D-111") == true, "\(shadowed.refusals)")
    }

    @Test func lookupBecomesSubquery() throws {
        let more = """
            create function etl.g(p int) returns text language plpgsql as $$
            declare r text; begin select s.v into r from src.s s where s.id = p; if not found then return 'none'; end if; return r; end $$;
            """
        let snippet = try Snippet("insert into dw.s (v) select etl.g(x.n) from (select 7 as n) x;", more: more)
        #expect(snippet.refusals == [])
        #expect(snippet.text.contains("s.id = g_arguments.p"), "\(snippet.text)")
        #expect(snippet.text.contains("not (exists"), "\(snippet.text)")
    }

    @Test func pureLoopKeepsItsCall() throws {
        let more = """
            create function etl.g(p int) returns int language plpgsql immutable as $$
            declare r int := 0; begin for i in 1..p loop r := r + i; end loop; return r; end $$;
            """
        let snippet = try Snippet("insert into dw.t select etl.g(id) from src.s;", more: more)
        #expect(snippet.refusals == [])
        #expect(snippet.pipeline.findings.contains { $0.code == "P2D-312" })
        #expect(snippet.pipeline.functions.map(\.routine.name.name) == ["g"])
        #expect(snippet.text.contains("(cast(id as integer))"), "\(snippet.text)")
    }

    /// What the project can't make stays a call of what must be there.
    @Test func settingsKeepAFunctionOut() throws {
        let more = """
            create function etl.g(p int) returns int language plpgsql immutable set search_path = etl as $$
            declare r int := 0; begin for i in 1..p loop r := r + i; end loop; return r; end $$;
            """
        let snippet = try Snippet("insert into dw.t select etl.g(id) from src.s;", more: more)
        #expect(snippet.refusals == [] && snippet.pipeline.functions.isEmpty)
        #expect(snippet.pipeline.findings.contains { $0.code == "P2D-308" })
        #expect(snippet.text.contains("etl.g(cast(id as integer))"), "\(snippet.text)")
    }

    /// Callees come along, and first.
    @Test func calleesComeAlong() throws {
        let more = """
            create function etl.h(p int) returns int language plpgsql immutable as $$
            declare r int := 0; begin for i in 1..p loop r := r + i; end loop; return r; end $$;
            create function etl.g(p int) returns int language plpgsql immutable as $$
            declare r int := 0; begin while r < p loop r := r + etl . h(1); end loop; return r; end $$;
            """
        let snippet = try Snippet("insert into dw.t select etl.g(id) from src.s;", more: more)
        #expect(snippet.pipeline.functions.map(\.routine.name.name) == ["h", "g"])
        #expect(snippet.pipeline.functions.last?.body.functions.count == 1)
    }

    /// In a SQL function a column wins over a parameter of its name.
    @Test func columnWinsInSQLFunctions() throws {
        let more = """
            create function etl.f(id int) returns table (a int) language sql as $$ select s.id from src.s s where id = 3 $$;
            """
        let snippet = try Snippet("insert into dw.t select f.a from etl.f(9) f;", more: more)
        #expect(snippet.text.contains("where id = 3"), "\(snippet.text)")
    }
}
