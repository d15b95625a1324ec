import Catalog
import Databases

/// Copies rows of the user's database into ours: whole tables, and of very large ones a sample.
///
/// The source is read in one snapshot that cannot write. A sample is the rows whose key hashes to zero; a child is
/// sampled by the key of its parent, so that the rows of one order stay together, and every parent that a sampled row
/// refers to comes along.
struct DataPump {
    let catalog: CatalogSnapshot
    let rowLimit: Int
    let seed: UInt64

    /// Copies everything; returns a note for each table that is not whole.
    func run(from source: PostgresConnection, to target: PostgresConnection) throws -> [String] {
        try source.beginReadOnlySnapshot()
        defer { try? source.rollback() }
        // Text, not binary: the binary form of arrays and composites holds type numbers of the source.
        for side in [source, target] { try RelationReader.pin(side) }
        var notes: [String] = []
        let tables = catalog.tables.filter { [.table, .partitioned, .foreign].contains($0.kind) }
        var sizes: [QualifiedName: Int] = [:]
        for table in tables {
            sizes[table.name] = try readable(table) { try size(of: table, source) }
        }
        let large = tables.filter { (sizes[$0.name] ?? 0) > rowLimit }
        // One divisor for all samples, or parents and children would not meet.
        let divisor = large.map { ((sizes[$0.name] ?? 0) + rowLimit - 1) / max(1, rowLimit) }.max() ?? 1
        let isSampled = Set(large.map(\.name))
        for table in tables {
            let condition = isSampled.contains(table.name) ? sample(table, isSampled, divisor) : "true"
            try readable(table) { try copy(table, condition, source, target) }
            if isSampled.contains(table.name) {
                notes.append("\(table.name): sampled, about one row in \(divisor)")
            }
        }
        try addParents(of: tables, isSampled, source, target)
        try copySequences(source, target)
        return notes
    }

    /// Says which table it was that may not be read. The failed statement has ended the transaction, and with it the
    /// snapshot: there is nothing to go on with.
    private func readable<Value>(_ table: Table, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError where error.sqlState == "42501" {
            throw StateLoader.Failure(
                description:
                    "\(table.name) cannot be read: \(error); grant SELECT on it to the user, or take another user")
        }
    }

    /// Rows of the table, counted no further than it matters.
    private func size(of table: Table, _ source: PostgresConnection) throws -> Int {
        // An estimate far above the limit is good enough; a full count of a huge table is not worth its time.
        if let estimate = table.estimatedRows, estimate > rowLimit * 2 { return estimate }
        let counted = try source.query(
            "SELECT count(*) FROM (SELECT FROM \(relation(table)) LIMIT \(rowLimit + 1)) AS t")
        let count = Int(counted[0, 0] ?? "") ?? 0
        if count <= rowLimit { return count }
        return try self.count(relation(table), source)
    }

    private func relation(_ table: Table) -> String {
        let name = PostgresConnection.quoteIdentifier(table.name.schema, table.name.name)
        // Children by inheritance are tables of their own in the list.
        return table.kind == .table ? "ONLY \(name)" : name
    }

    private func columns(_ table: Table) -> String {
        table.columns.filter { $0.generatedExpression == nil }
            .map { PostgresConnection.quoteIdentifier($0.name) }.joined(separator: ", ")
    }

    private func list(_ columns: [String]) -> String {
        columns.map(PostgresConnection.quoteIdentifier).joined(separator: ", ")
    }

    /// The condition that takes one row in `divisor`.
    private func sample(_ table: Table, _ isSampled: Set<QualifiedName>, _ divisor: Int) -> String {
        let toParent = table.constraints.first { constraint in
            constraint.kind == .foreignKey
                && constraint.referencedTable.map {
                    isSampled.contains($0) && $0 != table.name
                } == true
        }
        let key = toParent?.columns ?? table.primaryKey
        let row = key.isEmpty ? "t.*" : list(key)
        return "mod(hashtextextended(ROW(\(row))::text, \(Int64(truncatingIfNeeded: seed))), \(divisor)) = 0"
    }

    private func copy(
        _ table: Table, _ condition: String, _ source: PostgresConnection, _ target: PostgresConnection
    ) throws {
        let columns = columns(table)
        guard !columns.isEmpty else { return }
        let name = PostgresConnection.quoteIdentifier(table.name.schema, table.name.name)
        try target.copy(
            from: source, "COPY (SELECT \(columns) FROM \(relation(table)) AS t WHERE \(condition)) TO STDOUT",
            "COPY \(name) (\(columns)) FROM STDIN")
    }

    /// Fetches the parents that sampled tables lack, then the parents' parents, until none is missing.
    private func addParents(
        of tables: [Table], _ isSampled: Set<QualifiedName>, _ source: PostgresConnection,
        _ target: PostgresConnection
    ) throws {
        let byName = Dictionary(tables.map { ($0.name, $0) }) { first, _ in first }
        var isComplete = isSampled.isEmpty
        while !isComplete {
            isComplete = true
            for child in tables {
                for constraint in child.constraints where constraint.kind == .foreignKey {
                    guard let name = constraint.referencedTable, isSampled.contains(name), let parent = byName[name]
                    else { continue }
                    if try addParents(constraint, child, parent, source, target) { isComplete = false }
                }
            }
        }
    }

    /// True when rows were added.
    private func addParents(
        _ constraint: Constraint, _ child: Table, _ parent: Table, _ source: PostgresConnection,
        _ target: PostgresConnection
    ) throws -> Bool {
        let pairs = zip(constraint.columns, constraint.referencedColumns).map {
            (PostgresConnection.quoteIdentifier($0), PostgresConnection.quoteIdentifier($1))
        }
        let parentName = PostgresConnection.quoteIdentifier(parent.name.schema, parent.name.name)
        let childName = PostgresConnection.quoteIdentifier(child.name.schema, child.name.name)
        let missing = try target.query(
            """
            SELECT DISTINCT \(pairs.map { "c.\($0.0)" }.joined(separator: ", ")) FROM \(childName) AS c
            WHERE \(pairs.map { "c.\($0.0) IS NOT NULL" }.joined(separator: " AND ")) AND NOT EXISTS
                (SELECT FROM \(parentName) AS p WHERE \(pairs.map { "p.\($0.1) = c.\($0.0)" }.joined(separator: " AND ")))
            """)
        let before = try count(parentName, target)
        let types = constraint.referencedColumns.map { column in
            parent.columns.first { $0.name == column }?.type ?? "text"
        }
        for start in stride(from: 0, to: missing.rowCount, by: 5_000) {
            let keys = (start..<min(start + 5_000, missing.rowCount)).map { row in
                let values = types.indices.map { CallArguments.literal(missing[row, $0], types[$0]) }
                return "(\(values.joined(separator: ", ")))"
            }
            let condition = "(\(pairs.map(\.1).joined(separator: ", "))) IN (\(keys.joined(separator: ", ")))"
            try copy(parent, condition, source, target)
        }
        // A parent that the source lacks, too (a constraint that is not valid), would be looked for forever.
        return try count(parentName, target) > before
    }

    private func count(_ name: String, _ connection: PostgresConnection) throws -> Int {
        Int(try connection.query("SELECT count(*) FROM \(name)")[0, 0] ?? "") ?? 0
    }

    /// The next number on our side is the next number of the source.
    private func copySequences(_ source: PostgresConnection, _ target: PostgresConnection) throws {
        for sequence in catalog.sequences {
            let name = PostgresConnection.quoteIdentifier(sequence.name.schema, sequence.name.name)
            // In an aborted transaction nothing more can be read: ask for the right first.
            let isReadable = try source.query("SELECT has_sequence_privilege($1, 'SELECT')", [name])[0, 0] == "t"
            guard isReadable else { continue }
            let state = try source.query("SELECT last_value, is_called FROM \(name)")
            // An identity's sequence may have got another name here.
            let own = try sequence.ownedByTable.flatMap { table in
                try sequence.ownedByColumn.flatMap { column in
                    try target.query(
                        "SELECT pg_get_serial_sequence($1, $2)",
                        [PostgresConnection.quoteIdentifier(table.schema, table.name), column])[0, 0]
                }
            }
            try target.query(
                "SELECT setval($1::regclass, $2::bigint, $3::boolean)", [own ?? name, state[0, 0], state[0, 1]])
        }
    }
}
