import Catalog
import Versions

/// Which routine calls which, by signature.
struct CallGraph {
    private let callees: [String: Set<String>]

    /// Reads the texts of all routines.
    init(_ catalog: CatalogIndex) {
        var callees: [String: Set<String>] = [:]
        for routine in catalog.snapshot.routines {
            callees[routine.signature] = calledRoutines(by: routine, catalog: catalog)
        }
        self.callees = callees
    }

    /// Signatures that some other routine calls.
    var called: Set<String> { callees.values.reduce(into: []) { $0.formUnion($1) } }

    /// These and all that they call, directly or through others.
    func reachable(from signatures: [String]) -> Set<String> {
        var seen: Set<String> = []
        var open = signatures
        while let next = open.popLast() {
            if seen.insert(next).inserted { open += callees[next] ?? [] }
        }
        return seen
    }
}
