import Catalog
import Foundation
import Models
import Testing
import Versions

/// What models say of their columns and promise of their rows, read from routines.
@Suite struct LineageTests {
    /// The planned models of a procedure `etl.p`, by name.
    private func models(_ tables: String, _ body: String, declare: String = "", keys: String = "") throws -> [String:
        PlannedModel]
    {
        let text = """
            \(tables)
            create procedure etl.p(p_day date default current_date) language plpgsql as $body$
            declare \(declare)
            begin
            \(body)
            end $body$;
            """
        let file = FileManager.default.temporaryDirectory.appending(path: "p2d-\(UUID().uuidString).sql")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let (read, _) = try readSQLFiles([file.path(percentEncoded: false)], dialect: "postgresql")
        var snapshot = withViewColumns(read)
        // As the server prints them; files are read without.
        for table in snapshot.tables.indices {
            for index in snapshot.tables[table].constraints.indices {
                snapshot.tables[table].constraints[index].definition += keys
            }
        }
        let catalog = CatalogIndex(snapshot)
        let written = snapshot.routines.reduce(into: Set<QualifiedName>()) {
            $0.formUnion(writtenTables(by: $1, catalog: catalog))
        }
        let pipelines = lowerPipelines(entries: snapshot.routines, catalog: catalog, written: written)
        let plan = planModels(pipelines, catalog: catalog, options: PlanOptions(projectName: "test")).project
        return Dictionary(plan.models.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static let tables = """
        create table src.a (id int primary key, name text not null, city text, n int);
        comment on column src.a.city is 'Where they live';
        create table dw.t (id int primary key, name text, city text, n int, kind text, day date, at timestamptz, v numeric);
        create table dw.log (msg text);
        """

    @Test func columnsSayWhatTheyAreMadeOf() throws {
        let models = try models(
            Self.tables,
            """
            insert into dw.t (id, name, city, n, kind, day, at)
            select a.id, upper(a.name), a.city, a.n * 2, 'new', p_day, now() from src.a;
            update dw.t set kind = 'big', v = n / 3 where n > 10;
            insert into dw.log values ('done');
            """)
        let log = try #require(models.values.first { $0.legacyRelation == "dw.log" })
        #expect(log.columns[0].description == "`'done'` where the call sets it, else as it stood before.")
        let columns = Dictionary(
            try #require(models.values.first { $0.legacyRelation == "dw.t" }).columns.map { ($0.name, $0.description) },
            uniquingKeysWith: { first, _ in first })
        #expect(columns["id"] == "From src.a.id.")
        #expect(columns["name"] == "`upper(a.name)` (etl.p, lines 4-5).")
        #expect(columns["city"] == "Where they live. From src.a.city.")
        #expect(columns["n"] == "`a.n * 2` (etl.p, lines 4-5).")
        #expect(columns["kind"] == "One of: `'new'`; `'big'`.")
        #expect(columns["day"] == "The argument p_day.")
        #expect(columns["at"] == "The time of the call.")
        #expect(columns["v"] == "One of: `null`; `n / 3` (line 6).")
    }

    /// A query that is read by two models is one of its own.
    private func shared(_ query: String, tables: String = Self.tables) throws -> PlannedModel {
        let models = try models(
            tables,
            """
            create temp table w as \(query);
            insert into dw.t (id) select x.k from (select row_number() over () as k from w) x;
            insert into dw.log select count(*)::text from w;
            """)
        return try #require(
            models.values.first { $0.layer == .intermediate && $0.columns.contains { $0.name == "one" } })
    }

    @Test func keysThatTheQueryGuaranteesAreTested() throws {
        let grouped = try shared("select name as one, count(*) as two, max(n) as three from src.a group by name")
        #expect(grouped.columns.map(\.tests) == [[.unique, .notNull], [], []])
        let pair = try shared("select name as one, city as two, max(n) as three from src.a group by name, city")
        #expect(pair.tests == [.uniqueCombination(["one", "two"])])
        let handedOn = try shared("select id as one, city as two from src.a")
        #expect(handedOn.columns.map(\.tests) == [[.unique, .notNull], []])
    }

    @Test(arguments: [
        // ROLLUP puts NULL where no table has it; a function that gives several rows repeats the key.
        "select name as one, count(*) filter (where n > 1) as two from src.a group by rollup (name)",
        "select a.city as one, b.name as two from src.a left join src.a b on b.id = a.n",
        "select max(n) as one, min(n) as two from src.a",
        "select nullif(name, '') as one, n as two from src.a",
    ])
    func whatMayBeNullIsNotTested(_ query: String) throws {
        let model = try shared(query)
        #expect(model.columns.prefix(1).allSatisfy { !$0.tests.contains(.notNull) }, "\(model.columns)")
        #expect(model.columns.allSatisfy { !$0.tests.contains(.unique) })
    }

    @Test func aFunctionThatGivesSeveralRowsRepeatsTheKey() throws {
        let model = try shared("select id as one, generate_series(1, n) as two from src.a")
        #expect(model.tests.isEmpty && model.columns.allSatisfy { !$0.tests.contains(.unique) })
    }

    /// Two rows may change places in one transaction.
    @Test func deferredKeysAreNotTested() throws {
        for isTested in [true, false] {
            let models = try models(
                Self.tables,
                """
                insert into dw.t (id, name) select id, name from src.a;
                insert into dw.log select count(*)::text from dw.t;
                update dw.t set id = -id;
                """, keys: isTested ? "" : " DEFERRABLE")
            let step = try #require(
                models.values.first { $0.layer == .intermediate && $0.columns.contains { $0.name == "kind" } })
            #expect(step.columns[0].tests.contains(.unique) == isTested, "\(step.name)")
        }
    }

    /// The block's handler takes back rows that the key refuses: the step may hold them.
    @Test func rowsThatAHandlerTakesBackAreNotTested() throws {
        let models = try models(
            Self.tables,
            """
            begin
              insert into dw.t (id, name) select n, name from src.a;
              insert into dw.log select count(*)::text from dw.t;
            exception when unique_violation then
              insert into dw.log values ('twice');
            end;
            """)
        for model in models.values
        where model.layer == .intermediate && model.columns.contains(where: { $0.name == "kind" }) {
            #expect(model.columns.allSatisfy { $0.tests.isEmpty } && model.tests.isEmpty, "\(model.name)")
        }
    }

    @Test func viewsOutOfFilesHaveColumns() throws {
        let text = """
            create table src.a (id int primary key, name varchar(20), amount numeric(10,2));
            create view src.v as select a.id, name, amount, coalesce(amount, 0) as total, upper(name) as loud from src.a;
            create view src.w as select v.*, total * 2 as twice from src.v;
            create table src.b (at timestamp(3) with time zone, c character(2));
            create view src.z as select greatest(at, now()) as late, at from src.b;
            create view src.odd as select some_function(id) as x from src.a;
            """
        let file = FileManager.default.temporaryDirectory.appending(path: "p2d-\(UUID().uuidString).sql")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let snapshot = withViewColumns(try readSQLFiles([file.path(percentEncoded: false)], dialect: "postgresql").0)
        func columns(_ name: String) -> [String] {
            snapshot.tables.first { $0.name.name == name }?.columns.map { "\($0.name) \($0.type)" } ?? []
        }
        let own = ["id integer", "name character varying(20)", "amount numeric(10,2)", "total numeric", "loud text"]
        #expect(columns("v") == own)
        #expect(columns("w") == own + ["twice numeric"])
        #expect(columns("z") == ["late timestamp with time zone", "at timestamp(3) with time zone"])
        #expect(columns("odd") == [])
    }
}
