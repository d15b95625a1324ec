import Catalog
import Findings
import Steps
import Tokens

/// Walks a routine and keeps, for every table and variable, the version that is current.
///
/// Control flow never forks the state: every write below a condition carries the condition with it, so that the chain
/// of versions stays straight and a reader can follow it from top to bottom.
final class Lowerer {
    let catalog: CatalogIndex
    /// Tables that any pipeline writes: they are read from the models' own past, not from a staging view.
    let written: Set<QualifiedName>
    let entry: Routine
    /// Columns that keep numbers of a sequence, by the tables that are written.
    var surrogates: [QualifiedName: Set<String>] = [:]
    /// A fault in one rule, in tests only.
    var mutant: RuleMutant?

    var versions: [Version] = []
    var tables: [QualifiedName: TableState] = [:]
    /// Unqualified names of temp tables and tables that the routine made itself.
    var temporary: [String: QualifiedName] = [:]
    /// Written tables in the order of their first write.
    var writeOrder: [QualifiedName] = []
    var findings: [Finding] = []
    var counts: [String: StepCounts] = [:]
    var routines: [String] = []
    var results: [ResultSet] = []
    var raised: [VersionID] = []
    /// Something unknown may have changed any table.
    var everythingRefused: Finding?
    /// The cursor that a routine returns.
    var lastOpened: (name: String, driver: Driver)?
    /// Loops being lowered for all iterations at once, outermost first.
    var iterations: [Iteration] = []
    /// Labels and switches of the loops around the current step, outermost first.
    var loops: [LoopFrame] = []
    /// Keys of the rows that the loops run over, outermost first.
    var loopKeys: [LoopKeys] = []
    /// What earlier attempts found a loop to put into columns of the tables that it carries.
    var loopTaints: [QualifiedName: [String: Taint]] = [:]
    var lastTaints: [QualifiedName: [String: Taint]]?
    /// Stands for all conditions of the current step.
    var guardOverride: SQLTemplate?
    /// The statement being lowered has its condition put around its effect afterwards.
    var hidesGuard = false
    /// What is refused now refuses the statement around it: the body of a trigger.
    var refusesAsWhole = false
    var isUnrolling: Bool { loops.contains { $0.isUnrolled } }
    /// Loops around the current step that are lowered as chains of states.
    var stateLoops = 0
    /// Tables that such loops delete from by batches.
    var batchDeletes: [QualifiedName: BatchDelete] = [:]
    /// Names of the CTEs inside their steps.
    var stateNames: Set<String> = []
    /// The name by which a loop's body reads the row that drives it.
    var rowAlias = "it"
    /// The first thing inside such a loop that can't be converted.
    var loopRefusal: (refusal: Refusal, range: Range<Int>)?

    var frames: [Frame] = []
    /// Functions that the project carries along.
    var keptFunctions: [KeptFunction] = []
    /// Values of the entry's parameters that are taken for known, since dynamic SQL makes names of them.
    var fixedParameters: [String: String] = [:]
    /// Those of them that a text has needed.
    var usedParameters: Set<String> = []
    var scope = Scope(label: nil, parent: nil)
    /// Conditions under which the current step runs, outermost first; all non-null booleans.
    var path: [SQLTemplate] = []
    /// Switches that RETURN, RAISE and EXIT throw, outermost first.
    var reaches: [Reach] = []
    /// Failures whose handler is being lowered, innermost last: `RAISE;` hands them on.
    var handledFailures: [[Raised]] = []
    /// Functions being inlined into expressions: what is read there has no rows of its own.
    var inliningDepth = 0
    /// The step being lowered, for names, lines and comments.
    var currentStep: Range<Int> = 0..<0 {
        didSet { if let iteration = iterations.last { iteration.line = source.line(currentStep.lowerBound) } }
    }
    var currentComments: [String] = []
    /// What the last statement did, for FOUND and ROW_COUNT.
    var diagnostics: Diagnostics?
    /// Sequences: numbers handed out so far in this call.
    var sequences: [QualifiedName: SequenceState] = [:]
    /// Numbers that a column's default has drawn for a single row, with the conditions under which it did.
    var drawnByDefault: [QualifiedName: (path: [SQLTemplate], value: SQLTemplate)] = [:]
    /// Triggers that the routine has switched on or off, as `schema.table trigger`.
    var switchedTriggers: [String: Bool] = [:]
    /// What lastval speaks of.
    var lastDrawn: QualifiedName?
    /// Common tables in sight of a data-modifying WITH part.
    /// Versions in which an INSERT adds to what a WITH part of the same statement changed.
    var appendedOverParts: Set<VersionID> = []
    /// What earlier parts of the WITH list that is being lowered have changed.
    var pendingParts: [QualifiedName: TableState] = [:]
    var withScope: [[String: VersionID]] = []
    /// Functions that were inlined into SQL.
    var inlinedFunctions: Set<String> = []
    /// What values of functions depend on, by signature, with the number of versions when that was found out.
    var functionTaints: [String: (stamp: Int, taint: Taint)] = [:]
    var viewCache: [ViewKey: VersionID] = [:]
    /// Versions with a column that stands for `ctid`.
    var addressed: [VersionID: VersionID] = [:]
    /// Versions of the written tables at the last COMMIT; missing ones are those from before the call.
    var committed: [QualifiedName: VersionID] = [:]
    private var sourceVersions: [QualifiedName: VersionID] = [:]

    var frame: Frame { frames[frames.count - 1] }
    /// The text being read: the routine's, or a piece that was made of it (INTO blanked out).
    var source: SourceText { sourceOverrides.last ?? frame.source }
    var sourceOverrides: [SourceText] = []

    init(catalog: CatalogIndex, written: Set<QualifiedName>, entry: Routine) {
        self.catalog = catalog
        self.written = written
        self.entry = entry
    }

    // MARK: versions

    /// Adds a version that a query defines.
    func add(
        _ body: SQLTemplate, name: String, columns: [VersionColumn], table: QualifiedName? = nil,
        isScalar: Bool = false, isVolatile: Bool = false, uniqueKeys: [[String]] = []
    ) -> VersionID {
        var version = blank(name: name, body: .query(body))
        version.columns = columns
        version.table = table
        version.isScalar = isScalar
        version.isVolatile = isVolatile
        version.uniqueKeys = uniqueKeys
        version.isProvisional = reaches.contains(where: \.catches)
        versions.append(version)
        // Comments go to the first version that a step makes.
        currentComments = []
        return version.id
    }

    private func blank(name: String, body: Version.Body) -> Version {
        let lines = frames.isEmpty || source.count == 0 ? 1...1 : source.lines(currentStep)
        return Version(
            id: VersionID(versions.count), body: body, columns: [], table: nil, isScalar: false, name: name,
            comments: currentComments, routine: frames.last?.routineName ?? entry.name.description, lines: lines,
            isVolatile: false, isRecursive: false, uniqueKeys: [], appendBase: nil, staysWithReaders: false)
    }

    /// A version that can't be built, because of a finding.
    func refusedVersion(_ finding: Finding, name: String, columns: [VersionColumn], table: QualifiedName?) -> VersionID
    {
        var version = blank(name: name, body: .refused(finding))
        version.columns = columns
        version.table = table
        versions.append(version)
        return version.id
    }

    /// The version that stands for a relation's rows outside the call.
    func inputVersion(_ name: QualifiedName, table: Table?) -> VersionID {
        if let known = sourceVersions[name] { return known }
        let isState = written.contains(name)
        var version = blank(name: name.name, body: isState ? .state(name) : .source(name))
        version.comments = []
        let numbers = isState ? surrogates[name] ?? [] : []
        version.columns = (table?.columns ?? []).map {
            VersionColumn($0.name, $0.type, taint: numbers.contains($0.name) ? .surrogate : [])
        }
        version.table = name
        if let table { version.uniqueKeys = Lowerer.uniqueKeys(table) }
        versions.append(version)
        sourceVersions[name] = version.id
        return version.id
    }

    /// The rows that a table of the routine's own has kept from earlier calls: none before the first one.
    func stateVersion(_ name: QualifiedName, columns: [VersionColumn]) -> VersionID {
        if let known = sourceVersions[name] { return known }
        var version = blank(name: name.name, body: .state(name))
        version.comments = []
        version.columns = columns
        version.table = name
        versions.append(version)
        sourceVersions[name] = version.id
        return version.id
    }

    /// Forgets inputs that were first read in an attempt that is taken back.
    func forgetInputs(from count: Int) {
        sourceVersions = sourceVersions.filter { $0.value.rawValue < count }
    }

    static func uniqueKeys(_ table: Table) -> [[String]] {
        table.constraints.filter { ($0.kind == .primaryKey || $0.kind == .unique) && !$0.columns.isEmpty }.map(
            \.columns)
            + table.uniqueIndexes.filter { $0.predicate == nil && !$0.columns.isEmpty }.map(\.columns)
    }

    func columnNames(_ version: VersionID) -> [String] { versions[version.rawValue].columns.map(\.name) }
    func columns(_ version: VersionID) -> [VersionColumn] { versions[version.rawValue].columns }

    /// A one-row version with one column, as an operand.
    func scalar(
        _ expression: SQLTemplate, name: String, type: String?, taint: Taint = [], isVolatile: Bool = false
    ) -> SQLTemplate {
        if let iteration = iterations.last {
            if isVolatile, type == nil {
                loopRefusal =
                    loopRefusal
                    ?? (Refusal(code: .loop, detail: "a random value of unknown type inside a loop"), currentStep)
            }
            return iteration.compute(expression, name: name, chance: isVolatile ? type : nil)
        }
        let id = add(
            "select \(expression) as \(SQLText.identifier(name))", name: name,
            columns: [VersionColumn(name, type, taint: taint)], isScalar: true, isVolatile: isVolatile)
        return read(id, column: name)
    }

    /// `(select column from version)`.
    func read(_ version: VersionID, column: String) -> SQLTemplate {
        "(select \(SQLText.identifier(column)) from \(version))"
    }

    // MARK: conditions

    /// Nothing that follows can run.
    var isDead: Bool { reaches.contains { $0.isDead } }

    /// The condition under which the current step runs; nil when it always does.
    var guardCondition: SQLTemplate? {
        guard !hidesGuard else { return nil }
        if let guardOverride { return guardOverride }
        // Inside a loop the outer conditions have filtered the iterations already.
        let outer = iterations.last
        let all =
            Array(path.dropFirst(outer?.outerPath ?? 0))
            + reaches.dropFirst(outer?.outerReaches ?? 0).compactMap(\.condition)
        guard !all.isEmpty else { return nil }
        return .joined(all, separator: " and ")
    }

    /// Makes a boolean that is never null, evaluated only where the current conditions hold.
    func condition(_ expression: SQLTemplate, name: String, taint: Taint, isVolatile: Bool) -> SQLTemplate {
        let outer = guardCondition
        let plain: SQLTemplate = "coalesce((\(expression)), \(mutant == .unknownCountsAsTrue ? "true" : "false"))"
        let isShort = expression.relations.isEmpty && !isVolatile && expression.parts.count <= 3
        if outer == nil, isShort, iterations.last?.carries != true { return plain }
        let body: SQLTemplate = outer.map { "case when \($0) then \(plain) else false end" } ?? plain
        return scalar(body, name: name, type: "boolean", taint: taint, isVolatile: isVolatile)
    }

    /// Evaluates `then` where the current step runs, else keeps the old value.
    func guarded(_ then: SQLTemplate, else old: SQLTemplate) -> SQLTemplate {
        guard let condition = guardCondition else { return then }
        return "case when \(condition) then \(then) else \(old) end"
    }

    /// Runs `body` with one more condition.
    func under(_ condition: SQLTemplate, _ body: () throws -> Void) rethrows {
        path.append(condition)
        defer { path.removeLast() }
        try body()
    }

    // MARK: findings and counts

    func count(_ update: (inout StepCounts) -> Void) {
        guard frame.countsSteps else { return }
        update(&counts[frame.routineName, default: StepCounts()])
    }

    func note(_ message: String, code: String, range: Range<Int>, severity: Severity = .note) {
        let lines = source.lines(range)
        let finding = Finding(
            code: code, severity: severity, routine: frame.routineName, message: message, line: lines.lowerBound,
            endLine: lines.upperBound)
        if !findings.contains(finding) { findings.append(finding) }
    }

    func finding(_ refusal: Refusal, range: Range<Int>) -> Finding {
        let lines = source.lines(range)
        return Finding(
            code: refusal.code.rawValue, severity: .error, routine: frame.routineName, message: refusal.detail,
            line: lines.lowerBound, endLine: lines.upperBound)
    }

    /// Cuts a text for a message.
    func short(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > 80 ? line.prefix(77) + "..." : line
    }
}

/// What a table is while a routine runs.
struct TableState {
    var version: VersionID
    var columns: [TableColumn]
    var isTemporary: Bool
    /// The catalog's entry; nil for tables that the routine makes.
    var catalog: Table?
    /// ON COMMIT DELETE ROWS.
    var emptiesOnCommit = false
    /// ON COMMIT DROP.
    var dropsOnCommit = false
    /// Known to hold no row.
    var isEmpty = false
    var uniqueKeys: [[String]] = []
    /// `uniqueKeys` hold by a constraint; else only as long as nothing is added.
    var keysAreDeclared = true
    /// TRUNCATE .. RESTART IDENTITY has set the numbers back.
    var restartsIdentity = false
    /// Not there any more.
    var isDropped = false
    /// The statement speaks of a partition: only rows within its bound are meant.
    var partition: Lowerer.PartitionFilter?
}

extension TableState {
    /// Keys that hold whatever rows are added.
    var keysKeptByAdding: [[String]] { keysAreDeclared ? uniqueKeys : [] }
}

/// What writing to a column needs to know.
struct TableColumn {
    var name: String
    var type: String?
    var notNull: Bool
    /// Default as SQL; nil is NULL.
    var defaultExpression: String?
    var generated: String?
    var isIdentity: Bool
    var sequence: QualifiedName?
    var taint: Taint = []
}

/// FOUND and ROW_COUNT of the last statement.
struct Diagnostics {
    /// A bigint expression.
    var rowCount: SQLTemplate
    /// A boolean expression that is never null; nil leaves FOUND as it was.
    var found: SQLTemplate
    var taint: Taint = []
    var knowsCount = true
    var knowsFound = true
    /// Conditions under which this was set, when what it was before is not known.
    var validUnder: [SQLTemplate]?

    /// Behind statements that were not followed.
    static let unknown = Diagnostics(rowCount: "0", found: "false", knowsCount: false, knowsFound: false)
}

/// Numbers a sequence has handed out in this call.
struct SequenceState {
    /// An expression for the last number before the next one.
    var last: SQLTemplate
    var handedOut = false
    /// One number a row of a query.
    var usedPerRow = false
    /// The statement that drew them.
    var step: Range<Int> = 0..<0
}

/// A view's rows depend on the versions of what it reads.
struct ViewKey: Hashable {
    var view: QualifiedName
    var inputs: [VersionID]
}
