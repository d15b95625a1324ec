import Catalog
import Tokens

/// What a pipeline can touch, as far as names tell: the routines that its entry reaches, and the tables that they, their
/// views and their triggers name. Rather a table too many than one too few: a table more only costs time.
struct PipelineScope {
    /// The entry first.
    let routines: [Routine]
    /// Tables that rows are made for, parents before children.
    let tables: [Table]
    /// Queries of the views that are named.
    let viewQueries: [String]

    /// - Parameter relations: `schema.table` of what the pipeline's models stand for or read; a name that dynamic SQL puts
    ///   together from pieces is a word of no text.
    init(entry: Routine, catalog: CatalogSnapshot, relations: Set<String> = []) {
        let routinesByName = Dictionary(grouping: catalog.routines) { $0.name.name.lowercased() }
        let tablesByName = Dictionary(grouping: catalog.tables) { $0.name.name.lowercased() }
        let byQualifiedName = Dictionary(catalog.tables.map { ($0.name, $0) }) { first, _ in first }
        var routines = [entry]
        var seenRoutines: Set<String> = [entry.signature]
        var seenTables: [QualifiedName: Table] = [:]
        var views: [String] = []
        var texts = [entry.definition]
        var waiting = catalog.tables.filter { relations.contains($0.name.description) }
        while true {
            if let text = texts.popLast() {
                for word in Self.words(text) {
                    for routine in routinesByName[word] ?? [] where seenRoutines.insert(routine.signature).inserted {
                        routines.append(routine)
                        texts.append(routine.definition)
                    }
                    waiting += tablesByName[word] ?? []
                }
            } else if let table = waiting.popLast() {
                guard seenTables.updateValue(table, forKey: table.name) == nil else { continue }
                let needed =
                    table.dependencies + table.parents + table.constraints.compactMap(\.referencedTable)
                waiting += needed.compactMap { byQualifiedName[$0] }
                texts += table.triggers.filter(\.enabled).map(\.definition)
                texts += table.columns.flatMap { [$0.defaultExpression, $0.generatedExpression] }.compactMap { $0 }
                if let query = table.viewQuery {
                    views.append(query)
                    texts.append(query)
                }
            } else {
                break
            }
        }
        self.routines = routines
        viewQueries = views.sorted()
        // A partition's rows come through its parent.
        tables = Self.parentsFirst(
            seenTables.values.filter { $0.kind == .table || $0.kind == .partitioned }
                .sorted { $0.name < $1.name })
    }

    /// Every word, also those inside of strings: dynamic SQL names tables there.
    private static func words(_ text: String) -> Set<String> {
        Set(text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }.map(String.init))
    }

    private static func parentsFirst(_ tables: [Table]) -> [Table] {
        var ordered: [Table] = []
        var placed: Set<QualifiedName> = []
        var open = tables
        while !open.isEmpty {
            let names = Set(open.map(\.name))
            let ready = open.filter { table in
                table.constraints.compactMap(\.referencedTable).allSatisfy {
                    $0 == table.name || placed.contains($0) || !names.contains($0)
                }
            }
            // Tables that refer to each other in a ring come in any order.
            let next = ready.isEmpty ? [open[0]] : ready
            ordered += next
            placed.formUnion(next.map(\.name))
            open.removeAll { placed.contains($0.name) }
        }
        return ordered
    }
}
