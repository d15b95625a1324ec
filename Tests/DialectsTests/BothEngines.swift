import Databases
import Dialects
import Endpoints
import Engines
import Foundation

/// A PostgreSQL and a DuckDB that are asked the same question.
final class BothEngines {
    let postgres: EmbeddedPostgres
    private let connection: PostgresConnection
    private let duckdb: DuckDBDatabase
    private let translation: QueryTranslation
    private static let templates = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "templates/macros/create_helper_functions.sql.mustache")

    init(rules: DialectRules) throws {
        postgres = try EmbeddedPostgres.start()
        connection = try PostgresConnection(postgres.connectionString())
        try connection.execute("SET TimeZone = 'America/St_Johns'; SET extra_float_digits = 1")
        duckdb = try DuckDBDatabase(path: nil)
        try duckdb.execute("SET TimeZone = 'America/St_Johns'")
        for statement in try Self.helpers() { try duckdb.execute(statement) }
        translation = QueryTranslation(rules: rules)
    }

    deinit { postgres.stop() }

    /// The functions that a generated project makes, out of its template.
    private static func helpers() throws -> [String] {
        let text = try String(contentsOf: templates, encoding: .utf8)
            .replacing(/\{\{ env_var[^}]*\}\}/, with: "dbt").replacing(/\{#-(.|\n)*?-#\}/, with: "")
        return text.split(separator: "create or replace macro").dropFirst().map { part in
            "create or replace macro" + part.prefix { $0 != ";" }
        }
    }

    /// What one column of a query holds on both sides: its values, or why there are none.
    struct Answer: Equatable {
        var values: [String?] = []
        var failure: String?
    }

    func translated(_ sql: String) throws -> String { try translation.query(sql) }

    /// PostgreSQL's answer to a query with the one column `x`.
    func original(_ sql: String) throws -> Answer {
        do {
            let result = try connection.query("SELECT x::text FROM (\(sql)) AS answer")
            return Answer(values: result.rows.map { result[$0, 0].map(Self.canonical) })
        } catch {
            guard let message = error.serverMessage else { throw error }
            return Answer(failure: message.text)
        }
    }

    /// DuckDB's answer to the translated one.
    func target(_ sql: String) -> Answer {
        do {
            let rows = try duckdb.rows("SELECT cast(x AS varchar) FROM (\(sql)) AS answer", columns: 1)
            return Answer(values: rows.map { $0[0].map(Self.canonical) })
        } catch {
            return Answer(failure: DuckDBDatabase.reason(error))
        }
    }

    /// Equal values print alike: `1.50` is `1.5`, a quotient counts to ten places, blanks of JSON and of arrays say nothing.
    private static func canonical(_ text: String) -> String {
        if let number = Decimal(string: text), text.allSatisfy({ $0.isNumber || "+-.e".contains($0) }) {
            var value = number
            var rounded = Decimal()
            NSDecimalRound(&rounded, &value, 10, .plain)
            return "\(rounded)"
        }
        if text.hasPrefix("{") || text.hasPrefix("[") {
            // A list of PostgreSQL and one of DuckDB.
            let list = text.hasPrefix("{") && !text.contains(":") ? "[" + text.dropFirst().dropLast() + "]" : text
            return list.filter { $0 != " " }.replacing("NULL", with: "null")
        }
        return text == "t" ? "true" : text == "f" ? "false" : text
    }
}
