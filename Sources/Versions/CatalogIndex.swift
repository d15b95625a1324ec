import Catalog

/// Lookups that the catalog's arrays are too slow for, and the rules by which PostgreSQL finds a name.
public struct CatalogIndex: Sendable {
    /// What is looked up in; never changed.
    public let snapshot: CatalogSnapshot
    private let tables: [QualifiedName: Int]
    private let tablesByName: [String: [QualifiedName]]
    private let routinesByName: [String: [Int]]
    private let searchPath: [String]
    /// Child tables whose foreign keys act on deletes of the key's table.
    private let referencing: [QualifiedName: [(table: QualifiedName, constraint: Constraint)]]
    /// Partitions and inheriting tables by their parent.
    private let childTables: [QualifiedName: [QualifiedName]]

    /// Indexes a snapshot.
    public init(_ snapshot: CatalogSnapshot) {
        self.snapshot = snapshot
        tables = Dictionary(snapshot.tables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        tablesByName = Dictionary(grouping: snapshot.tables.map(\.name), by: \.name)
        routinesByName = Dictionary(grouping: snapshot.routines.indices, by: { snapshot.routines[$0].name.name })
        let path = snapshot.settings["search_path"] ?? "public"
        searchPath = CatalogIndex.schemas(in: path)
        var referencing: [QualifiedName: [(table: QualifiedName, constraint: Constraint)]] = [:]
        for table in snapshot.tables {
            for constraint in table.constraints where constraint.kind == .foreignKey {
                if let parent = constraint.referencedTable {
                    referencing[parent, default: []].append((table.name, constraint))
                }
            }
        }
        self.referencing = referencing
        var children: [QualifiedName: [QualifiedName]] = [:]
        for table in snapshot.tables {
            for parent in table.parents { children[parent, default: []].append(table.name) }
        }
        childTables = children
    }

    /// Partitions of a table, or tables that inherit from it.
    func children(of table: QualifiedName) -> [QualifiedName] { childTables[table] ?? [] }

    static func schemas(in path: String) -> [String] {
        path.split(separator: ",").map { piece in
            var name = String(piece).trimmed
            if name.hasPrefix("\""), name.hasSuffix("\""), name.count >= 2 {
                name = String(name.dropFirst().dropLast())
            }
            return name
        }.filter { $0 != "$user" && !$0.isEmpty && $0 != "pg_catalog" }
    }

    /// The catalog's entry.
    public func table(_ name: QualifiedName) -> Table? { tables[name].map { snapshot.tables[$0] } }

    /// The partitioned table that holds the rows of a partition; any other table holds its own.
    func root(of name: QualifiedName) -> QualifiedName {
        var current = name
        while let table = table(current), table.partitionBound != nil, let parent = table.parents.first {
            current = parent
        }
        return current
    }

    /// Foreign keys that point at a table.
    func foreignKeys(to table: QualifiedName) -> [(table: QualifiedName, constraint: Constraint)] {
        referencing[table] ?? []
    }

    /// The table that a name means for a routine with this `search_path`.
    ///
    /// Falls back to the only table of that name: the path of the session that calls is not in the catalog.
    func resolveTable(schema: String?, name: String, path: [String]?) -> QualifiedName? {
        if let schema {
            let full = QualifiedName(schema, name)
            return tables[full] == nil ? nil : full
        }
        let candidates = tablesByName[name] ?? []
        for schema in (path ?? []) + searchPath {
            let full = QualifiedName(schema, name)
            if candidates.contains(full) { return full }
        }
        return candidates.count == 1 ? candidates[0] : nil
    }

    /// Routines of a name, best schema first.
    func routines(schema: String?, name: String, path: [String]?) -> [Routine] {
        let all = (routinesByName[name] ?? []).map { snapshot.routines[$0] }
        if let schema { return all.filter { $0.name.schema == schema } }
        for schema in (path ?? []) + searchPath {
            let here = all.filter { $0.name.schema == schema }
            if !here.isEmpty { return here }
        }
        let schemas = Set(all.map(\.name.schema))
        return schemas.count == 1 ? all : []
    }
}
