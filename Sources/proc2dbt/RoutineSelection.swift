import Catalog
import Foundation
import Versions

#if canImport(Glibc)
    import Glibc
#endif

/// `--schema` and `--routine`: which routines of a catalog are converted.
struct RoutineSelection {
    /// Schemas; none for all.
    var schemas: [String] = []
    /// Patterns with `*` and `?` for `schema.name` or `name`; none for all.
    var globs: [String] = []

    /// The catalog with only the chosen routines, all that they call, and the functions that tables and views need.
    /// Tables, types and sequences stay: a routine may use any of them.
    func apply(to snapshot: CatalogSnapshot) throws -> CatalogSnapshot {
        if schemas.isEmpty && globs.isEmpty { return snapshot }
        let inSchemas = try restrictToSchemas(snapshot.routines)
        let chosen = try restrictToGlobs(inSchemas)
        let graph = CallGraph(CatalogIndex(snapshot))
        var kept = graph.reachable(from: chosen.map(\.signature))
        let needed = SupportFunctions(snapshot)
        kept.formUnion(graph.reachable(from: snapshot.routines.filter(needed.contains).map(\.signature)))
        var result = snapshot
        result.routines = snapshot.routines.filter { kept.contains($0.signature) }
        return result
    }

    private func restrictToSchemas(_ routines: [Routine]) throws -> [Routine] {
        guard !schemas.isEmpty else { return routines }
        let known = Set(routines.map(\.name.schema))
        var wanted: Set<String> = []
        for schema in schemas {
            // The exact name first: two schemas may differ in case only.
            let found = known.contains(schema) ? [schema] : known.filter { $0.lowercased() == schema.lowercased() }
            guard !found.isEmpty else {
                let list =
                    known.isEmpty
                    ? "there are none at all" : "schemas with routines are \(known.sorted().joined(separator: ", "))"
                throw Failure("no routines in schema '\(schema)'; \(list)")
            }
            wanted.formUnion(found)
        }
        return routines.filter { wanted.contains($0.name.schema) }
    }

    private func restrictToGlobs(_ routines: [Routine]) throws -> [Routine] {
        guard !globs.isEmpty else { return routines }
        for glob in globs where !routines.contains(where: { Self.matches($0, glob) }) {
            let names = Set(routines.map(\.name.description)).sorted()
            let some = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
            throw Failure("no routine matches '\(glob)'; there are \(some.isEmpty ? "none" : some)")
        }
        return routines.filter { routine in globs.contains { Self.matches(routine, $0) } }
    }

    /// Whether a pattern means a routine, in any casing.
    static func matches(_ routine: Routine, _ glob: String) -> Bool {
        [routine.name.description, routine.name.name].contains { fnmatch(glob.lowercased(), $0.lowercased(), 0) == 0 }
    }
}

/// Functions without which the catalog's tables and views could not be made: those that defaults, checks, views and
/// triggers name.
private struct SupportFunctions {
    private var words: Set<String> = []

    init(_ snapshot: CatalogSnapshot) {
        for table in snapshot.tables {
            add(table.viewQuery)
            for column in table.columns {
                add(column.defaultExpression)
                add(column.generatedExpression)
            }
            for constraint in table.constraints { add(constraint.definition) }
            for index in table.uniqueIndexes { add(index.definition) }
            for trigger in table.triggers { add(trigger.definition) }
        }
        for type in snapshot.types {
            add(type.defaultExpression)
            for check in type.checks { add(check) }
        }
    }

    private mutating func add(_ text: String?) {
        for word in (text ?? "").split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "$" }) {
            words.insert(word.lowercased())
        }
    }

    func contains(_ routine: Routine) -> Bool {
        routine.kind == .function && words.contains(routine.name.name.lowercased())
    }
}
