import Foundation
import Testing

/// All tests that drive the built program; those with engines run one after the other.
@Suite struct CommandLineTests {}

/// What a run of the program left.
struct CommandResult {
    /// The exit code; for a signal its negative number.
    var code: Int32
    var output: String
    var errors: String

    /// The lines on standard error.
    var errorLines: [Substring] { errors.split(separator: "\n") }
}

/// The program as a user runs it: the binary that was built beside the tests.
enum CommandLineProgram {
    /// The binary; it stands beside an ancestor of the test program.
    static func path() throws -> URL {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "proc2dbt")
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue {
                return candidate
            }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// The package's folder.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// dbt is installed.
    static var hasEnvironment: Bool {
        ProcessInfo.processInfo.environment["PROC2DBT_VENV"] != nil
            || FileManager.default.fileExists(atPath: package.appending(path: ".venv/bin/python").path)
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - shell: commands for a shell before it becomes the program: limits, traps.
    ///   - signal: sent after so many seconds.
    static func run(
        _ arguments: [String], in folder: URL, shell: String? = nil, signal: (number: Int32, after: Double)? = nil
    ) throws -> CommandResult {
        let program = try path().path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: shell == nil ? program : "/bin/sh")
        process.arguments = shell.map { ["-c", "\($0); exec \"$0\" \"$@\"", program] + arguments } ?? arguments
        process.currentDirectoryURL = folder
        var environment = ProcessInfo.processInfo.environment
        for name in ["PGPASSWORD", "PROC2DBT_SOURCE"] { environment[name] = nil }
        process.environment = environment
        // Files, because a pipe that nobody empties stops the program.
        let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let files = ["out", "err"].map { scratch.appending(path: $0) }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        process.standardInput = FileHandle.nullDevice
        try process.run()
        if let signal {
            Thread.sleep(forTimeInterval: signal.after)
            kill(process.processIdentifier, signal.number)
        }
        process.waitUntilExit()
        let isSignal = process.terminationReason == .uncaughtSignal
        return CommandResult(
            code: isSignal ? -process.terminationStatus : process.terminationStatus,
            output: try String(contentsOf: files[0], encoding: .utf8),
            errors: try String(contentsOf: files[1], encoding: .utf8))
    }
}

/// A folder for one test, with files in it, removed afterwards.
func withFolder<R>(_ files: [String: String] = [:], _ body: (URL) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "proc2dbt-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return try body(folder)
}

/// Makes the model of `littleSystem`'s totals wrong, as an edit of a person's could.
func breakTotals(below models: URL) throws {
    let names = try FileManager.default.subpathsOfDirectory(atPath: models.path)
    let model = models.appending(path: try #require(names.first { $0.hasSuffix("totals.sql") }))
    let text = try String(contentsOf: model, encoding: .utf8)
    let broken = text.replacing("sum(", with: "max(")
    #expect(broken != text)
    try broken.write(to: model, atomically: true, encoding: .utf8)
}

/// Every file below a folder with its text, by path.
func contents(of folder: URL) throws -> [String: String] {
    var result: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
        result[name] = try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    return result
}

/// A little system: two schemas, a pipeline with a helper, and a routine beside.
let littleSystem = """
    create schema raw; create schema etl; create schema ops;
    create table raw.orders (id integer primary key, customer text not null, amount numeric(10,2));
    create table etl.totals (customer text primary key, amount numeric(12,2) not null);
    create table ops.log (message text);
    insert into raw.orders values (1, 'ann', 10.50), (2, 'bob', 3), (3, 'ann', 4.25), (4, 'cid', null);
    create procedure ops.note(p_message text) language plpgsql as $$
    begin
        insert into ops.log values (p_message);
    end $$;
    create procedure etl.load() language plpgsql as $$
    begin
        truncate etl.totals;
        insert into etl.totals
        select customer, coalesce(sum(amount), 0) from raw.orders group by customer;
        call ops.note('loaded');
    end $$;
    """

/// A routine that can't be converted, beside the little system.
let refusedRoutine = """
    create table ops.counts (name text, n bigint);
    create procedure ops.count_all(p_table text) language plpgsql as $$
    declare n bigint;
    begin
        execute 'select count(*) from ' || p_table into n;
        insert into ops.counts values (p_table, n);
    end $$;
    """
