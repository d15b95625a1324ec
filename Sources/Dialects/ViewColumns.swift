import Catalog
import Steps
import Tokens

/// Columns of tables and views. A catalog from files knows a view's query alone: its columns are read from it.
struct ViewColumns {
    let catalog: CatalogSnapshot
    let types: TargetTypes
    private var known: [String: [TypedColumn]?] = [:]

    init(catalog: CatalogSnapshot, types: TargetTypes) {
        self.catalog = catalog
        self.types = types
    }

    /// Nil where they cannot be told.
    mutating func columns(of table: Table) -> [TypedColumn]? {
        let name = table.name.description
        if let found = known[name] { return found }
        // A view that reads itself, through others, has no columns that could be told.
        known[name] = .some(nil)
        let result =
            table.columns.isEmpty ? read(table) : table.columns.map { TypedColumn(name: $0.name, type: $0.type) }
        known[name] = .some(result)
        return result
    }

    private mutating func read(_ table: Table) -> [TypedColumn]? {
        guard let text = table.viewQuery else { return nil }
        let source = SourceText(text, profile: .postgresql)
        guard let query = readQuery(source, source.all) else { return nil }
        var scope = QueryScope()
        for other in catalog.tables where other.name != table.name && text.contains(other.name.name) {
            guard let columns = columns(of: other) else { continue }
            scope.tables[other.name.description] = columns
            scope.tables[other.name.name] = columns
        }
        return QueryColumns(source: source, types: types).columns(of: query, scope: scope)
    }
}
