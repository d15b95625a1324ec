import Databases
import Foundation
import Testing

@testable import Engines

extension WithEngine {
    @Suite struct EmbeddedPostgresTests {
        @Test func startsAnswersAndLeavesNothing() throws {
            let begin = ContinuousClock.now
            let engine = try EmbeddedPostgres.start()
            print("engine started in \(ContinuousClock.now - begin)")
            let run = (engine.hostForDbt as NSString).deletingLastPathComponent
            let process = try serverProcess(engine.hostForDbt)
            try PostgresConnection.with(engine.connectionString()) { connection in
                let settings = try connection.query(
                    "select current_setting('fsync'), current_setting('listen_addresses'), current_setting('TimeZone')")
                #expect((0..<3).map { settings[0, $0] } == ["off", "", "UTC"])
            }
            #expect(isAlive(process))
            engine.stop()
            #expect(!isAlive(process))
            #expect(!FileManager.default.fileExists(atPath: run))
            engine.stop()
        }

        @Test func listensOnNoNetworkPort() throws {
            let process = try serverProcess(SharedEngine.get().hostForDbt)
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
            let sockets = descriptors.compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\($0)")
            }
            let listening = try ["tcp", "tcp6"].flatMap { table in
                try String(contentsOfFile: "/proc/net/\(table)", encoding: .utf8).split(separator: "\n").dropFirst()
                    .map { $0.split(separator: " ") }.filter { $0[3] == "0A" }.map { "socket:[\($0[9])]" }
            }
            #expect(sockets.contains { $0.hasPrefix("socket:") })
            #expect(sockets.allSatisfy { !listening.contains($0) })
        }

        @Test(arguments: [SIGKILL, SIGTERM, SIGINT])
        func stopsWithItsOwner(signal: Int32) throws {
            let holder = try Holder()
            defer { kill(holder.process.processIdentifier, SIGKILL) }
            let server = try serverProcess(holder.data)
            kill(holder.process.processIdentifier, signal)
            holder.process.waitUntilExit()
            #expect(holder.process.terminationReason == .uncaughtSignal)
            #expect(holder.process.terminationStatus == signal)
            #expect(eventually { !isAlive(server) && !FileManager.default.fileExists(atPath: holder.folder) })
        }

        @Test func theNextStartRemovesWhatAKilledWatchdogLeft() throws {
            let holder = try Holder()
            let server = try serverProcess(holder.data)
            // The watchdog is the holder's only child.
            let watchdog = try #require(try children(of: holder.process.processIdentifier).first)
            kill(watchdog, SIGKILL)
            for reader in try children(of: watchdog) where reader != server { kill(reader, SIGKILL) }
            RunFolder.removeAbandoned()
            #expect(isAlive(server), "the owner still lives")
            for reader in try orphanReaders(of: holder.data) { kill(reader, SIGKILL) }
            kill(holder.process.processIdentifier, SIGKILL)
            holder.process.waitUntilExit()
            RunFolder.removeAbandoned()
            #expect(eventually { !isAlive(server) })
            #expect(!FileManager.default.fileExists(atPath: holder.folder))
        }

        @Test func copiesDatabases() throws {
            let engine = try SharedEngine.get()
            try SharedEngine.withDatabase("original") { connection in
                try connection.execute("create table t as select 1 as x")
                connection.close()
                try engine.createDatabase("Copy \"2\"", template: "original")
                defer { try? engine.dropDatabase("Copy \"2\"") }
                try PostgresConnection.with(engine.connectionString(database: "Copy \"2\"")) { copy in
                    let result = try copy.query("table t")
                    #expect(result[0, 0] == "1")
                }
            }
        }

        @Test func saysWhatIsWrongWithTheProgramsFolder() {
            #expect(throws: EngineError.badBinaryFolder(path: "/nowhere", setting: "PROC2DBT_PG_BIN")) {
                try PostgresBinaries.find(environment: ["PROC2DBT_PG_BIN": "/nowhere"])
            }
        }

        @Test func reportsAServerThatEnds() throws {
            var options = EmbeddedPostgres.Options()
            options.settings = ["shared_buffers": "plenty"]
            let error = #expect(throws: EngineError.self) { try EmbeddedPostgres.start(options) }
            #expect(error?.description.contains("invalid value for parameter \"shared_buffers\"") == true)
        }
    }
}

/// A process of ours that holds an engine.
private struct Holder {
    let process = Process()
    let data: String
    var folder: String { (data as NSString).deletingLastPathComponent }

    init() throws {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = tests.appendingPathComponent("EngineHolder")
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        data = line.trimmingCharacters(in: .newlines)
        try #require(!data.isEmpty)
    }
}

private func serverProcess(_ data: String) throws -> pid_t {
    let text = try String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8)
    return try #require(text.split(separator: "\n").first.flatMap { pid_t($0) })
}

/// A zombie does not count as alive.
private func isAlive(_ process: pid_t) -> Bool {
    guard let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
    return !state.contains(") Z ")
}

private func children(of process: pid_t) throws -> [pid_t] {
    let text = try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
    return (text ?? "").split(separator: " ").compactMap { pid_t($0) }
}

/// The subshell that reads the pipe outlives a killed watchdog; it carries the run folder in its command line.
private func orphanReaders(of data: String) throws -> [pid_t] {
    let folder = (data as NSString).deletingLastPathComponent
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter {
        let command = try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8)
        return command?.hasPrefix("sh\0") == true && command?.contains(folder) == true
    }
}

private func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<50 {
        if condition() { return true }
        usleep(100_000)
    }
    return condition()
}
