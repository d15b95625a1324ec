import Databases
import Foundation

/// Reads what a PostgreSQL (13 to 18) knows about its user schemas, in one snapshot and a dozen queries, however many
/// objects there are. No right on any table is needed, and no row of a user's is read.
///
/// - Parameters:
///   - connection: a session without an open transaction; it has none afterwards either.
///   - schemas: schemas whose routines are read; nil for all. Tables, types and sequences are always read from every
///     user schema, because a routine may use any of them.
public func readPostgresCatalog(
    _ connection: PostgresConnection, schemas: [String]? = nil
) throws(DatabaseError) -> CatalogSnapshot {
    try connection.beginReadOnlySnapshot()
    do throws(DatabaseError) {
        let snapshot = try readInSnapshot(connection, schemas)
        try connection.commit()
        return snapshot
    } catch {
        try? connection.rollback()
        throw error
    }
}

private func readInSnapshot(
    _ connection: PostgresConnection, _ schemas: [String]?
) throws(DatabaseError) -> CatalogSnapshot {
    typealias Queries = PostgresCatalogQueries
    let version = connection.serverVersion
    var snapshot = CatalogSnapshot(
        dialect: "postgresql", serverVersion: connection.reportedSetting("server_version") ?? "")
    let settings = try connection.query(Queries.settings)
    for row in settings.rows { snapshot.settings[settings[row, 0] ?? ""] = settings[row, 1] }
    try connection.query(Queries.fixedSession)

    let reader = CatalogReader(connection: connection)
    snapshot.extensions = try reader.list(Queries.extensions, Extension.self).map(\.value)
    snapshot.sequences = try reader.list(Queries.sequences, Sequence.self).map(\.value)

    let columns = try reader.byOwner(Queries.columns, [Column].self)
    let constraints = try reader.byOwner(Queries.constraints(version), [Constraint].self)
    let indexes = try reader.byOwner(Queries.uniqueIndexes, [UniqueIndex].self)
    let triggers = try reader.byOwner(Queries.triggers, [Trigger].self)
    let dependencies = try reader.byOwner(Queries.viewDependencies, [QualifiedName].self)
    snapshot.types = try reader.list(Queries.types, UserType.self).map { owner, type in
        var type = type
        if type.kind == .composite { type.attributes = columns[owner] ?? [] }
        return type
    }
    snapshot.tables = try reader.list(Queries.tables, Table.self).map { owner, table in
        var table = table
        table.columns = columns[owner] ?? []
        table.constraints = constraints[owner] ?? []
        table.uniqueIndexes = indexes[owner] ?? []
        table.triggers = triggers[owner] ?? []
        table.dependencies = dependencies[owner] ?? []
        return table
    }
    let wanted = schemas.map { "{\($0.map(quoteArrayElement).joined(separator: ","))}" }
    snapshot.routines = try reader.list(Queries.routines(version), Routine.self, [wanted]).map { _, routine in
        var routine = routine
        routine.bodyLineOffset = linesBefore(routine.body, in: routine.definition)
        return routine
    }
    return snapshot
}

/// An element of an array in PostgreSQL's text notation.
private func quoteArrayElement(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}

/// The number of line breaks in `definition` before `body`, which stands at its end, before at most a closing tag.
func linesBefore(_ body: String, in definition: String) -> Int {
    let whole = Array(definition.utf8)
    let part = Array(body.utf8)
    guard !part.isEmpty, let start = lastStart(of: part, in: whole) else { return 0 }
    return whole[..<start].count { $0 == UInt8(ascii: "\n") }
}

/// Runs queries of owner oids and JSON texts.
private struct CatalogReader {
    let connection: PostgresConnection

    func list<Value: Decodable>(
        _ sql: String, _ type: Value.Type, _ parameters: [String?] = []
    ) throws(DatabaseError) -> [(owner: String, value: Value)] {
        let result = try connection.query(sql, parameters)
        let decoder = JSONDecoder()
        var values: [(owner: String, value: Value)] = []
        values.reserveCapacity(result.rowCount)
        for row in result.rows {
            let decoded = result.withBytes(row, 1) { bytes in
                Result { try decoder.decode(type, from: bytes.map { Data($0) } ?? Data()) }
            }
            switch decoded {
            case .success(let value): values.append((result[row, 0] ?? "", value))
            case .failure(let error): throw unexpected(error, result[row, 1] ?? "", sql)
            }
        }
        return values
    }

    func byOwner<Value: Decodable>(_ sql: String, _ type: Value.Type) throws(DatabaseError) -> [String: Value] {
        Dictionary(uniqueKeysWithValues: try list(sql, type).map { ($0.owner, $0.value) })
    }

    /// A catalog row that is not what this program expects: a server newer than it, most likely.
    private func unexpected(_ error: any Error, _ row: String, _ sql: String) -> DatabaseError {
        let message = ServerMessage(
            severity: "ERROR", sqlState: "XX000", text: "unexpected row in the system catalog: \(row.prefix(200))",
            detail: "\(error)")
        return .queryFailed(message, statement: String(sql.prefix(80)))
    }
}
