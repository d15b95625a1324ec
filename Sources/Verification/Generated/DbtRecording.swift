import Catalog
import Databases
import Engines
import Foundation

/// The statements of a first and of a later build of one pipeline, to be sent again without dbt.
///
/// They are recorded from real builds. Arguments stand in them as markers, and so does the instant of the call. What dbt
/// only asks about (which relations there are, what columns a query has) is left out; all that it does is kept, in its order.
struct DbtRecording: Sendable {
    /// A build as one batch of statements.
    struct Build: Sendable {
        /// Statements, or a data test's query, in order.
        var statements: [DbtStatement]

        /// unique_ids of the nodes in it.
        var nodes: Set<String> { Set(statements.map(\.node)) }
        /// The data tests, in the order of their queries.
        var tests: [String] { statements.map(\.node).filter(DbtRecording.isTest) }
    }
    /// Every argument is given, or those with a default are left out.
    struct Form: Sendable {
        var first: Build
        var later: Build
    }
    let given: Form
    /// Nil when no parameter has a default.
    let leftOut: Form?
    /// Parameter -> marker.
    let markers: [String: String]
    /// Schemas that dbt makes.
    let schemas: [String]

    /// Keeps of a build's statements what changes something, and the tests.
    static func build(_ statements: [DbtStatement]) -> Build {
        Build(
            statements: statements.compactMap { statement in
                // What a project for DuckDB makes before it builds belongs to no node.
                if statement.sql.contains("create or replace macro") {
                    return DbtStatement(node: "operation", sql: withoutComment(statement.sql))
                }
                guard !statement.node.isEmpty, !statement.node.hasPrefix("unit_test.") else { return nil }
                let body = withoutComment(statement.sql)
                let word = body.prefix { $0.isLetter }.lowercased()
                if isTest(statement.node) {
                    return body.contains("should_error") ? DbtStatement(node: statement.node, sql: body) : nil
                }
                // BEGIN and COMMIT: a replayed case is one transaction, which is taken back in the end.
                let isLeftOut = ["select", "with", "begin", "commit", "rollback", ""].contains(word)
                return isLeftOut ? nil : DbtStatement(node: statement.node, sql: body)
            })
    }

    static func isTest(_ node: String) -> Bool { node.hasPrefix("test.") }

    /// dbt writes a comment about the node in front.
    private static func withoutComment(_ sql: String) -> String {
        var text = sql[...]
        while true {
            text = text.drop { $0.isWhitespace }
            if text.hasPrefix("/*"), let end = text.range(of: "*/") {
                text = text[end.upperBound...]
            } else if text.hasPrefix("--"), let end = text.firstIndex(of: "\n") {
                text = text[text.index(after: end)...]
            } else {
                break
            }
        }
        return text.trimmingSuffix { $0.isWhitespace || $0 == ";" }
    }

    /// A build as text for one call.
    ///
    /// - Parameters:
    ///   - literals: parameter -> SQL literal.
    ///   - instant: the call's now().
    ///   - database: the database that it is sent to; recorded was `ScratchDatabases.dbt`.
    func text(_ build: Build, literals: [String: String], instant: String, database: String) -> String {
        var text = build.statements.map(\.sql).joined(separator: ";\n")
        for (parameter, marker) in markers {
            text = text.replacing("'\(marker)'", with: literals[parameter] ?? "NULL")
        }
        if database != ScratchDatabases.dbt {
            text = text.replacing("\"\(ScratchDatabases.dbt)\".", with: "\"\(database)\".")
        }
        return text.replacing(DbtStatement.startMarker, with: instant)
    }

    /// A build as single statements for DuckDB, whose recorded database has the name of the one that they are sent to.
    func statements(_ build: Build, literals: [String: String], instant: String) -> [DbtStatement] {
        build.statements.flatMap { statement -> [DbtStatement] in
            var text = statement.sql
            for (parameter, marker) in markers {
                text = text.replacing("'\(marker)'", with: literals[parameter] ?? "NULL")
            }
            text = text.replacing(DbtStatement.startMarker, with: instant)
            return DuckDBMirror.statements(text).map { DbtStatement(node: statement.node, sql: $0) }
        }
    }
}

extension DbtRecording {
    /// Why nothing could be recorded.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// Builds the pipeline for real, each time from the starting state: first build, later build.
    init(
        entry: String, routine: Routine, models: [DbtModel], calls: [VerificationCall], build: DbtBuild,
        databases: ScratchDatabases, sources: [QualifiedName]
    ) async throws {
        let names = models.reduce(into: [String: String]()) { $0.merge($1.parameters) { first, _ in first } }
        let inputs = routine.parameters.filter { $0.mode != .out && $0.mode != .table && $0.mode != .variadic }
        markers = Dictionary(
            inputs.enumerated().map { ($1.name, "#p2d#\($0)#") }, uniquingKeysWith: { first, _ in first })
        let markers = markers
        func form(_ parameters: [Parameter]) async throws -> Form {
            try databases.copyState(entries: [entry])
            if let mirror = try build.emptyMirror(databases.catalog) {
                try PostgresConnection.with(databases.engine.connectionString(database: ScratchDatabases.dbt)) {
                    try mirror.load(sources, from: $0)
                }
            }
            var builds: [Build] = []
            for index in 0..<2 {
                let arguments = (calls.indices.contains(index) ? calls[index] : calls.first)?.arguments ?? [:]
                var values: [String: String] = [:]
                var variables: [String: DbtValue] = [:]
                for parameter in parameters {
                    guard let marker = markers[parameter.name], let variable = names[parameter.name] else { continue }
                    variables[variable] = .text(marker)
                    values[marker] = Self.literal(parameter, arguments)
                }
                let result = try await build.record(entry: entry, variables: variables, values: values)
                let failed = result.results.first { !$0.isGood }
                guard result.exception == nil, failed == nil, let statements = result.statements else {
                    throw Problem(
                        description: result.exception ?? failed.map { "\($0.name): \($0.message)" }
                            ?? "dbt said nothing")
                }
                builds.append(Self.build(statements))
            }
            return Form(first: builds[0], later: builds[1])
        }
        given = try await form(inputs)
        leftOut =
            inputs.contains { $0.defaultExpression != nil }
            ? try await form(inputs.filter { $0.defaultExpression == nil }) : nil
        schemas = Set(models.filter(\.isEnabled).map(\.schema)).sorted()
    }

    /// What is sent while recording: the scenario's argument, or the default, or nothing known.
    private static func literal(_ parameter: Parameter, _ arguments: [String: String?]) -> String {
        if let value = arguments[parameter.name] { return value.map(PostgresConnection.quoteLiteral) ?? "NULL" }
        return parameter.defaultExpression.map { "(\($0))" } ?? "NULL"
    }
}
