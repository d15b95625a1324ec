import Databases

/// Finds, by the data, which key an undeclared reference refers to.
///
/// Warehouses rarely declare foreign keys. A surrogate column that shares its numbers with no other and is not its table's
/// own key is a copy of some key: the one key that holds all of its values. Left alone it would be compared by itself, and
/// facts that point at the wrong dimension rows could pass.
struct SurrogateLinks {
    /// The tables with the domains that were found.
    private(set) var tables: [SurrogateMatching.Table]
    /// Columns that seem to be references, but to nothing that is known, by table.
    private(set) var loose: [Int: [String]] = [:]

    private struct Column {
        var table: Int
        var name: String
        var domain: String
    }

    /// `isOwner` tells whether a table's column is known to be that table's own key.
    init(_ tables: [SurrogateMatching.Table], isOwner: (_ table: String, _ column: String) -> Bool) throws {
        self.tables = tables
        let columns = tables.enumerated().flatMap { index, table in
            table.rules.surrogateColumns.sorted { $0.key < $1.key }
                .map { Column(table: index, name: $0.key, domain: $0.value) }
        }
        let uses = Dictionary(grouping: columns, by: \.domain).mapValues(\.count)
        let keys = try columns.filter(isUnique)
        for column in columns where uses[column.domain] == 1 {
            if isOwner(tables[column.table].name, column.name) { continue }
            var candidates = try keys.filter { key in
                try !(key.table == column.table && key.name == column.name) && holds(key, column)
            }
            if Set(candidates.map(\.domain)).count > 1 { candidates = candidates.filter { resembles($0, column) } }
            if let found = candidates.first, Set(candidates.map(\.domain)).count == 1 {
                self.tables[column.table].rules.surrogateColumns[column.name] = found.domain
            } else if !keys.contains(where: { $0.table == column.table && $0.name == column.name }) {
                loose[column.table, default: []].append(column.name)
            }
        }
    }

    private func isUnique(_ column: Column) throws -> Bool {
        let reader = tables[column.table].legacy
        let name = PostgresConnection.quoteIdentifier(column.name)
        return try reader.connection.query(
            "SELECT count(\(name)) = count(DISTINCT \(name)::text) FROM \(reader.relation)")[0, 0] == "t"
    }

    /// All values of the column are values of the key.
    private func holds(_ key: Column, _ column: Column) throws -> Bool {
        let reader = tables[column.table].legacy
        let name = PostgresConnection.quoteIdentifier(column.name)
        let other = PostgresConnection.quoteIdentifier(key.name)
        return try reader.connection.query(
            """
            SELECT NOT EXISTS (SELECT \(name)::text FROM \(reader.relation) WHERE \(name) IS NOT NULL
                EXCEPT SELECT \(other)::text FROM \(tables[key.table].legacy.relation))
            """)[0, 0] == "t"
    }

    /// `customer_key` looks like a key of `dim_customer`.
    private func resembles(_ key: Column, _ column: Column) -> Bool {
        let stem = column.name.lowercased().split(separator: "_")
            .filter { !["id", "key", "sk", "no", "nr"].contains($0) }.joined(separator: "_")
        return !stem.isEmpty && tables[key.table].legacy.relation.lowercased().contains(stem)
    }
}
