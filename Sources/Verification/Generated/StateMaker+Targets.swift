import Catalog
import Databases

extension StateMaker {
    /// At most so many rows of a table are looked at for values.
    private static let mostDonors = 40

    /// Reads what states are made from: the catalog, the text of the pipeline, and rows of the starting state.
    ///
    /// - Parameters:
    ///   - scope: what the pipeline can touch.
    ///   - written: tables that a routine writes, `schema.table`.
    ///   - state: a session in the database that holds the starting state.
    init(
        _ scope: PipelineScope, catalog: CatalogSnapshot, written: Set<String>, domains: SurrogateDomains,
        state: PostgresConnection
    ) throws {
        let texts =
            scope.routines.map(\.definition) + scope.viewQueries
            + scope.tables.flatMap(\.constraints).filter { $0.kind == .check }.compactMap(\.expression)
        var pools = ValuePools(scope, texts)
        var targets: [Target] = []
        try RelationReader.pin(state)
        let withAction = Set(
            catalog.tables.flatMap(\.constraints).filter {
                $0.kind == .foreignKey && !["no action", "restrict", nil].contains($0.onDelete)
            }.compactMap(\.referencedTable))
        for table in scope.tables {
            let columns = table.columns.filter { $0.generatedExpression == nil }
            guard !columns.isEmpty else { continue }
            let kinds = columns.map { ColumnKind($0.type, catalog: catalog) }
            let donors = try Self.donors(table, columns, state)
            for (index, column) in columns.enumerated() {
                for row in donors { if let value = row[index] { pools.add(value, column.name, kinds[index].family) } }
            }
            let unique = table.constraints.filter { $0.kind == .primaryKey || $0.kind == .unique }.map(\.columns)
            let foreign = Set(table.constraints.filter { $0.kind == .foreignKey }.flatMap(\.columns))
            targets.append(
                Target(
                    table: table, columns: columns, kinds: kinds, donors: donors,
                    keys: Set(unique.joined()).union(table.uniqueIndexes.flatMap(\.columns)).subtracting(foreign),
                    references: Self.references(table, scope, domains), lists: Self.lists(table),
                    isSource: !written.contains(table.name.description),
                    isReferencedWithAction: withAction.contains(table.name)))
        }
        self.targets = targets
        self.pools = pools
        slices = try StateSlices.read(targets, pools: pools, state: state)
        today = .today
    }

    /// Declared foreign keys, and columns that hold another table's surrogate key: a number that no row has would only
    /// get its meaning later, by chance.
    private static func references(
        _ table: Table, _ scope: PipelineScope, _ domains: SurrogateDomains
    ) -> [Reference] {
        let declared = table.constraints.filter { $0.kind == .foreignKey }
        var references = declared.compactMap { constraint in
            constraint.referencedTable.map {
                Reference(columns: constraint.columns, table: $0, referenced: constraint.referencedColumns)
            }
        }
        for (column, domain) in domains.columns(of: table.name.description).sorted(by: { $0.key < $1.key })
        where !declared.contains(where: { $0.columns.contains(column) }) && !table.primaryKey.contains(column) {
            for other in scope.tables where other.name != table.name {
                let owned = domains.columns(of: other.name.description).first {
                    $0.value == domain && domains.isOwner(table: other.name.description, column: $0.key)
                }
                guard let owned else { continue }
                references.append(Reference(columns: [column], table: other.name, referenced: [owned.key]))
                break
            }
        }
        return references
    }

    private static func donors(
        _ table: Table, _ columns: [Column], _ state: PostgresConnection
    ) throws -> [[String?]] {
        let list = columns.map { PostgresConnection.quoteIdentifier($0.name) + "::text" }.joined(separator: ", ")
        let name = PostgresConnection.quoteIdentifier(table.name.schema, table.name.name)
        let found = try state.query(
            """
            SELECT \(list) FROM (SELECT * FROM \(name) LIMIT 5000) AS t
            ORDER BY md5(t::text), t::text LIMIT \(mostDonors)
            """)
        return found.rows.map { row in columns.indices.map { found[row, $0] } }
    }

    /// `status = ANY (ARRAY['a'::text, 'b'::text])`: the strings or numbers of a CHECK on one column.
    private static func lists(_ table: Table) -> [String: [String]] {
        var lists: [String: [String]] = [:]
        for constraint in table.constraints where constraint.kind == .check && constraint.columns.count == 1 {
            let column = constraint.columns[0]
            guard let expression = constraint.expression, expression.contains("= ANY") else { continue }
            let values = (ComparedLiterals([expression]).all).map { literal in
                switch literal {
                case .text(let text): text
                case .number(let digits): digits
                }
            }
            if !values.isEmpty { lists[column] = values }
        }
        return lists
    }
}
