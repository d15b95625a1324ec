import Foundation
import Testing

extension CommandLineTests {
    /// What `extract` and `convert` write, and what they say about it.
    @Suite struct Extracting {
        private struct Report: Decodable {
            struct Routine: Decodable {
                struct Steps: Decodable { var converted, noted, refused: Int }
                var name: String
                var status: String
                var steps: Steps
                var models: [String]
            }
            var routines: [Routine]
        }

        private func report(_ folder: URL) throws -> [String: Report.Routine] {
            let data = try Data(contentsOf: folder.appending(path: "report.json"))
            let routines = try JSONDecoder().decode(Report.self, from: data).routines
            return Dictionary(uniqueKeysWithValues: routines.map { ($0.name, $0) })
        }

        @Test func convertsAllAndSaysSo() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                let result = try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder)
                #expect(result.code == 0)
                #expect(result.errors.isEmpty)
                #expect(result.output.contains("2 routines: 2 converted, 0 partial, 0 refused"))
                let out = folder.appending(path: "o")
                let routines = try report(out)
                #expect(routines.keys.sorted() == ["etl.load", "ops.note"])
                #expect(routines["etl.load"]?.status == "converted")
                #expect(routines["etl.load"]?.steps.converted == 3)
                #expect(routines["ops.note"]?.models.count == 1)
                let files = try contents(of: out)
                for name in ["catalog/catalog.json", "catalog/etl.load.sql", "proc2dbt.yml", "dbt/dbt_project.yml"] {
                    #expect(files[name] != nil, "\(name)")
                }

                // The same again, from the files and from the catalog: the same bytes.
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                #expect(try contents(of: out) == files)
                #expect(try CommandLineProgram.run(["convert", "o"], in: folder).code == 0)
                #expect(try contents(of: out) == files)
            }
        }

        @Test func refusalsEndWithThree() throws {
            try withFolder(["a.sql": littleSystem, "b.sql": refusedRoutine]) { folder in
                let result = try CommandLineProgram.run(["extract", "a.sql", "b.sql", "--out", "o"], in: folder)
                #expect(result.code == 3)
                #expect(result.errors.isEmpty)
                #expect(result.output.contains("ops.count_all:4: error P2D-104"), "\(result.output)")
                let routines = try report(folder.appending(path: "o"))
                #expect(routines["ops.count_all"]?.status == "refused")
                #expect(routines["ops.count_all"]?.steps.refused == 1)
                #expect(routines["etl.load"]?.status == "converted")
                #expect(try CommandLineProgram.run(["convert", "o"], in: folder).code == 3)
            }
        }

        @Test(arguments: [
            (["--schema", "ETL"], ["etl.load", "ops.note"]), (["--schema", "ops"], ["ops.note"]),
            (["--routine", "LO*"], ["etl.load", "ops.note"]), (["--routine", "ops.n?te"], ["ops.note"]),
            (["--schema", "etl,ops", "--routine", "note", "--routine", "load"], ["etl.load", "ops.note"]),
        ])
        func selects(_ options: [String], _ expected: [String]) throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                let result = try CommandLineProgram.run(["extract", "a.sql", "--out", "o"] + options, in: folder)
                #expect(result.code == 0)
                #expect(try report(folder.appending(path: "o")).keys.sorted() == expected)
            }
        }

        @Test func writesOnlyTheCatalogWhenAsked() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                let result = try CommandLineProgram.run(
                    ["extract", "a.sql", "--out", "o", "--catalog-only"], in: folder)
                #expect(result.code == 0)
                let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "o").path)
                #expect(names.sorted() == [".proc2dbt", "catalog"])
                #expect(try CommandLineProgram.run(["convert", "o"], in: folder).code == 0)
            }
        }

        /// How each of these models is kept: by what its statements do to rows, and by the table's constraints.
        @Test(arguments: [
            ("delete from dw.t where day = p_day; insert into dw.t select * from raw.s", "append", 1),
            (
                "delete from dw.t where day = p_day; insert into dw.t select * from raw.s; delete from dw.t x where x.n < 0",
                "append", 2
            ),
            ("insert into dw.t select * from raw.s", "append", 0),
            (
                "insert into dw.t select id, max(day), 1 from raw.s group by id on conflict (id) do update set n = excluded.n",
                "delete+insert", 0
            ),
            ("update dw.t set n = s.n from raw.s s where s.id = dw.t.id", "delete+insert", 0),
            (
                "merge into dw.t using raw.u s on (t.id = s.id) when matched then update set n = s.n when not matched then insert values (s.id, p_day, s.n)",
                "delete+insert", 0
            ),
            // A condition that needs the table itself; a key that changes; rows that could have an old row's key; a change
            // behind an insert; a change of every row; no key.
            ("delete from dw.t where n > (select avg(n) from dw.t); insert into dw.t select * from raw.s", "", 0),
            ("update dw.t set id = t.id + 1 where n = 1", "", 0),
            (
                "merge into dw.t using raw.u s on t.n = s.n when matched then update set day = p_day when not matched then insert values (s.id, p_day, s.n)",
                "", 0
            ),
            ("insert into dw.t select * from raw.s; update dw.t set n = 0 where day = p_day", "", 0),
            ("update dw.t set n = 0", "", 0),
            ("insert into dw.k select id, n from raw.s on conflict (code) do update set n = excluded.n", "", 0),
        ])
        func keepsRowsThatDoNotChange(_ body: String, _ strategy: String, _ deletes: Int) throws {
            let source = """
                create schema raw; create schema dw;
                create table raw.s (id int, day date, n int);
                create table raw.u (id int primary key, n int);
                create table dw.t (id int primary key, day date, n int);
                create table dw.k (code int unique, n int);
                create procedure dw.load(p_day date) language plpgsql as $$ begin \(body); end $$;
                """
            try withFolder(["a.sql": source]) { folder in
                let result = try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder)
                #expect(result.code == 0, "\(result.output)\(result.errors)")
                let models = folder.appending(path: "o/dbt/models/marts/dw")
                let name = try #require(
                    try FileManager.default.contentsOfDirectory(atPath: models.path).first { $0.hasSuffix(".sql") })
                let text = try String(contentsOf: models.appending(path: name), encoding: .utf8)
                #expect(text.contains("incremental") == !strategy.isEmpty, "\(text)")
                if !strategy.isEmpty { #expect(text.contains("incremental_strategy='\(strategy)'"), "\(text)") }
                #expect(text.contains("unique_key='id'") == (strategy == "delete+insert"), "\(text)")
                #expect(text.matches(of: /delete from {{ this }}/).count == deletes, "\(text)")
            }
        }

        @Test func entryPointsDecide() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                try "project_name: a\nentry_points: [ops.note]\n".write(
                    to: folder.appending(path: "o/proc2dbt.yml"), atomically: true, encoding: .utf8)
                #expect(try CommandLineProgram.run(["convert", "o"], in: folder).code == 0)
                #expect(try report(folder.appending(path: "o")).keys.sorted() == ["ops.note"])
            }
        }

        /// Helpers and trigger functions are no pipelines; of overloads one is; rings have a beginning.
        @Test func choosesEntryPoints() throws {
            let more = """
                create function etl.vat(numeric) returns numeric language sql as 'select $1 * 0.2';
                create function etl.stamp() returns trigger language plpgsql as $$ begin return new; end $$;
                create procedure etl.twice(p integer) language plpgsql as $$
                begin insert into ops.log values ('one'); end $$;
                create procedure etl.twice(p text) language plpgsql as $$
                begin insert into ops.log values ('two'); end $$;
                create procedure etl.pong(n integer) language plpgsql as $$
                begin if n > 0 then call etl.ping(n - 1); end if; end $$;
                create procedure etl.ping(n integer) language plpgsql as $$
                begin call etl.pong(n); end $$;
                """
            try withFolder(["a.sql": littleSystem, "b.sql": more]) { folder in
                let result = try CommandLineProgram.run(
                    ["extract", "b.sql", "a.sql", "--out", "o", "--verbose"], in: folder)
                #expect(result.code == 3)
                let routines = try report(folder.appending(path: "o"))
                #expect(routines["etl.vat"]?.status == "converted")
                #expect(routines["etl.vat"]?.models == [])
                #expect(routines["etl.stamp"]?.status == "converted")
                #expect(routines["etl.twice(text)"]?.status == "refused")
                #expect(routines["etl.ping"]?.status == "refused")
                #expect(routines["etl.pong"]?.status == "refused")
                #expect(
                    result.output.contains("etl.ping:2: error P2D-107")
                        || result.output.contains("etl.pong:2: error P2D-107"))
                #expect(result.output.contains("note P2D-501"))
                #expect(result.output.contains("note P2D-502"))
                #expect(result.output.contains("error P2D-503"))
            }
        }

        @Test func keepsWhatAPersonEdited() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                let readme = folder.appending(path: "o/dbt/README.md")
                try "mine\n".write(to: readme, atomically: true, encoding: .utf8)
                let result = try CommandLineProgram.run(["convert", "o"], in: folder)
                #expect(result.code == 0)
                #expect(result.output.contains("dbt/README.md: edited, kept"))
                #expect(try String(contentsOf: readme, encoding: .utf8) == "mine\n")
            }
        }
    }
}
