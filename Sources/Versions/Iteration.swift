import Catalog
import Steps

/// A loop whose body is being lowered for all iterations at once: one row an iteration, named `it` wherever the body's
/// values are read.
///
/// Values that the body computes become columns of that row, one nested select each, so that an expression never has to
/// be written twice.
final class Iteration {
    /// The relation with one row an iteration; its query is filled in when the body has been walked.
    let version: VersionID
    /// Conditions outside the loop: they filter the iterations as a whole.
    let outerPath: Int
    let outerReaches: Int
    /// Computed columns in order.
    var stages: [Stage] = []
    /// Tables that the body writes: reading them inside would see half-done work.
    let written: Set<QualifiedName>
    /// Writes by table, in the order of the text.
    var writes: [QualifiedName: [LoopWrite]] = [:]
    var writeOrder: [QualifiedName] = []
    private var names: Set<String>
    /// Tables that may be followed row by row, by key; empty in the first attempt.
    var keyedCandidates: Set<QualifiedName> = []
    var keyed: [QualifiedName: KeyedTable] = [:]
    var keyedOrder: [QualifiedName] = []
    /// Columns of the rows that drive the loop.
    var driverColumns: Set<String> = []

    /// The query of the newest INSERT, for its ROW_COUNT.
    var lastBody: SQLTemplate?

    /// One or more columns computed together.
    struct Stage {
        var columns: [(name: String, expression: SQLTemplate)]
        /// A lookup: `left join lateral (..) as lookup on true`.
        var lateral: SQLTemplate?
    }

    init(version: VersionID, outerPath: Int, outerReaches: Int, written: Set<QualifiedName>, names: Set<String>) {
        self.version = version
        self.outerPath = outerPath
        self.outerReaches = outerReaches
        self.written = written
        self.names = names
    }

    /// A column name that is not taken.
    func unique(_ wanted: String) -> String {
        var name = wanted
        var number = 2
        while !names.insert(name).inserted {
            name = "\(wanted)_\(number)"
            number += 1
        }
        return name
    }

    /// Adds a computed column; gives the way to read it.
    func compute(_ expression: SQLTemplate, name: String) -> SQLTemplate {
        let column = unique(name)
        stages.append(Stage(columns: [(column, expression)], lateral: nil))
        return SQLTemplate("it.\(SQLText.identifier(column))")
    }

    /// The base relation with all computed columns added, as a query in parentheses named `it`.
    func nested(over base: SQLTemplate) -> SQLTemplate {
        stages.reduce(base) { inner, stage in
            let items: [SQLTemplate] = stage.columns.map { "\($0.expression) as \(SQLText.identifier($0.name))" }
            let tail: SQLTemplate = stage.lateral.map { " left join lateral (\($0)) as lookup on true" } ?? ""
            return "select it.*, \(.joined(items, separator: ", ")) from (\(inner)) as it" + tail
        }
    }
}

/// A write inside a loop, put in force when the loop is complete.
enum LoopWrite {
    /// Rows with the column `loop_iteration`.
    case insert(VersionID)
    /// The iterations' predicate over a row of the table under `alias`.
    case delete(alias: String, predicate: SQLTemplate)
    /// New values by column over a row under `alias`; `predicate` as above.
    case update(alias: String, predicate: SQLTemplate, values: [String: SQLTemplate], taints: [String: Taint])
}

/// Everything that a loop attempt may change, to take it back when a part of the loop can't be converted.
struct LowererSnapshot {
    var versions: Int
    var tables: [QualifiedName: TableState]
    var temporary: [String: QualifiedName]
    var writeOrder: [QualifiedName]
    var findings: Int
    var counts: [String: StepCounts]
    var routines: [String]
    var diagnostics: Diagnostics?
    var sequences: [QualifiedName: SequenceState]
    var viewCache: [ViewKey: VersionID]
    var raised: [[Raised]]
    var reachConditions: [(SQLTemplate?, Bool)]
    var returned: [Int]
    var variables: [SavedVariable]
    var committed: [QualifiedName: VersionID]
    var appendedOverParts: Set<VersionID>
    var lastOpened: (name: String, driver: Lowerer.Driver)?
    var stateNames: Set<String>

    struct SavedVariable {
        var variable: Variable
        var value: SQLTemplate
        var taint: Taint
        var fields: [Variable]?
        var validUnder: [SQLTemplate]?
        var openCursor: OpenCursor?
        var text: AssignedText?
    }
}

extension Lowerer {
    func snapshot() -> LowererSnapshot {
        var variables: [LowererSnapshot.SavedVariable] = []
        func add(_ variable: Variable) {
            variables.append(
                LowererSnapshot.SavedVariable(
                    variable: variable, value: variable.value, taint: variable.taint, fields: variable.fields,
                    validUnder: variable.validUnder, openCursor: variable.openCursor, text: variable.text))
            for field in variable.fields ?? [] { add(field) }
            if let place = variable.openCursor?.place { add(place) }
        }
        var current: Scope? = scope
        while let level = current {
            for variable in level.variables.values { add(variable) }
            current = level.parent
        }
        if let result = frame.returnValue { add(result) }
        return LowererSnapshot(
            versions: versions.count, tables: tables, temporary: temporary, writeOrder: writeOrder,
            findings: findings.count, counts: counts, routines: routines, diagnostics: diagnostics,
            sequences: sequences,
            viewCache: viewCache, raised: reaches.map(\.raises),
            reachConditions: reaches.map { ($0.condition, $0.isDead) },
            returned: frames.map { $0.returnedRows.count }, variables: variables, committed: committed,
            appendedOverParts: appendedOverParts, lastOpened: lastOpened, stateNames: stateNames)
    }

    func restore(_ saved: LowererSnapshot) {
        versions.removeLast(versions.count - saved.versions)
        forgetInputs(from: saved.versions)
        tables = saved.tables
        temporary = saved.temporary
        writeOrder = saved.writeOrder
        findings.removeLast(findings.count - saved.findings)
        counts = saved.counts
        routines = saved.routines
        diagnostics = saved.diagnostics
        sequences = saved.sequences
        viewCache = saved.viewCache
        for (reach, raises) in zip(reaches, saved.raised) { reach.raises = raises }
        for (reach, state) in zip(reaches, saved.reachConditions) { (reach.condition, reach.isDead) = state }
        for (frame, count) in zip(frames, saved.returned) {
            frame.returnedRows.removeLast(frame.returnedRows.count - count)
        }
        for item in saved.variables {
            item.variable.value = item.value
            item.variable.text = item.text
            item.variable.taint = item.taint
            item.variable.fields = item.fields
            item.variable.validUnder = item.validUnder
            item.variable.openCursor = item.openCursor
        }
        committed = saved.committed
        appendedOverParts = saved.appendedOverParts
        lastOpened = saved.lastOpened
        stateNames = saved.stateNames
    }
}
