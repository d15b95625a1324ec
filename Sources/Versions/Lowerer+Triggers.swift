import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    /// Row triggers: their function's body is lowered once for all rows of the statement, like a loop over them, with NEW
    /// and OLD as records.
    ///
    /// BEFORE triggers run one after the other in the order of their names; what they leave in NEW is the row, RETURN
    /// NULL drops it. AFTER triggers may write to other tables. AFTER triggers of a statement run once behind it, whatever
    /// rows it had. Refused (P2D-109): BEFORE triggers of a statement, constraint triggers, INSTEAD OF, transition tables,
    /// row triggers inside loops over rows, and bodies that the rules for loops refuse.
    ///
    /// Source: PostgreSQL manual, "Overview of Trigger Behavior", "Trigger Functions" of PL/pgSQL.
    struct RowTriggers {
        var before: [TriggerDefinition] = []
        var after: [TriggerDefinition] = []
        /// AFTER .. FOR EACH STATEMENT.
        var statement: [TriggerDefinition] = []
        var isEmpty: Bool { before.isEmpty && after.isEmpty }
    }

    /// The triggers that a statement fires; those that are not followed are refused here.
    ///
    /// - Parameter takesStatement: the caller runs statement triggers (`fireStatement`) behind the statement.
    func rowTriggers(
        on name: QualifiedName, _ event: TriggerDefinition.Event, setting assigned: Set<String>? = nil,
        takesStatement: Bool = false
    ) throws -> RowTriggers {
        var result = RowTriggers()
        guard tables[name]?.isTemporary != true, let table = catalog.table(name) else { return result }
        for trigger in table.triggers.sorted(by: { $0.name < $1.name }) where isActive(trigger, on: name) {
            guard let definition = TriggerDefinition(trigger) else {
                throw Refusal(
                    code: .trigger, detail: "trigger '\(trigger.name)' acts on '\(name)'; what it does isn't followed")
            }
            guard definition.fires(on: event, setting: assigned) else { continue }
            if isHarmless(definition) { continue }
            if takesStatement, !definition.isForEachRow, definition.timing == .after, definition.condition == nil,
                iterations.isEmpty
            {
                result.statement.append(definition)
                continue
            }
            guard definition.isForEachRow, definition.timing != .insteadOf, event != .truncate else {
                throw Refusal(
                    code: .trigger,
                    detail: "trigger '\(trigger.name)' acts on '\(name)' once a statement; what it does isn't followed")
            }
            guard iterations.isEmpty else {
                throw Refusal(
                    code: .trigger,
                    detail: "trigger '\(trigger.name)' acts on '\(name)', which is written inside a loop")
            }
            if definition.timing == .before {
                result.before.append(definition)
            } else {
                result.after.append(definition)
            }
        }
        return result
    }

    /// For statements whose triggers are not followed at all.
    func refuseTriggers(on name: QualifiedName, _ events: [TriggerDefinition.Event], what: String) throws {
        for event in events {
            let found = try rowTriggers(on: name, event)
            if let first = found.before.first ?? found.after.first {
                throw Refusal(code: .trigger, detail: "trigger '\(first.name)' acts on '\(name)': \(what)")
            }
        }
    }

    private func function(of trigger: TriggerDefinition) -> Routine? {
        catalog.routines(schema: trigger.function.schema, name: trigger.function.name, path: nil).first
    }

    /// A trigger that only notifies somebody, or does nothing.
    private func isHarmless(_ trigger: TriggerDefinition) -> Bool {
        guard trigger.timing == .after, let routine = function(of: trigger), routine.language == "plpgsql" else {
            return false
        }
        let text = SourceText(routine.body, profile: .postgresql)
        let regions = [Region.block(readPLpgSQL(text))]
        return regions.flatMap({ leaves($0) }).allSatisfy { (step: Step) -> Bool in
            switch step.kind {
            case .returnValue, .null, .assignment: return true
            case .raise(let level, _): return level != "exception"
            case .perform(let range):
                let name = text.name(range.lowerBound) == "pg_catalog" ? range.lowerBound + 2 : range.lowerBound
                return text.name(name) == "pg_notify"
            case .sql: return text.keyword(step.range.lowerBound) == .notify
            default: return false
            }
        }
    }

    // MARK: firing

    /// The rows of a statement as triggers see them.
    struct TriggerRows {
        var version: VersionID
        /// Where the new and the old value of a column stand; nil when there is no such row.
        var new: ((String) -> String)?
        var old: ((String) -> String)?
        /// Columns that go along.
        var extra: [VersionColumn] = []
    }

    /// BEFORE triggers: rows of the same columns with the values that the triggers leave; rows they drop are gone.
    /// - Returns: the rows, and the columns that a trigger has set.
    func fireBefore(
        _ triggers: [TriggerDefinition], _ event: TriggerDefinition.Event, on name: QualifiedName, _ state: TableState,
        _ rows: TriggerRows
    ) throws -> (rows: VersionID, changed: Set<String>) {
        guard let label = rows.new else { throw Refusal(code: .trigger, detail: "a trigger without new rows") }
        var current = rows
        var changed: Set<String> = []
        for trigger in triggers {
            let fired = try fire(trigger, event, on: name, state, current)
            let known = Dictionary(columns(current.version).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
            var outputs = current.extra
            var items = current.extra.map { SQLTemplate("it.\(SQLText.identifier($0.name))") }
            for column in state.columns {
                if let old = rows.old, old(column.name) != label(column.name) {
                    items.append(SQLTemplate("it.\(SQLText.identifier(old(column.name)))"))
                    outputs.append(known[old(column.name)] ?? VersionColumn(old(column.name), column.type))
                }
                guard column.generated == nil, let field = fired.new?.field(column.name) else {
                    items.append("it.\(SQLText.identifier(label(column.name)))")
                    outputs.append(known[label(column.name)] ?? VersionColumn(label(column.name), column.type))
                    continue
                }
                let start = SQLTemplate("it.\(SQLText.identifier(label(column.name)))")
                var output = VersionColumn(label(column.name), column.type, taint: field.taint)
                output.isLoose = known[label(column.name)]?.isLoose ?? false
                if field.value != start {
                    changed.insert(column.name)
                    output.isLoose = column.type?.hasPrefix("character varying(") == true
                }
                items.append("\(field.value) as \(SQLText.identifier(label(column.name)))")
                outputs.append(output)
            }
            var body: SQLTemplate = "select \(.joined(items, separator: ", ")) from \(fired.iteration.version) as it"
            if let dropped = fired.dropped { body.append("\nwhere not \(dropped)" as SQLTemplate) }
            try applyTriggerWrites(fired, trigger)
            let keys = versions[current.version.rawValue].uniqueKeys.filter { key in
                key.allSatisfy { part in !changed.contains { label($0) == part } }
            }
            current.version = add(
                body, name: "\(name.name)_by_\(trigger.name)", columns: outputs,
                isVolatile: versions[current.version.rawValue].isVolatile, uniqueKeys: keys)
        }
        return (current.version, changed)
    }

    /// AFTER triggers: what they write is put in force behind the statement.
    func fireAfter(
        _ triggers: [TriggerDefinition], _ event: TriggerDefinition.Event, on name: QualifiedName, _ state: TableState,
        _ rows: TriggerRows
    ) throws {
        for trigger in triggers {
            try applyTriggerWrites(try fire(trigger, event, on: name, state, rows), trigger)
        }
    }

    /// AFTER triggers of a statement: their function's body runs once, as if it stood behind the statement.
    func fireStatement(
        _ triggers: [TriggerDefinition], _ event: TriggerDefinition.Event, on name: QualifiedName, _ state: TableState
    ) throws {
        for trigger in triggers {
            func refusal(_ why: String) -> Refusal {
                Refusal(code: .trigger, detail: "trigger '\(trigger.name)' acts on '\(name)': \(why)")
            }
            guard pendingParts.isEmpty, withScope.isEmpty else {
                throw refusal("it acts behind a statement that is a part of WITH")
            }
            guard let routine = function(of: trigger), routine.language == "plpgsql" else {
                throw refusal("its function is not in the catalog, or not in PL/pgSQL")
            }
            guard !frames.contains(where: { $0.routine.signature == routine.signature }) else {
                throw refusal("it fires itself")
            }
            let frame = makeFrame(routine)
            frame.countsSteps = false
            let inner = Scope(label: routine.name.name, parent: nil)
            for word in ["new", "old"] {
                let record = Variable(name: word, type: nil, value: "null")
                record.fields = state.columns.map {
                    Variable(name: $0.name, type: $0.type, value: "cast(null as \($0.type ?? "text"))")
                }
                inner.variables[word] = record
            }
            declareCircumstances(of: trigger, event, on: name, level: "STATEMENT", in: inner)
            let saved = (
                scope: scope, diagnostics: diagnostics, step: currentStep, comments: currentComments,
                overrides: sourceOverrides, refusal: loopRefusal, loops: loops, wasWhole: refusesAsWhole
            )
            (scope, diagnostics, loopRefusal, sourceOverrides, loops) = (inner, nil, nil, [], [])
            // A refusal inside is one of the whole statement.
            refusesAsWhole = true
            frames.append(frame)
            reaches.append(frame.reach)
            runBody(frame)
            let failure = loopRefusal?.refusal
            reaches.removeAll { $0 === frame.reach }
            frames.removeLast()
            (scope, diagnostics, currentStep, currentComments) = (
                saved.scope, saved.diagnostics, saved.step, saved.comments
            )
            (sourceOverrides, loopRefusal, loops, refusesAsWhole) = (
                saved.overrides, saved.refusal, saved.loops, saved.wasWhole
            )
            if let failure { throw refusal(failure.detail) }
            if !routines.contains(routine.name.description) { routines.append(routine.name.description) }
            note(
                "trigger '\(trigger.name)' acts on '\(name)': what it does is part of the model", code: "P2D-321",
                range: currentStep)
        }
    }

    /// TG_OP and its relatives.
    private func declareCircumstances(
        of trigger: TriggerDefinition, _ event: TriggerDefinition.Event, on name: QualifiedName, level: String,
        in inner: Scope
    ) {
        let words = [
            "tg_op": event.rawValue.uppercased(), "tg_table_name": name.name, "tg_relname": name.name,
            "tg_table_schema": name.schema, "tg_name": trigger.name, "tg_level": level,
            "tg_when": trigger.timing == .before ? "BEFORE" : "AFTER",
        ]
        for (word, text) in words {
            inner.variables[word] = Variable(
                name: word, type: "text", value: SQLTemplate("cast(\(SQLText.literal(text)) as text)"))
        }
        inner.variables["tg_nargs"] = Variable(
            name: "tg_nargs", type: "integer", value: SQLTemplate("cast(\(trigger.arguments.count) as integer)"))
        // Its subscripts begin at 0.
        inner.variables["tg_argv"] = Variable(
            name: "tg_argv", type: "text[]",
            value: SQLTemplate(
                trigger.arguments.isEmpty
                    ? "cast('{}' as text[])"
                    : "cast('[0:\(trigger.arguments.count - 1)]=' || array[\(trigger.arguments.joined(separator: ", "))]::text as text[])"
            ))
    }

    private struct Fired {
        var iteration: Iteration
        var new: Variable?
        /// Where the row is dropped; nil when it never is.
        var dropped: SQLTemplate?
    }

    private func fire(
        _ trigger: TriggerDefinition, _ event: TriggerDefinition.Event, on name: QualifiedName, _ state: TableState,
        _ rows: TriggerRows
    ) throws -> Fired {
        func refusal(_ why: String) -> Refusal {
            Refusal(code: .trigger, detail: "trigger '\(trigger.name)' acts on '\(name)': \(why)")
        }
        guard let routine = function(of: trigger), routine.language == "plpgsql" else {
            throw refusal("its function is not in the catalog, or not in PL/pgSQL")
        }
        guard !frames.contains(where: { $0.routine.signature == routine.signature }) else {
            throw refusal("it fires itself")
        }
        var written = triggerWrites(name, seen: [])
        if trigger.timing == .before { written.insert(name) }
        let known = columns(rows.version)
        let id = add(SQLTemplate(), name: "rows_for_\(trigger.name)", columns: [])
        let iteration = Iteration(
            version: id, outerPath: path.count, outerReaches: reaches.count, written: written,
            names: Set(known.map(\.name)).union(["iteration"]))
        iteration.isOfTrigger = true
        let taints = Dictionary(known.map { ($0.name, $0.taint) }, uniquingKeysWith: { $1 })
        func record(_ name: String, _ label: ((String) -> String)?) -> Variable {
            let variable = Variable(name: name, type: nil, value: "null")
            variable.fields = state.columns.map { column in
                let source = label?(column.name)
                let isThere = source.map { wanted in known.contains { $0.name == wanted } } ?? false
                return Variable(
                    name: column.name, type: column.type,
                    value: isThere
                        ? SQLTemplate("it.\(SQLText.identifier(source ?? ""))")
                        : SQLTemplate("cast(null as \(column.type ?? "text"))"),
                    taint: source.flatMap { taints[$0] } ?? [])
            }
            return variable
        }
        let frame = makeFrame(routine)
        frame.countsSteps = false
        let inner = Scope(label: routine.name.name, parent: nil)
        let new = record("new", rows.new)
        inner.variables["new"] = new
        inner.variables["old"] = record("old", rows.old)
        let dropped = Variable(name: Self.droppedName, type: "boolean", value: "false")
        inner.variables[Self.droppedName] = dropped
        declareCircumstances(of: trigger, event, on: name, level: "ROW", in: inner)
        let saved = (
            scope: scope, diagnostics: diagnostics, step: currentStep, comments: currentComments,
            overrides: sourceOverrides, refusal: loopRefusal, with: withScope, loops: loops
        )
        scope = inner
        diagnostics = nil
        loopRefusal = nil
        sourceOverrides = []
        withScope = []
        loops = []
        iterations.append(iteration)
        loopKeys.append(LoopKeys(record: "", keys: []))
        frames.append(frame)
        reaches.append(frame.reach)
        var failure: Refusal?
        do {
            try refuseTakenNames(frame.source, frame.source.all)
            if let condition = trigger.condition {
                sourceOverrides.append(trigger.source)
                currentStep = condition
                let value = try expression(condition)
                sourceOverrides = []
                let test = self.condition(
                    value.template, name: "fires_\(trigger.name)", taint: value.taint, isVolatile: value.isVolatile)
                under(test) { runBody(frame) }
            } else {
                runBody(frame)
            }
            failure = loopRefusal?.refusal
        } catch let refusal as Refusal {
            failure = refusal
        }
        reaches.removeAll { $0 === frame.reach }
        frames.removeLast()
        loopKeys.removeLast()
        iterations.removeLast()
        (scope, diagnostics, currentStep, currentComments) = (
            saved.scope, saved.diagnostics, saved.step, saved.comments
        )
        (sourceOverrides, loopRefusal, withScope, loops) = (saved.overrides, saved.refusal, saved.with, saved.loops)
        if let failure { throw refusal(failure.detail) }
        if !routines.contains(routine.name.description) { routines.append(routine.name.description) }
        versions[id.rawValue].body = .query(
            iteration.nested(over: "select r.*, row_number() over () as iteration from \(rows.version) as r"))
        versions[id.rawValue].isVolatile = versions[rows.version.rawValue].isVolatile
        versions[id.rawValue].columns =
            known + [VersionColumn("iteration", "bigint")]
            + iteration.stages.flatMap { $0.columns.map { VersionColumn($0.name, nil) } }
        note(
            "trigger '\(trigger.name)' acts on '\(name)': what it does is part of the model", code: "P2D-321",
            range: currentStep)
        let isDropped = dropped.value.plainText != "false"
        return Fired(iteration: iteration, new: new, dropped: isDropped ? dropped.value : nil)
    }

    private static let droppedName = "\u{1}dropped"

    /// RETURN of a trigger function: NEW is the row, NULL drops it, OLD is the row as it was.
    func lowerTriggerReturn(_ value: Range<Int>) throws {
        let text = value.count == 1 ? source.name(value.lowerBound) : ""
        if value.count == 1, source.keyword(value.lowerBound) == .null {
            if let dropped = scope.find(Self.droppedName) {
                store(Expression(template: "true", taint: [], isVolatile: false, type: "boolean"), in: dropped)
            }
        } else if text == "old", let new = scope.find("new"), let old = scope.find("old") {
            for (field, from) in zip(new.fields ?? [], old.fields ?? []) {
                store(
                    Expression(template: from.value, taint: from.taint, isVolatile: false, type: from.type), in: field)
            }
        } else if text != "new", source.name(value.lowerBound) != "coalesce" {
            throw Refusal(code: .trigger, detail: "RETURN \(short(source.text(value))) of a trigger function")
        }
    }

    private func applyTriggerWrites(_ fired: Fired, _ trigger: TriggerDefinition) throws {
        guard !fired.iteration.writes.isEmpty else { return }
        try applyWrites(fired.iteration)
    }

    // MARK: what triggers write

    /// Tables that the triggers of a table write, and the triggers of those.
    func triggerWrites(_ name: QualifiedName, seen: Set<QualifiedName>) -> Set<QualifiedName> {
        tablesWrittenByTriggers(of: name, catalog: catalog, seen: seen)
    }
}

/// Tables that a table's row triggers write, directly or through the triggers of those.
func tablesWrittenByTriggers(
    of name: QualifiedName, catalog: CatalogIndex, seen: Set<QualifiedName> = []
) -> Set<QualifiedName> {
    guard !seen.contains(name), let table = catalog.table(name) else { return [] }
    var result: Set<QualifiedName> = []
    for trigger in table.triggers {
        guard let definition = TriggerDefinition(trigger),
            let routine = catalog.routines(
                schema: definition.function.schema, name: definition.function.name, path: nil
            ).first
        else { continue }
        // The function is no routine that is called by name: its own text counts, and that of the tables it writes.
        let direct = textuallyWritten(by: routine, catalog: catalog)
        result.formUnion(direct)
        for other in direct {
            result.formUnion(tablesWrittenByTriggers(of: other, catalog: catalog, seen: seen.union([name])))
        }
    }
    return result
}
