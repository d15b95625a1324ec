import Catalog

/// Which routines may stay in the database that dbt runs in: scalar functions that touch no table.
///
/// Everything else must go, or a model could secretly do its work by calling the original.
struct HelperRoutines {
    /// Names that mean a table, view or sequence, lower case.
    private let relations: Set<String>
    private let entries: Set<String>

    init(catalog: CatalogSnapshot, entries: Set<String>) {
        let tables = catalog.tables.map(\.name.name)
        let sequences = catalog.sequences.map(\.name.name)
        relations = Set((tables + sequences).map { $0.lowercased() })
        self.entries = entries
    }

    /// The routine is a scalar function whose text names no relation.
    func isHelper(_ routine: Routine) -> Bool {
        guard routine.kind == .function, !routine.returnsSet, !entries.contains(routine.name.description) else {
            return false
        }
        guard let type = routine.returnType, !["trigger", "event_trigger", "void", "refcursor"].contains(type) else {
            return false
        }
        // The words of the text, whatever they are: rather one helper too few than a table too many.
        let words = routine.body.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        return words.allSatisfy { !relations.contains($0) && !Self.suspicious.contains($0) }
    }

    /// Words that reach tables without naming them.
    private static let suspicious: Set<String> = [
        "execute", "dblink", "query_to_xml", "nextval", "setval", "currval", "lastval", "set_config",
    ]
}
