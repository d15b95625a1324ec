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
    /// The rows are those of a statement, and the body is a trigger's.
    var isOfTrigger = false
    /// Columns of the rows that drive the loop.
    var driverColumns: Set<String> = []
    /// Whether tables and sequences may be handed on from iteration to iteration, and which tables are.
    var carries = false
    var tables: [QualifiedName: LoopTable] = [:]
    var tableOrder: [QualifiedName] = []
    /// Last numbers of sequences and of columns that draw numbers.
    var counters: [String: Variable] = [:]
    /// Counters from which the rows of the statement being lowered have numbers.
    var rowCounters: [Variable] = []
    /// What an iteration starts with besides the routine's variables.
    var hidden: [HiddenState] = []
    /// Tables that the body has read.
    var reads: Set<QualifiedName> = []
    /// Computed columns that are never the same twice, with their types.
    var chances: [(column: String, type: String)] = []
    /// The INSERT of the block being lowered is followed with the constraints that its row may break.
    var foretellsConstraints = false
    /// Computed values that look at other iterations: they can't be computed one iteration at a time.
    var rankings: [SQLTemplate] = []
    /// Tables whose keys are foretold from the loop's own rows: nothing else in the loop may write them.
    var rankedTables: Set<QualifiedName> = []
    /// Failures known when the newest INSERT was lowered.
    var raisesAtInsert = 0
    /// Failures that a handler outside the loop takes.
    var failures: [LoopFailure] = []
    /// Line of the statement being lowered.
    var line = 0
    /// Names of variables that the loop assigns.
    var assigned: Set<String> = []

    /// The query of the newest INSERT, for its ROW_COUNT.
    var lastBody: SQLTemplate?

    /// One or more columns computed together.
    struct Stage {
        var columns: [(name: String, expression: SQLTemplate)]
        /// A lookup: `left join lateral (..) as lookup on true`.
        var lateral: SQLTemplate?
        /// Of the statement that it belongs to.
        var line = 0
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

    /// Adds columns that a statement computes.
    func add(_ stage: Stage) {
        var stage = stage
        stage.line = line
        stages.append(stage)
    }

    /// Adds a computed column; gives the way to read it.
    ///
    /// - Parameter chance: evaluating it twice would give two answers; its type, then.
    func compute(_ expression: SQLTemplate, name: String, chance: String? = nil) -> SQLTemplate {
        let column = unique(name)
        if let chance { chances.append((column, chance)) }
        add(Stage(columns: [(column, expression)], lateral: nil))
        return SQLTemplate("it.\(SQLText.identifier(column))")
    }

    /// The base relation with all computed columns added, as a query to be put in parentheses and named `it`.
    ///
    /// The planner takes nested selects apart and puts each expression in place of every mention of it, which grows
    /// without bounds in a long chain: `offset 0` every few stages keeps it from that.
    func nested(over base: SQLTemplate) -> SQLTemplate {
        guard tables.isEmpty else { return steps(over: base) }
        let isLong = stages.count > 12
        return stages.enumerated().reduce(base) { inner, numbered in
            let (number, stage) = numbered
            let items: [SQLTemplate] = stage.columns.map { "\($0.expression) as \(SQLText.identifier($0.name))" }
            let tail: SQLTemplate = stage.lateral.map { " left join lateral (\($0)) as lookup on true" } ?? ""
            let fence = isLong && number % 4 == 3 ? " offset 0" : ""
            return "select it.*, \(.joined(items, separator: ", ")) from (\(inner)) as it" + tail + SQLTemplate(fence)
        }
    }

    /// The same as one common table a step: many statements a body would nest too deep to be read.
    ///
    /// They are materialized, since the planner would else put each expression wherever it is read and compute it there.
    private func steps(over base: SQLTemplate) -> SQLTemplate {
        var groups: [(line: Int, columns: [(name: String, expression: SQLTemplate)], lateral: SQLTemplate?)] = []
        for stage in stages {
            let texts = stage.columns.map(\.expression)
            if let last = groups.last, last.line == stage.line, last.lateral == nil, stage.lateral == nil,
                !texts.contains(where: { text in last.columns.contains { text.mentions("it", $0.name) } })
            {
                groups[groups.count - 1].columns += stage.columns
            } else {
                groups.append((stage.line, stage.columns, stage.lateral))
            }
        }
        guard !groups.isEmpty else { return base }
        var taken: Set<String> = []
        var before = "iteration_start"
        var tables: [SQLTemplate] = ["\(before) as (\(base))"]
        for group in groups {
            var name = "at_line_\(group.line)"
            var number = 2
            while !taken.insert(name).inserted {
                name = "at_line_\(group.line)_\(number)"
                number += 1
            }
            let items: [SQLTemplate] = group.columns.map { "\($0.expression) as \(SQLText.identifier($0.name))" }
            let tail: SQLTemplate = group.lateral.map { " left join lateral (\($0)) as lookup on true" } ?? ""
            tables.append(
                "\(name) as materialized (select it.*, \(.joined(items, separator: ", ")) from \(before) as it" + tail
                    + ")")
            before = name
        }
        return "with \(.joined(tables, separator: ", ")) select * from \(before)"
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
    var drawnByDefault: [QualifiedName: (path: [SQLTemplate], value: SQLTemplate)]
    var lastDrawn: QualifiedName?
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
            viewCache: viewCache, drawnByDefault: drawnByDefault, lastDrawn: lastDrawn,
            raised: reaches.map(\.raises),
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
        (drawnByDefault, lastDrawn) = (saved.drawnByDefault, saved.lastDrawn)
        addressed = addressed.filter { $0.key.rawValue < saved.versions && $0.value.rawValue < saved.versions }
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
