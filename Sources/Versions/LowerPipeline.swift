import Catalog
import Findings
import Steps
import Tokens
import Types

/// Lowers an entry routine with all that it calls to table versions.
///
/// - Parameters:
///   - written: tables that any pipeline of the project writes (`writtenTables`); their rows are read from the models'
///     own past.
/// - Returns: versions, finals and findings; never throws on input: what can't be followed is a finding.
public func lowerPipeline(entry: Routine, catalog: CatalogIndex, written: Set<QualifiedName>) -> LoweredPipeline {
    let lowerer = Lowerer(catalog: catalog, written: written, entry: entry)
    return lowerer.lowerEntry()
}

/// Lowers all entry routines of a project.
///
/// Dynamic SQL may write tables that no text names as a whole; which ones is known only afterwards, and then every
/// pipeline has to read them from the models' own past.
public func lowerPipelines(
    entries: [Routine], catalog: CatalogIndex, written: Set<QualifiedName>
) -> [LoweredPipeline] {
    lowerPipelines(entries: entries, catalog: catalog, written: written, mutant: nil)
}

/// The same with a fault in one rule: for tests that show that the cases notice it.
package func lowerPipelines(
    entries: [Routine], catalog: CatalogIndex, written: Set<QualifiedName>, mutant: RuleMutant?
) -> [LoweredPipeline] {
    var written = written
    var surrogates: [QualifiedName: Set<String>] = [:]
    func lower(_ entry: Routine) -> LoweredPipeline {
        let lowerer = Lowerer(catalog: catalog, written: written, entry: entry)
        lowerer.mutant = mutant
        lowerer.surrogates = surrogates
        let result = lowerer.lowerEntry()
        guard result.findings.contains(where: { $0.code == RefusalCode.dynamicSQL.rawValue }) else { return result }
        return lowerFixed(entry, insteadOf: result, catalog: catalog, written: written, surrogates: surrogates)
            ?? result
    }
    while true {
        var pipelines = entries.map(lower)
        let found = Set(pipelines.flatMap { $0.finals.map(\.table) }).filter { catalog.table($0) != nil }
        guard found.isSubset(of: written) else {
            written.formUnion(found)
            continue
        }
        // Numbers that a pipeline stores are numbers for all that read them later, too.
        for _ in 0..<8 {
            let news = newSurrogates(pipelines, known: &surrogates)
            if news.isEmpty { break }
            for position in pipelines.indices where reads(pipelines[position], news) {
                pipelines[position] = lower(entries[position])
            }
        }
        return pipelines
    }
}

/// The pipeline for the defaults of parameters that name tables or columns: `p_table text default 'dim_customer'`.
///
/// A dbt project has its tables' names fixed; another argument is another project. The project checks that none is given.
///
/// - Returns: nil when that does not make the texts of the dynamic SQL known.
private func lowerFixed(
    _ entry: Routine, insteadOf refused: LoweredPipeline, catalog: CatalogIndex, written: Set<QualifiedName>,
    surrogates: [QualifiedName: Set<String>]
) -> LoweredPipeline? {
    func unknownTexts(_ pipeline: LoweredPipeline) -> Int {
        pipeline.findings.count { $0.code == RefusalCode.dynamicSQL.rawValue }
    }
    var candidates: [String: String] = [:]
    for parameter in entry.parameters where parameter.mode == .in && !parameter.name.isEmpty {
        guard ["text", "character varying", "name"].contains(TypeName.base(TypeName.ofSignature(parameter.type))),
            let text = parameter.defaultExpression.map({ SourceText($0, profile: .postgresql) }),
            text.kind(0) == .string, text.count == 1 || text.isSymbol(1, "::"),
            let value = StringToken.decode(text.text(0))
        else { continue }
        candidates[parameter.name] = value
    }
    // Only those without which a text is not known.
    var needed = candidates
    for round in 0..<2 {
        guard !needed.isEmpty else { return nil }
        let lowerer = Lowerer(catalog: catalog, written: written, entry: entry)
        lowerer.surrogates = surrogates
        lowerer.fixedParameters = needed
        var result = lowerer.lowerEntry()
        guard unknownTexts(result) < unknownTexts(refused) else { return nil }
        let used = needed.filter { lowerer.usedParameters.contains($0.key) }
        if round == 0, used.count < needed.count {
            needed = used
            continue
        }
        result.fixedParameters = used
        let names = used.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
        result.findings.append(
            Finding(
                code: "P2D-311", severity: .warning, routine: entry.name.description,
                message:
                    "\(names) \(used.count == 1 ? "names a table or column" : "name tables or columns"): the pipeline is converted for the default alone, and a build with another value stops",
                line: 1))
        return result
    }
    return nil
}

/// Tables with columns that keep numbers of a sequence and were not known to.
private func newSurrogates(
    _ pipelines: [LoweredPipeline], known: inout [QualifiedName: Set<String>]
) -> [QualifiedName: Set<String>] {
    var news: [QualifiedName: Set<String>] = [:]
    for pipeline in pipelines {
        for (table, version) in pipeline.finals {
            for column in pipeline.versions[version.rawValue].columns where column.taint.contains(.surrogate) {
                if known[table, default: []].insert(column.name).inserted {
                    news[table, default: []].insert(column.name)
                }
            }
        }
    }
    return news
}

/// Whether a pipeline takes one of the columns from the rows before the call.
private func reads(_ pipeline: LoweredPipeline, _ columns: [QualifiedName: Set<String>]) -> Bool {
    pipeline.versions.contains { version in
        guard case .state(let table) = version.body, let names = columns[table] else { return false }
        return version.columns.contains { names.contains($0.name) }
    }
}

/// Tables that a routine's text writes, with what the triggers of those write; its callees' not included.
public func writtenTables(by routine: Routine, catalog: CatalogIndex) -> Set<QualifiedName> {
    let direct = textuallyWritten(by: routine, catalog: catalog)
    // A partition's rows are its table's.
    let tables = Set(direct.map { catalog.root(of: $0) })
    return tables.reduce(into: tables) { $0.formUnion(tablesWrittenByTriggers(of: $1, catalog: catalog)) }
}

func textuallyWritten(by routine: Routine, catalog: CatalogIndex) -> Set<QualifiedName> {
    guard routine.language == "plpgsql" || routine.language == "sql" else { return [] }
    let source = SourceText(routine.body, profile: .postgresql)
    let path = routine.settings["search_path"].map(CatalogIndex.schemas)
    let region = Region.step(Step(kind: .opaque, range: source.all, comments: []))
    var result: Set<QualifiedName> = []
    for reference in Effects(source: source, region: region).tables {
        if let name = catalog.resolveTable(schema: reference.schema, name: reference.name, path: path) {
            result.insert(name)
        }
    }
    // Text inside string literals: dynamic SQL names tables too.
    for index in source.all where source.kind(index) == .string {
        let inner = SourceText(StringToken.decode(source.text(index)) ?? "", profile: .postgresql)
        for reference in Effects(source: inner, region: .step(Step(kind: .opaque, range: inner.all, comments: [])))
            .tables
        {
            if let name = catalog.resolveTable(schema: reference.schema, name: reference.name, path: path) {
                result.insert(name)
            }
        }
    }
    return result
}

/// Names of routines that a routine's text calls, as far as the catalog knows them.
public func calledRoutines(by routine: Routine, catalog: CatalogIndex) -> Set<String> {
    let source = SourceText(routine.body, profile: .postgresql)
    let path = routine.settings["search_path"].map(CatalogIndex.schemas)
    var result: Set<String> = []
    for index in source.all where source.isName(index) && source.kind(index + 1) == .leftParen {
        let schema = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
        for found in catalog.routines(schema: schema, name: source.name(index), path: path)
        where found.signature != routine.signature {
            result.insert(found.signature)
        }
    }
    // Dynamic SQL calls routines too; other texts merely speak of them.
    guard source.all.contains(where: { source.keyword($0) == .execute }) else { return result }
    for index in source.all where source.kind(index) == .string {
        guard let text = StringToken.decode(source.text(index)), text.contains("(") || text.contains(".") else {
            continue
        }
        let inner = SourceText(text, profile: .postgresql)
        for at in inner.all where inner.isName(at) && inner.kind(at + 1) == .leftParen {
            guard [.call, .select, .from].contains(inner.keyword(at - 1)) || inner.kind(at - 1) == .dot else {
                continue
            }
            let schema = inner.kind(at - 1) == .dot ? inner.name(at - 2) : nil
            for found in catalog.routines(schema: schema, name: inner.name(at), path: path)
            where found.signature != routine.signature {
                result.insert(found.signature)
            }
        }
    }
    return result
}

extension Lowerer {
    func lowerEntry() -> LoweredPipeline {
        routines = [entry.name.description]
        let frame = makeFrame(entry)
        frames = [frame]
        let outermost = Reach()
        reaches = [outermost, frame.reach]
        counts[entry.name.description] = StepCounts()
        scope = Scope(label: entry.name.name, parent: nil)
        declareParameters()
        if entry.language == "plpgsql" || entry.language == "sql" {
            declareResult(frame)
            runBody(frame)
        } else {
            let refusal = Refusal(code: .dialect, detail: "routines in \(entry.language) are not lowered yet")
            let finding = Finding(
                code: refusal.code.rawValue, severity: .error, routine: entry.name.description, message: refusal.detail,
                line: 1)
            findings.append(finding)
            everythingRefused = finding
            counts[entry.name.description]?.refused = 1
        }
        // What follows belongs to the whole call, not to a step.
        reaches = []
        path = []
        currentStep = 0..<0
        currentComments = []
        takeBack(outermost.raises)
        collectResults(frame)
        return finish()
    }

    private func declareParameters() {
        for (position, parameter) in entry.parameters.enumerated() where parameter.mode != .table {
            let type = qualifiedType(TypeName.ofSignature(parameter.type))
            let name = parameter.name.isEmpty ? "$\(position + 1)" : parameter.name
            let variable = Variable(name: name, type: type, value: "cast(null as \(type))")
            variable.isResult = type == "refcursor"
            if parameter.mode != .out {
                variable.value = SQLTemplate(.parameter(routine: entry.name.description, name: name))
            }
            scope.variables[name] = variable
            scope.variables["$\(position + 1)"] = variable
        }
        for parameter in entry.parameters where parameter.mode == .table {
            let type = qualifiedType(TypeName.ofSignature(parameter.type))
            scope.variables[parameter.name] = Variable(name: parameter.name, type: type, value: "cast(null as \(type))")
        }
    }

    private func declareResult(_ frame: Frame) {
        guard entry.kind == .function, !entry.returnsSet, let type = entry.returnType,
            !["void", "trigger", "record"].contains(type),
            !entry.parameters.contains(where: { $0.mode == .out || $0.mode == .inout })
        else { return }
        let normalized = qualifiedType(TypeName.ofSignature(type))
        frame.returnValue = Variable(name: entry.name.name, type: normalized, value: "cast(null as \(normalized))")
    }

    /// Result sets: rows returned, OUT parameters, or the value of RETURN.
    private func collectResults(_ frame: Frame) {
        do {
            if let opened = lastOpened, let rows = opened.driver.rows {
                // A returned cursor is the rows that the caller would fetch.
                let id = add(
                    "select \(SQLText.list(opened.driver.columns.map(\.name))) from \(rows)", name: "result",
                    columns: opened.driver.columns)
                results.append(ResultSet(routine: entry.name.description, version: id))
                return
            }
            if entry.kind == .function, entry.returnsSet {
                let columns = try resultColumns(entry)
                let list = SQLText.list(columns.map(\.name))
                let bodies: [SQLTemplate] = frame.returnedRows.map { "select \(list) from \($0)" }
                let outputs = columns.enumerated().map { position, column in
                    VersionColumn(
                        column.name, column.type,
                        taint: frame.returnedRows.reduce([]) { $0.union(self.columns($1)[safe: position]?.taint ?? []) }
                    )
                }
                let empty = columns.map { "cast(null as \($0.type ?? "text")) as \(SQLText.identifier($0.name))" }
                let body: SQLTemplate =
                    bodies.isEmpty
                    ? SQLTemplate("select \(empty.joined(separator: ", ")) where false")
                    : .joined(bodies, separator: "\nunion all\n")
                results.append(
                    ResultSet(routine: entry.name.description, version: add(body, name: "result", columns: outputs)))
                return
            }
            let outputs = entry.parameters.filter { $0.mode == .out || $0.mode == .inout }
            var row: [(String, Variable)] = []
            if !outputs.isEmpty {
                row = outputs.compactMap { parameter in scope.find(parameter.name).map { (parameter.name, $0) } }
            } else if let value = frame.returnValue {
                row = [(entry.name.name, value)]
            }
            guard !row.isEmpty else { return }
            let items: [SQLTemplate] = row.map { name, variable in
                "\(cast(variable.value, to: variable.type ?? "text")) as \(SQLText.identifier(name))"
            }
            let id = add(
                "select \(.joined(items, separator: ", "))", name: "result",
                columns: row.map { VersionColumn($0.0, $0.1.type, taint: $0.1.taint) })
            results.append(ResultSet(routine: entry.name.description, version: id))
        } catch let refusal as Refusal {
            findings.append(finding(refusal, range: 0..<0))
            everythingRefused = everythingRefused ?? findings.last
        } catch {}
    }

    /// A failure that nobody catches takes the whole call back to its last COMMIT.
    private func takeBack(_ raises: [Raised]) {
        guard !raises.isEmpty else { return }
        for raised in raises {
            let test: SQLTemplate = raised.condition ?? "true"
            raised.condition == nil
                ? findings.append(
                    Finding(
                        code: RefusalCode.defect.rawValue, severity: .warning, routine: entry.name.description,
                        message: "the routine always ends with a failure of its own", line: 1)) : ()
            self.raised.append(
                add(
                    "select case when \(test) then \(raised.message) end as message", name: "failure",
                    columns: [VersionColumn("message", "text")], isScalar: true))
        }
        for name in writeOrder {
            guard let state = tables[name], !state.isTemporary else { continue }
            let list = SQLText.list(state.columns.map(\.name))
            var earlier: [SQLTemplate] = []
            var pieces: [SQLTemplate] = []
            for raised in raises {
                let old = raised.fallback[name] ?? inputVersion(name, table: catalog.table(name))
                let test: SQLTemplate = raised.condition ?? "true"
                let all: [SQLTemplate] = [test] + earlier.map { "not \($0)" as SQLTemplate }
                pieces.append("select \(list) from \(old) where \(.joined(all, separator: " and "))")
                earlier.append(test)
            }
            let none: [SQLTemplate] = earlier.map { "not \($0)" as SQLTemplate }
            let body: SQLTemplate =
                "select \(list) from \(state.version) where \(.joined(none, separator: " and "))\nunion all\n"
                + .joined(pieces, separator: "\nunion all\n")
            let id = add(
                body, name: "\(name.name)_unless_failed", columns: versionColumns(state), table: name,
                uniqueKeys: state.uniqueKeys)
            setVersion(name, state, id)
        }
    }

    private func finish() -> LoweredPipeline {
        var finals: [(table: QualifiedName, version: VersionID)] = []
        for (name, state) in tables where state.isDropped && !state.isTemporary && state.catalog != nil {
            let finding = Finding(
                code: RefusalCode.ddl.rawValue, severity: .error, routine: entry.name.description,
                message: "'\(name)' is dropped and not made again", line: 1)
            findings.append(finding)
            poisonTable(name, finding)
        }
        for name in writeOrder {
            guard let state = tables[name], !state.isTemporary else { continue }
            if let finding = everythingRefused {
                poisonTable(name, finding)
            }
            finals.append((name, tables[name]?.version ?? state.version))
        }
        if let finding = everythingRefused {
            for name in written.sorted()
            where !finals.contains(where: { $0.table == name }) && directlyWritten.contains(name) {
                poisonTable(name, finding)
                if let state = tables[name] { finals.append((name, state.version)) }
            }
            for position in results.indices {
                let old = versions[results[position].version.rawValue]
                results[position].version = refusedVersion(finding, name: "result", columns: old.columns, table: nil)
            }
        }
        var result = LoweredPipeline(
            entry: entry, routines: routines, versions: versions, finals: finals, results: results, raised: raised,
            findings: findings, counts: counts)
        // Attempts that came to nothing may have asked for more.
        let texts = versions.compactMap { if case .query(let template) = $0.body { template } else { nil } }
        var used = Set(texts.flatMap(\.functions))
        for function in keptFunctions.reversed() where used.contains(function.routine.signature) {
            used.formUnion(function.body.functions)
        }
        result.functions = keptFunctions.filter { used.contains($0.routine.signature) }
        return result
    }

    /// Tables that the texts of the inlined routines write.
    private var directlyWritten: Set<QualifiedName> {
        var result: Set<QualifiedName> = []
        for routine in catalog.snapshot.routines where routines.contains(routine.name.description) {
            result.formUnion(writtenTables(by: routine, catalog: catalog))
        }
        return result
    }
}

/// The type that a routine's parameter has for its callers.
public func signatureType(of parameter: Parameter) -> String { TypeName.ofSignature(parameter.type) }
