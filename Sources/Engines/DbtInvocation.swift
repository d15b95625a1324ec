import Foundation

/// One run of dbt: what to do, with which project, against which database.
public struct DbtInvocation: Sendable, Equatable {
    /// The command with its own arguments: `["build", "--select", "config.meta.routine:dw.load"]`.
    public var command: [String]
    /// The folder of dbt_project.yml.
    public var projectDirectory: URL
    /// The folder of profiles.yml.
    public var profilesDirectory: URL
    /// Where compiled files and manifest.json go: a folder of its own for each database, or dbt mixes them up.
    public var targetDirectory: URL
    /// The project's vars.
    public var variables: [String: DbtValue]
    /// Environment variables for this run only.
    public var environment: [String: String]
    /// Records the statements that dbt sends (`DbtResult.statements`); nil records nothing.
    ///
    /// Maps the markers that `variables` holds as texts to what is sent in place of the quoted marker: an SQL literal.
    public var recording: [String: String]?

    /// Makes an invocation without vars.
    public init(
        _ command: [String], projectDirectory: URL, profilesDirectory: URL, targetDirectory: URL,
        variables: [String: DbtValue] = [:], environment: [String: String] = [:]
    ) {
        self.command = command
        self.projectDirectory = projectDirectory
        self.profilesDirectory = profilesDirectory
        self.targetDirectory = targetDirectory
        self.variables = variables
        self.environment = environment
    }

    /// The flags that parsing and building share.
    var sharedArguments: [String] {
        [
            "--project-dir", projectDirectory.path(percentEncoded: false),
            "--profiles-dir", profilesDirectory.path(percentEncoded: false),
            "--target-path", targetDirectory.path(percentEncoded: false),
            "--log-path", targetDirectory.appending(path: "logs").path(percentEncoded: false),
            "--vars", DbtValue.object(variables), "--no-use-colors", "--no-send-anonymous-usage-stats",
            "--no-version-check",
            // The driver keeps the parsed project itself; dbt's own file of it would be written and read for nothing.
            "--no-partial-parse",
        ]
    }
}

/// A value of a dbt var.
public enum DbtValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    /// An integer or decimal in plain notation, kept as text so that no digit is lost on our side.
    case number(String)
    case text(String)

    /// The value as JSON.
    public var json: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .text(let text): Self.quoted(text)
        }
    }

    /// A JSON object, its keys in order.
    public static func object(_ values: [String: DbtValue]) -> String {
        let pairs = values.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \($0.value.json)" }
        return "{\(pairs.joined(separator: ", "))}"
    }

    /// dbt reads vars as YAML, where control characters are not allowed: all of them are escaped.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _
            where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) || scalar.value == 0x2028
                || scalar.value == 0x2029 || scalar.value == 0xFEFF:
                quoted += "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
                quoted += String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// What dbt did.
public struct DbtResult: Sendable, Codable, Equatable {
    /// Everything that was selected succeeded.
    public var success: Bool
    /// 0, 1 for a failing node, 2 for a project that cannot be parsed or a database that cannot be reached.
    public var exitCode: Int
    /// Why dbt stopped before it ran any node.
    public var exception: String?
    /// The nodes that ran or were skipped.
    public var results: [DbtNodeResult]
    /// What a listing command printed.
    public var lines: [String]?
    /// Warnings and errors that dbt logged.
    public var messages: [DbtMessage]?
    /// What dbt sent to the database, in order, when that was asked for.
    public var statements: [DbtStatement]?

    /// An invocation that never came to run a node.
    public init(stoppedBecause reason: String) {
        success = false
        exitCode = 2
        exception = reason
        results = []
    }

    enum CodingKeys: String, CodingKey {
        case success
        case exitCode = "exit_code"
        case exception, results, lines, messages, statements
    }
}

/// How one node fared.
public struct DbtNodeResult: Sendable, Codable, Equatable {
    /// `model.project.name`.
    public var uniqueID: String
    /// The node's name.
    public var name: String
    /// `model`, `test`, `unit_test`, `seed`, ...
    public var resourceType: String
    /// `success`, `error`, `skipped`, `pass`, `fail`, `warn`, `no-op`.
    public var status: String
    /// dbt's words about it.
    public var message: String
    /// Failing rows of a test.
    public var failures: Int?
    /// Seconds.
    public var executionTime: Double
    /// unique_ids of what it reads.
    public var dependsOn: [String]

    /// A model that was built.
    public static func built(_ model: DbtModel) -> DbtNodeResult {
        DbtNodeResult(
            uniqueID: model.uniqueID, name: model.name, resourceType: "model", status: "success", message: "",
            executionTime: 0, dependsOn: model.dependsOn)
    }

    /// Neither an error nor a failing test nor skipped because of one.
    public var isGood: Bool { ["success", "pass", "warn", "no-op"].contains(status) }

    enum CodingKeys: String, CodingKey {
        case uniqueID = "unique_id"
        case name
        case resourceType = "resource_type"
        case status, message, failures
        case executionTime = "execution_time"
        case dependsOn = "depends_on"
    }
}

/// A statement that dbt sent, with the markers of its vars still in it.
public struct DbtStatement: Sendable, Codable, Equatable {
    /// Stands where dbt wrote the instant at which it was started, in ISO 8601.
    public static let startMarker = "<<p2d:started>>"
    /// unique_id of the node that it was sent for; empty for what belongs to none.
    public var node: String
    /// The statement, or several.
    public var sql: String

    /// Makes a statement.
    public init(node: String, sql: String) {
        self.node = node
        self.sql = sql
    }
}

/// A warning or an error of dbt's own log.
public struct DbtMessage: Sendable, Codable, Equatable {
    /// `warn` or `error`.
    public var level: String
    /// One event, as the log shows it.
    public var text: String
}
