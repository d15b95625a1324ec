import Databases
import Engines
import Foundation
import Testing

extension CommandLineTests {
    /// A server that says no, a disk that is full, a program that is missing, a person who is impatient: one line says
    /// what and what to do, and nothing is lost or half-written.
    @Suite(.serialized, .enabled(if: CommandLineProgram.hasEnvironment, "needs `make setup`"))
    struct Hostile {
        /// A server with the little system in it, and two logins: one with a password, one that may not read a table.
        private func withServer(_ body: (EmbeddedPostgres) throws -> Void) throws {
            let rules = FileManager.default.temporaryDirectory.path + "/hba-\(UUID())"
            try Data("local all guarded scram-sha-256\nlocal all all trust\n".utf8).write(
                to: URL(fileURLWithPath: rules))
            defer { try? FileManager.default.removeItem(atPath: rules) }
            var options = EmbeddedPostgres.Options()
            options.settings = ["hba_file": rules]
            let engine = try EmbeddedPostgres.start(options)
            defer { engine.stop() }
            try engine.createDatabase("dwh")
            try PostgresConnection.with(engine.connectionString(database: "dwh")) {
                try $0.execute(littleSystem)
                try $0.execute(
                    """
                    create role guarded login password 's3cret';
                    create role limited login;
                    grant usage on schema raw, etl, ops to limited, guarded;
                    grant select on all tables in schema etl, ops to limited;
                    """)
            }
            try body(engine)
        }

        /// A URL of a server that listens on a socket only.
        private func url(_ engine: EmbeddedPostgres, user: String, database: String = "dwh") -> String {
            let pieces = engine.connectionString().split(separator: " ").map { $0.split(separator: "=", maxSplits: 1) }
            let settings = Dictionary(pieces.map { (String($0[0]), String($0[1]).filter { $0 != "'" }) }) { first, _ in
                first
            }
            let host = settings["host", default: ""].replacing("/", with: "%2F")
            return "postgresql://\(user)@/\(database)?host=\(host)&port=\(settings["port", default: "5432"])"
        }

        private func expectOneLine(_ result: CommandResult, _ says: String...) {
            #expect(result.code == 1, "\(result.output)\(result.errors)")
            #expect(result.errorLines.count == 1, "\(result.errors)")
            for words in says { #expect(result.errors.contains(words), "\(result.errors)") }
            #expect(!result.errors.contains("g3heim"))
        }

        @Test func aServerThatSaysNo() throws {
            try withServer { engine in
                try withFolder { folder in
                    func extract(_ source: String, _ more: [String] = []) throws -> CommandResult {
                        try CommandLineProgram.run(["extract", source, "--out", "o"] + more, in: folder)
                    }
                    expectOneLine(try extract(url(engine, user: "guarded:g3heim")), "wrong user or password", "guarded")
                    expectOneLine(try extract(url(engine, user: "guarded")), "wrong user or password")
                    expectOneLine(try extract(url(engine, user: "limited", database: "nix")), "nix")
                    expectOneLine(try extract(url(engine, user: "limited"), ["--schema", "nix"]), "etl, ops")
                    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)

                    // Without a right on a table the catalog can still be read; its rows can't.
                    #expect(try extract(url(engine, user: "limited")).code == 0)
                    let before = try contents(of: folder)
                    let result = try CommandLineProgram.run(["verify", "o"], in: folder)
                    expectOneLine(result, "raw.orders", "permission denied")
                    let after = try contents(of: folder).filter { !$0.key.hasPrefix("o/verify") }
                    #expect(after == before)

                    // The password comes from the environment, and verify finds where the rows are.
                    let right = try CommandLineProgram.run(
                        ["extract", url(engine, user: "guarded"), "--out", "p"], in: folder,
                        shell: "export PGPASSWORD=s3cret")
                    #expect(right.code == 0, "\(right.errors)")
                    let files = try contents(of: folder.appending(path: "p"))
                    #expect(!files.values.contains { $0.contains("s3cret") })
                }
                // Nothing of all that has left a trace in the source.
                let left = try PostgresConnection.with(engine.connectionString(database: "dwh")) {
                    try $0.query("select count(*) from etl.totals")[0, 0]
                }
                #expect(left == "0")
            }
        }

        @Test func dbtIsMissing() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                let result = try CommandLineProgram.run(
                    ["verify", "o"], in: folder, shell: "export PROC2DBT_VENV=/nonexistent")
                expectOneLine(result, "/nonexistent", "make setup")
            }
        }

        @Test(arguments: [
            "begin insert into ops.log values ('a';", "begin if true then", "declare begin end", "begin ??? 'x end",
            "begin execute format('x' end;", "", "not a body at all", "begin end end end",
        ])
        func aBrokenRoutineIsAFinding(_ body: String) throws {
            let broken = "\ncreate procedure ops.broken() language plpgsql as $b$ \(body) $b$;\n"
            try withFolder(["a.sql": littleSystem + broken]) { folder in
                let result = try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder)
                #expect(result.code == 3 || result.code == 0, "\(result.output)\(result.errors)")
                #expect(result.errors.isEmpty)
                #expect(result.output.contains("etl.load"))
                let isHarmless = body.contains("declare begin end") || body == "begin end end end"
                #expect(isHarmless || result.code == 3, "\(result.output)")
            }
        }

        /// A real full disk, where the machine lets us have one.
        @Test(arguments: [64, 128, 192, 256])
        func aFullDisk(_ kilobytes: Int) throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                let disk = folder.appending(path: "disk").path
                try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
                guard shell("mount -t tmpfs -o size=\(kilobytes)k tmpfs '\(disk)' 2>/dev/null") == 0 else { return }
                defer { _ = shell("umount '\(disk)'") }
                let result = try CommandLineProgram.run(["extract", "a.sql", "--out", "disk/o"], in: folder)
                if result.code == 0 { return }
                expectOneLine(result, "No space left")
                #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
            }
        }

        private func shell(_ command: String) -> Int32 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", command]
            guard (try? process.run()) != nil else { return -1 }
            process.waitUntilExit()
            return process.terminationStatus
        }

        /// Ctrl-C during `extract`: what stands in the folder afterwards is what stood there before; where the signal came
        /// when the files were being written, it waits, and all of the new conversion stands there.
        @Test func impatienceDuringExtract() throws {
            let many = (0..<300).map { number in
                """
                create table etl.t\(number) (customer text primary key, amount numeric(12,2));
                create procedure etl.load_\(number)() language plpgsql as $$
                begin
                    delete from etl.t\(number);
                    insert into etl.t\(number) select customer, sum(amount) from raw.orders group by customer;
                end $$;
                """
            }
            try withFolder(["a.sql": littleSystem, "b.sql": many.joined(separator: "\n")]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                let before = try contents(of: folder)
                var stopped = 0
                for seconds in [0.05, 0.3, 0.8, 1.5] {
                    let result = try CommandLineProgram.run(
                        ["extract", "a.sql", "b.sql", "--out", "o"], in: folder, signal: (SIGINT, seconds))
                    if result.code == 0 { break }
                    stopped += 1
                    #expect(result.code == -SIGINT, "after \(seconds) s: \(result.output)\(result.errors)")
                    let after = try contents(of: folder)
                    let changed = Set(after.keys).symmetricDifference(before.keys).union(
                        after.keys.filter { after[$0] != before[$0] })
                    if !changed.isEmpty {
                        let again = try CommandLineProgram.run(["extract", "a.sql", "b.sql", "--out", "o"], in: folder)
                        #expect(again.code == 0, "\(again.errors)")
                        #expect(try contents(of: folder) == after, "half-written after \(seconds) s")
                        break
                    }
                }
                #expect(stopped > 0)
            }
        }
    }
}
