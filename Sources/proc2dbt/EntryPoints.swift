import Catalog
import Findings
import Tokens
import Versions

/// Which routines become pipelines, and what is said about those that do not.
struct EntryPoints {
    /// In the order of their names, or in that of the configuration.
    private(set) var entries: [Routine] = []
    /// Routines that are neither entries nor called by one, with the reason.
    private(set) var others: [(routine: Routine, finding: Finding)] = []
    /// Notes about routines that the configuration leaves out: nothing is said about how well they convert.
    private(set) var leftOut: [(routine: Routine, finding: Finding)] = []
    /// Signatures of the entries and all that they call.
    private(set) var reachable: Set<String> = []

    private let catalog: CatalogIndex
    private let graph: CallGraph
    private let routines: [Routine]

    /// - Parameter named: `entry_points` of the configuration; nil takes the routines that nobody calls.
    init(_ catalog: CatalogIndex, graph: CallGraph, named: [String]?) throws {
        self.catalog = catalog
        self.graph = graph
        routines = catalog.snapshot.routines.sorted { ($0.name, $0.signature) < ($1.name, $1.signature) }
        if let named {
            try take(named)
        } else {
            takeUncalled()
        }
        for routine in routines where !reachable.contains(routine.signature) {
            if named != nil && isEligible(routine) {
                let message = "not among the entry_points of proc2dbt.yml and called by none of them"
                leftOut.append((routine, Self.finding("P2D-504", .note, routine, message)))
            } else {
                others.append((routine, reason(routine)))
            }
        }
    }

    private mutating func take(_ names: [String]) throws {
        for name in names {
            let found = routines.filter { $0.name.description == name || $0.signature == name }
            guard let first = found.first else {
                throw Failure("entry_points of proc2dbt.yml names '\(name)', but there is no such routine")
            }
            guard found.count == 1 else {
                throw Failure(
                    "entry_points of proc2dbt.yml names '\(name)', which is overloaded: write one of "
                        + found.map(\.signature).joined(separator: "; "))
            }
            add(first)
        }
    }

    private mutating func takeUncalled() {
        let called = graph.called
        for routine in routines where !called.contains(routine.signature) && isEligible(routine) { add(routine) }
        // Routines that call each other in a ring are called, all of them, and yet nobody starts the ring.
        for routine in routines where !reachable.contains(routine.signature) && isEligible(routine) { add(routine) }
        entries.sort { ($0.name, $0.signature) < ($1.name, $1.signature) }
    }

    private mutating func add(_ routine: Routine) {
        // One name, one pipeline: `dbt build --select config.meta.routine:name` could not tell two apart.
        guard !entries.contains(where: { $0.name == routine.name }) else { return }
        entries.append(routine)
        reachable.formUnion(graph.reachable(from: [routine.signature]))
    }

    /// Whether a CALL of the routine does or returns something that a model can stand for.
    private func isEligible(_ routine: Routine) -> Bool {
        guard RoutineLanguage.isRead(routine.language), !routine.isTrigger else { return false }
        return routine.kind == .procedure || routine.returnsSet
            || routine.parameters.contains { $0.mode == .out || $0.mode == .inout || $0.mode == .table }
            || routine.returnType == "refcursor" || writes(routine)
    }

    /// The routine or one that it calls writes tables, or does something that might.
    private func writes(_ routine: Routine) -> Bool {
        let signatures = graph.reachable(from: [routine.signature])
        return routines.contains { signatures.contains($0.signature) && WritingWords.found(in: $0) }
    }

    private static func finding(_ code: String, _ severity: Severity, _ routine: Routine, _ message: String) -> Finding
    {
        Finding(code: code, severity: severity, routine: routine.name.description, message: message, line: 1)
    }

    private func reason(_ routine: Routine) -> Finding {
        if routine.isTrigger {
            return Self.finding(
                "P2D-502", .note, routine, "a trigger function runs with its table's changes, not by a call")
        }
        if isEligible(routine) {
            return Self.finding(
                "P2D-503", .error, routine,
                "another routine of this name is the pipeline: name \(routine.signature) in entry_points to convert this one"
            )
        }
        let isScalar = routine.kind == .function && !routine.returnsSet && routine.returnType != "void"
        if !RoutineLanguage.isRead(routine.language) && !isScalar {
            return Self.finding(
                RefusalCode.dialect.rawValue, .error, routine,
                "routines in the language \(routine.language) are not read")
        }
        return Self.finding(
            "P2D-501", .note, routine, "a function that writes nothing and that nothing here calls is left as it is")
    }
}

/// Languages of routine bodies.
enum RoutineLanguage {
    /// Some stage reads routines in this language, if only to refuse them step by step.
    static func isRead(_ language: String) -> Bool {
        language == "plpgsql" || language == "sql" || LexicalProfile.named(language) != nil
    }
}

extension Routine {
    /// Runs by a trigger only.
    var isTrigger: Bool { returnType == "trigger" || returnType == "event_trigger" }
}

/// Words by which a routine may change tables. One too many makes a pipeline without models; one too few would lose one.
private enum WritingWords {
    private static let words: Set<String> = [
        "insert", "update", "delete", "merge", "truncate", "execute", "copy", "create", "alter", "drop", "refresh",
        "nextval", "setval", "dblink_exec", "exec",
    ]

    static func found(in routine: Routine) -> Bool {
        let profile = LexicalProfile.named(routine.language) ?? .postgresql
        let text = lex(routine.body, profile: profile)
        return text.tokens.indices.contains { index in
            text.tokens[index].kind == .word && words.contains(text.text(index).lowercased())
        }
    }
}
