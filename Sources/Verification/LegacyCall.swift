import Catalog
import Databases
import Foundation

/// Runs one original call and keeps what it returns.
struct LegacyCall {
    /// The schema for results, in the legacy database only.
    static let resultSchema = "p2d_result"

    /// What came of a call.
    struct Report {
        var error: String?
        var notices: [String]
        var seconds: Double
        /// Table in `resultSchema` that holds the result rows; nil without any.
        var result: String?
    }

    let arguments: CallArguments
    /// Name of the table for the result; nil when nothing compares it.
    let resultTable: String?

    /// Calls in a session of its own, as a statement of its own, outside of any transaction: the routine may COMMIT.
    func run(_ connectionString: String, timeout: Double?) throws -> Report {
        let connection = try PostgresConnection(connectionString)
        defer { connection.close() }
        return try run(on: connection, timeout: timeout) { body in
            try PostgresConnection.with(connectionString, body)
        }
    }

    /// The same in a session that is as good as new; `store` lends a session in which nothing has been set for the result.
    func run(
        on connection: PostgresConnection, timeout: Double?,
        store: ((PostgresConnection) throws -> String) throws -> String
    ) throws -> Report {
        if let timeout { try connection.execute("SET statement_timeout = \(Int(timeout * 1000))") }
        let start = Date()
        var report = Report(notices: [], seconds: 0)
        do {
            report.result = try call(connection, store)
        } catch let error as DatabaseError {
            guard let message = error.serverMessage else { throw error }
            report.error = "\(message.text) (SQLSTATE \(message.sqlState))"
        }
        report.seconds = Date().timeIntervalSince(start)
        report.notices = connection.takeNotices().map(\.description)
        return report
    }

    private func call(
        _ connection: PostgresConnection, _ store: ((PostgresConnection) throws -> String) throws -> String
    ) throws -> String? {
        if arguments.routine.returnsCursor {
            return try fetchCursor(connection, store)
        }
        let result = try connection.query(arguments.statement)
        guard let resultTable, result.columnCount > 0 else { return nil }
        return try store { try keep(result, resultTable, $0) }
    }

    /// A cursor lives as long as its transaction; whoever hands one out cannot COMMIT, so that a transaction is right.
    private func fetchCursor(
        _ connection: PostgresConnection, _ store: ((PostgresConnection) throws -> String) throws -> String
    ) throws -> String? {
        try connection.execute("BEGIN")
        let names = try connection.query(arguments.statement)
        guard let resultTable, names.rowCount > 0, let cursor = names[0, 0] else {
            try connection.commit()
            return nil
        }
        let rows = try connection.query("FETCH ALL IN \(PostgresConnection.quoteIdentifier(cursor))")
        try connection.commit()
        return try store { try keep(rows, resultTable, $0) }
    }

    /// Writes rows into a table with the very types they came with, in a session that nothing has been set in.
    private func keep(_ rows: QueryResult, _ name: String, _ connection: PostgresConnection) throws -> String {
        // No settings of ours: the text that came out of one session must be readable in the other.
        let schema = PostgresConnection.quoteIdentifier(Self.resultSchema)
        let table = PostgresConnection.quoteIdentifier(Self.resultSchema, name)
        var columns: [String] = []
        for (index, column) in rows.columnNames.enumerated() {
            let type = try connection.query(
                "SELECT format_type($1::oid, $2::integer)",
                [String(rows.columnTypes[index]), String(rows.columnTypeModifiers[index])])[0, 0]
            columns.append("\(PostgresConnection.quoteIdentifier(column)) \(type ?? "text")")
        }
        try connection.execute(
            "CREATE SCHEMA IF NOT EXISTS \(schema); DROP TABLE IF EXISTS \(table); "
                + "CREATE TABLE \(table) (\(columns.joined(separator: ", ")))")
        try connection.copyIn("COPY \(table) FROM STDIN") { write in
            for row in rows.rows {
                let fields = (0..<rows.columnCount).map { CopyText.escaped(rows[row, $0]) }
                var line = Array((fields.joined(separator: "\t") + "\n").utf8)
                try line.withUnsafeMutableBytes { try write(UnsafeRawBufferPointer($0)) }
            }
        }
        return name
    }
}

extension Routine {
    /// Hands out a cursor instead of rows.
    var returnsCursor: Bool {
        returnType == "refcursor"
            || parameters.contains { ($0.mode == .out || $0.mode == .inout) && $0.type == "refcursor" }
    }
}
