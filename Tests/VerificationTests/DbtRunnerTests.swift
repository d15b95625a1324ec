import Engines
import Foundation
import Testing

@testable import Verification

@Suite struct DbtRunnerTests {
    private let log = FileManager.default.temporaryDirectory.appending(path: "p2d-runner-\(UUID().uuidString).log")

    private func invocation(_ command: [String], _ environment: [String: String] = [:]) -> DbtInvocation {
        let folder = FileManager.default.temporaryDirectory
        return DbtInvocation(
            command, projectDirectory: folder, profilesDirectory: folder, targetDirectory: folder,
            environment: environment)
    }

    /// An environment whose python is a script of ours.
    private func environment(_ script: String) throws -> PythonEnvironment {
        let folder = FileManager.default.temporaryDirectory.appending(path: "p2d-venv-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "bin"), withIntermediateDirectories: true)
        let python = folder.appending(path: "bin/python")
        try "#!/bin/sh\n\(script)\n".write(to: python, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python.path())
        return PythonEnvironment(directory: folder)
    }

    @Test func aMissingEnvironmentSaysWhatToDo() {
        #expect { try PythonEnvironment.locate(environment: ["PROC2DBT_VENV": "/nowhere"]) } throws: { error in
            "\(error)".contains("make setup") && "\(error)".contains("PROC2DBT_VENV=/nowhere")
        }
    }

    @Test func aMissingDbtSaysWhatToDo() async throws {
        let runner = DbtRunner(
            environment: try environment(#"echo '{"ready": false, "exception": "No module named dbt"}'"#), logFile: log)
        await #expect(throws: DbtError.noDbt(reason: "No module named dbt")) {
            try await runner.invoke(invocation(["parse"]))
        }
    }

    @Test func aDyingProcessLeavesItsLastWords() async throws {
        let runner = DbtRunner(
            environment: try environment(#"echo '{"ready": true}'; read line; echo 'out of memory' >&2; exit 9"#),
            logFile: log)
        await #expect(throws: DbtError.driverDied(status: 9, log: "out of memory")) {
            try await runner.invoke(invocation(["build"]))
        }
    }

    @Test func nonsenseIsNoAnswer() async throws {
        let runner = DbtRunner(environment: try environment("echo hello"), logFile: log)
        await #expect(throws: DbtError.badAnswer("hello")) { try await runner.invoke(invocation(["build"])) }
    }

    @Test func aSlowRunIsStopped() async throws {
        let runner = DbtRunner(environment: try environment(#"echo '{"ready": true}'; exec sleep 60"#), logFile: log)
        let start = Date()
        await #expect(throws: DbtError.timedOut(command: "build", seconds: 0.3)) {
            try await runner.invoke(invocation(["build"]), timeout: 0.3)
        }
        // Well before the sleep ends by itself, however busy the machine is.
        #expect(Date().timeIntervalSince(start) < 50)
    }

    @Test func cancellingEndsTheProcess() async throws {
        let runner = DbtRunner(environment: try environment(#"echo '{"ready": true}'; exec sleep 60"#), logFile: log)
        let task = Task { try await runner.invoke(invocation(["build"])) }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        await #expect(throws: DbtError.self) { try await task.value }
    }

    @Test func valuesAreWrittenForYAML() {
        let values: [String: DbtValue] = [
            "b": .text("it's \"{{ x }}\" \u{7}\u{85}\n"), "a": .null, "c": .number("12.50"), "d": .boolean(false),
        ]
        #expect(
            DbtValue.object(values)
                == #"{"a": null, "b": "it's \"{{ x }}\" \u0007\u0085\u000a", "c": 12.50, "d": false}"#)
    }

    @Test(arguments: [
        ("integer", "007", DbtValue.text("007")), ("bigint", "-5", .number("-5")),
        ("numeric(10,2)", "1.25", .number("1.25")), ("numeric(10,2)", "1.50", .text("1.50")),
        ("numeric", "12345678901234567.89", .text("12345678901234567.89")), ("numeric", "1e5", .text("1e5")),
        ("numeric", "NaN", .text("NaN")),
        ("boolean", "T", .boolean(true)), ("text", "1", .text("1")), ("date", "2024-01-01", .text("2024-01-01")),
    ])
    func argumentsBecomeVars(type: String, value: String, expected: DbtValue) {
        #expect(CallArguments.dbtValue(value, type) == expected)
    }

    @Test func aStatementThatIsNoTextIsAnError() {
        #expect(throws: ScenarioFile.Invalid.self) {
            try ScenarioFile(
                yaml: "pipelines: [{entry: m.run, calls: [{changes_before: [{delete: x}]}]}]",
                folder: URL(filePath: "/"),
                name: "scenario.yml")
        }
    }

    @Test func scenarioFilesAreRead() throws {
        let file = try ScenarioFile(
            yaml: """
                system: billing
                files: [a.sql]
                pipelines:
                  - entry: m.run
                    calls:
                      - args: {p_a: '2024-01-01', p_b: 25.50, p_c: null, p_d: 'null', p_e: true}
                      - changes_before:
                          - "delete from t where a = 'x: y'"
                        changes: auto
                """, folder: URL(filePath: "/data"), name: "scenario.yml")
        #expect(file.files.map { $0.path() } == ["/data/a.sql"])
        let calls = file.scenario.pipelines[0].calls
        #expect(calls[0].arguments == ["p_a": "2024-01-01", "p_b": "25.50", "p_c": nil, "p_d": "null", "p_e": "true"])
        #expect(calls[1].changes == SourceChanges(statements: ["delete from t where a = 'x: y'"], isAutomatic: true))
    }
}
