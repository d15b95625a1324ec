import Catalog
import Engines

/// Which surrogate columns share their numbers: a foreign key has the numbers of the key that it refers to.
struct SurrogateDomains {
    private struct Place: Hashable {
        var table: String
        var column: String
    }
    private var domains: [Place: String] = [:]
    private let owners: Set<Place>

    /// Reads the models' meta and the catalog's foreign keys.
    ///
    /// A surrogate column without a foreign key that is named like exactly one table's own surrogate key belongs to that
    /// key, too (a warehouse rarely declares its references). Every other column is a domain of its own.
    init(models: [DbtModel], catalog: CatalogSnapshot) {
        let tables = Dictionary(catalog.tables.map { ($0.name.description, $0) }) { first, _ in first }
        var surrogates = Set<Place>()
        for model in models {
            guard let relation = model.legacyRelation ?? model.legacyRoutineResult else { continue }
            for column in model.meta["surrogate_columns"] ?? [] {
                surrogates.insert(Place(table: relation, column: column))
            }
        }
        // A reference to a surrogate is one, listed or not.
        var parents: [Place: Place] = [:]
        for table in catalog.tables {
            for constraint in table.constraints where constraint.kind == .foreignKey {
                guard let parent = constraint.referencedTable else { continue }
                for (column, other) in zip(constraint.columns, constraint.referencedColumns) {
                    parents[Place(table: table.name.description, column: column)] =
                        Place(table: parent.description, column: other)
                }
            }
        }
        var count = -1
        while count != surrogates.count {
            count = surrogates.count
            for (child, parent) in parents where surrogates.contains(parent) { surrogates.insert(child) }
        }
        // Own keys first: drawn from a sequence, or a primary key by itself.
        owners = surrogates.filter { place in
            guard parents[place] == nil, let table = tables[place.table] else { return false }
            let column = table.columns.first { $0.name == place.column }
            return column?.sequence != nil || column?.identity != nil || table.primaryKey == [place.column]
        }
        let ownersByName = Dictionary(grouping: owners, by: \.column)
        for place in surrogates {
            var root = place
            var steps = 0
            while let parent = parents[root], surrogates.contains(parent), steps < 32 {
                root = parent
                steps += 1
            }
            if !owners.contains(root), let named = ownersByName[root.column], named.count == 1 { root = named[0] }
            // Two columns that draw from one sequence share their numbers.
            let column = tables[root.table]?.columns.first { $0.name == root.column }
            domains[place] = column?.sequence.map { "sequence \($0)" } ?? "\(root.table).\(root.column)"
        }
    }

    /// The column is its table's own key: drawn from a sequence, or the primary key and no reference.
    func isOwner(table: String, column: String) -> Bool { owners.contains(Place(table: table, column: column)) }

    /// The surrogate columns of a table with their domains.
    func columns(of table: String) -> [String: String] {
        var columns: [String: String] = [:]
        for (place, domain) in domains where place.table == table { columns[place.column] = domain }
        return columns
    }
}
