import Databases
import Endpoints

/// A table that is filled in batches inside of one transaction.
protocol TextTable: AnyObject {
    func insert(_ rows: [[String?]]) throws
    func commit() throws
}

/// Differences into a table of a database, in one transaction: all of them or none.
final class TableWriter: DifferenceWriter {
    private let table: any TextTable
    private var rows: [[String?]] = []

    init(_ table: any TextTable) { self.table = table }

    func write(_ difference: Difference) throws {
        rows.append(DifferenceColumns.values(difference, keyCount: RowFields.keyCount(difference)))
        if rows.count >= 1000 { try flush() }
    }

    func finish() throws {
        try flush()
        try table.commit()
    }

    private func flush() throws {
        if !rows.isEmpty { try table.insert(rows) }
        rows.removeAll(keepingCapacity: true)
    }
}

/// A new table of a PostgreSQL database; the connection is one of its own, the compared ones only read.
final class PostgresTable: TextTable {
    private let connection: PostgresConnection
    private let copy: String

    init(_ address: String, schema: String?, name: String, _ columns: [String]) throws {
        connection = try PostgresConnection(address)
        let table =
            schema.map { PostgresConnection.quoteIdentifier($0, name) } ?? PostgresConnection.quoteIdentifier(name)
        let list = columns.map { "\(PostgresConnection.quoteIdentifier($0)) text" }.joined(separator: ", ")
        copy = "COPY \(table) FROM STDIN"
        try connection.execute("BEGIN; CREATE TABLE \(table) (\(list))")
    }

    func insert(_ rows: [[String?]]) throws {
        try connection.copyIn(copy) { write in
            var text = ""
            for row in rows { text += row.map(Self.field).joined(separator: "\t") + "\n" }
            try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
        }
    }

    func commit() throws { try connection.commit() }

    private static func field(_ value: String?) -> String {
        guard let value else { return "\\N" }
        guard value.utf8.contains(where: { $0 == 0x5C || $0 < 0x20 }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\t", with: "\\t").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r")
    }
}

/// A new table of a SQLite file.
final class SQLiteTable: TextTable {
    private let file: SQLiteWriter

    init(_ path: String, _ name: String, _ columns: [String]) throws {
        file = try SQLiteWriter(path, table: name, columns: columns)
    }

    func insert(_ rows: [[String?]]) throws { try file.insert(rows) }
    func commit() throws { try file.commit() }
}
