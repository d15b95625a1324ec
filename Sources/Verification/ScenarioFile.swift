import Foundation
import Yams

/// A scenario file:
///
///     system: billing
///     files: [01_schema.sql, 02_procedures.sql, 03_data.sql]
///     pipelines:
///       - entry: mart.run_month
///         calls:
///           - args: {p_month: '2024-01-31'}
///           - args: {p_month: '2024-02-01'}
///             changes: auto
///             changes_before: [delete from app.accounts where account_id = 7]
///
/// `proc2dbt.yml` may hold the same `pipelines` list.
public struct ScenarioFile: Sendable, Equatable {
    /// Why a scenario file cannot be used.
    public struct Invalid: Error, CustomStringConvertible, Equatable {
        /// File, place and reason on one line.
        public var description: String
    }

    /// Name of the system.
    public var system: String
    /// SQL files that make the starting state, absolute.
    public var files: [URL]
    /// What to call.
    public var scenario: VerificationScenario

    /// Reads a file; relative file names count from its folder.
    public init(contentsOf file: URL) throws {
        try self.init(
            yaml: String(contentsOf: file, encoding: .utf8), folder: file.deletingLastPathComponent(),
            name: file.lastPathComponent)
    }

    /// Reads the text of a scenario file.
    public init(yaml: String, folder: URL, name: String) throws {
        guard let root = try Yams.compose(yaml: yaml)?.mapping else {
            throw Invalid(description: "\(name): not a mapping")
        }
        system = root["system"]?.string ?? folder.lastPathComponent
        files = try root["files"].map { try Self.texts($0, name).map { folder.appending(path: $0) } } ?? []
        guard let pipelines = root["pipelines"]?.sequence else {
            throw Invalid(description: "\(name): no list of pipelines")
        }
        scenario = VerificationScenario(
            name: system, pipelines: try pipelines.map { try Self.pipeline($0, name) })
    }

    private static func pipeline(_ node: Node, _ file: String) throws -> VerificationPipeline {
        guard let entry = node.mapping?["entry"]?.string else {
            throw Invalid(description: "\(place(node, file)): a pipeline needs an entry")
        }
        let calls = node.mapping?["calls"]?.sequence.map(Array.init) ?? []
        return VerificationPipeline(entry: entry, calls: try calls.map { try call($0, file) })
    }

    private static func call(_ node: Node, _ file: String) throws -> VerificationCall {
        var call = VerificationCall()
        for (key, value) in node.mapping?["args"]?.mapping ?? [:] {
            guard let name = key.string, let scalar = value.scalar else {
                throw Invalid(description: "\(place(value, file)): an argument is one value in PostgreSQL's notation")
            }
            // The text as it stands: YAML's own numbers would lose digits.
            call.arguments[name] = .some(isNull(value) ? nil : scalar.string)
        }
        call.changes = SourceChanges(
            statements: try node.mapping?["changes_before"].map { try texts($0, file) } ?? [],
            isAutomatic: node.mapping?["changes"]?.string == "auto")
        return call
    }

    /// A quoted 'null' is a text.
    private static func isNull(_ node: Node) -> Bool { node.null != nil && node.scalar?.style == .plain }

    private static func texts(_ node: Node, _ file: String) throws -> [String] {
        try (node.sequence.map(Array.init) ?? [node]).map { item in
            // A statement with `: ` in it is a mapping unless it is quoted; it must not vanish.
            guard let text = item.scalar?.string else {
                throw Invalid(description: "\(place(item, file)): not a text; put it in quotes")
            }
            return text
        }
    }

    private static func place(_ node: Node, _ file: String) -> String {
        node.mark.map { "\(file), line \($0.line)" } ?? file
    }
}
