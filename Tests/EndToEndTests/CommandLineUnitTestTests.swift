import Databases
import Engines
import Foundation
import Testing

extension CommandLineTests {
    /// `verify --unit-tests`, and its unit tests in a project as its owner runs it.
    @Suite(.serialized, .enabled(if: CommandLineProgram.hasEnvironment, "needs `make setup`"))
    struct UnitTests {
        /// Types that dbt has names for and those that it has none for, the clock, a parameter, values in need of quotes.
        private static let system = """
            create schema raw; create schema dw;
            create type raw.state as enum ('new', 'done');
            create domain raw.amount as numeric(10,2) check (value > -1000000);
            create table raw.orders (id int primary key, customer varchar(20), amount raw.amount, state raw.state, tags text[], at timestamptz);
            create table raw."Region" ("Name" text primary key, "It's" char(3));
            create table dw.totals (customer varchar(20) primary key, total numeric(12,2), n int, last_at timestamptz, noted_at timestamptz);
            create table dw.tags (tag text, n bigint, states raw.state[]);
            create table dw.audit (id serial primary key, note text, seen timestamptz default clock_timestamp());
            insert into raw.orders values (1, 'a', 10.5, 'new', '{x,y}', '2024-01-01 10:00+00'), (2, 'a', null, 'done', '{}', null),
                (3, 'O''Neil', -2, 'done', null, '2024-02-01 00:00+00'), (4, null, 7, null, '{y,null}', '2024-01-05 00:00+00');
            insert into raw."Region" values ('a', 'N'), ('b', 'S');
            create procedure dw.load_totals(p_least numeric, p_note text default 'none') language plpgsql as $$
            begin
                delete from dw.tags;
                insert into dw.tags select t, count(*), array_agg(o.state order by o.id) from raw.orders o cross join unnest(o.tags) t group by t;
                insert into dw.totals
                select coalesce(o.customer, '?'), sum(o.amount), count(*), max(o.at), now()
                from raw.orders o left join raw."Region" r on r."Name" = o.customer where o.amount > p_least or r."It's" = 'N'
                group by 1
                on conflict (customer) do update set total = excluded.total, n = dw.totals.n + excluded.n, noted_at = now();
                insert into dw.audit (note) select p_note || ': ' || count(*) from dw.totals;
            end $$;
            """

        @Test func passInTheProjectAndFailWhenAModelIsBroken() throws {
            try withFolder(["a.sql": Self.system]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                let result = try CommandLineProgram.run(["verify", "o", "--unit-tests", "--cases", "60"], in: folder)
                #expect(result.code == 0, "\(result.output)\(result.errors)")
                #expect(!result.output.contains("no unit test"), "\(result.output)")
                #expect(result.output.contains("\nunit tests: 3 of 3 models have one"), "\(result.output)")

                let engine = try EmbeddedPostgres.start()
                defer { engine.stop() }
                try engine.createDatabase("shop")
                try PostgresConnection.with(engine.connectionString(database: "shop")) { try $0.execute(Self.system) }
                let project = folder.appending(path: "o/dbt")
                // Whatever vars the build has: a unit test has its own.
                let vars = #"{load_totals_p_least: 1000, load_totals_p_note: "else"}"#
                let build = try Self.dbt(["build", "--vars", vars], engine, project)
                #expect(build.code == 0, "\(build.output)")
                #expect(build.output.contains("unit_test"), "\(build.output)")
                let checked = try Self.dbt(["--warn-error", "parse", "--no-partial-parse"], engine, project)
                #expect(checked.code == 0, "\(checked.output)")

                try breakTotals(below: project.appending(path: "models"))
                let failing = try Self.dbt(["test", "--select", "test_type:unit"], engine, project)
                #expect(failing.code == 1, "\(failing.output)")
            }
        }

        /// Files of an earlier run would name models that are gone; hand-written ones are nobody else's business.
        @Test func replaceThoseOfAnEarlierRunOnly() throws {
            try withFolder(["a.sql": Self.system]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                let old = folder.appending(path: "o/dbt/models/marts/gone/_gone__unit_tests.yml")
                let own = folder.appending(path: "o/dbt/models/marts/gone/_own__unit_tests.yml")
                try FileManager.default.createDirectory(
                    at: old.deletingLastPathComponent(), withIntermediateDirectories: true)
                try "# What the original routines made of small generated states, model by model\nversion: 2\n"
                    .write(to: old, atomically: true, encoding: .utf8)
                try "version: 2\n".write(to: own, atomically: true, encoding: .utf8)
                let result = try CommandLineProgram.run(["verify", "o", "--unit-tests", "--cases", "5"], in: folder)
                #expect(result.code == 0, "\(result.output)\(result.errors)")
                #expect(!FileManager.default.fileExists(atPath: old.path))
                #expect(FileManager.default.fileExists(atPath: own.path))
            }
        }

        @Test func wantAllPipelines() throws {
            try withFolder(["a.sql": Self.system]) { folder in
                let result = try CommandLineProgram.run(["verify", "o", "--unit-tests", "--case", "3"], in: folder)
                #expect(result.code == 64)
                #expect(result.errors.contains("--unit-tests is for all pipelines"))
            }
        }

        private static func dbt(
            _ arguments: [String], _ engine: EmbeddedPostgres, _ project: URL
        ) throws -> (code: Int32, output: String) {
            let process = Process()
            process.executableURL = CommandLineProgram.package.appending(path: ".venv/bin/dbt")
            process.arguments = arguments
            process.currentDirectoryURL = project
            process.environment = ProcessInfo.processInfo.environment.merging([
                "DBT_HOST": engine.hostForDbt, "DBT_PORT": "\(engine.port)", "DBT_USER": engine.user,
                "DBT_DBNAME": "shop", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_PROFILES_DIR": project.path,
            ]) { $1 }
            process.standardInput = FileHandle.nullDevice
            let log = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            try Data().write(to: log)
            defer { try? FileManager.default.removeItem(at: log) }
            let handle = try FileHandle(forWritingTo: log)
            process.standardOutput = handle
            process.standardError = handle
            try process.run()
            process.waitUntilExit()
            return (process.terminationStatus, try String(contentsOf: log, encoding: .utf8))
        }
    }
}
