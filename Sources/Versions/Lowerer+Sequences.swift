import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    // MARK: sequences

    /// nextval, currval, lastval as scalars: the numbers of one call are consecutive, behind everything the columns that
    /// draw from the sequence hold. They are surrogates, compared up to a one-to-one renaming.
    func sequenceCall(_ rewriter: Rewriter, name: String, at open: Int) throws -> (Int, SQLTemplate) {
        let source = rewriter.source
        let end = source.closing(of: open) + 1
        if name == "setval" {
            throw Refusal(code: .sideEffect, detail: "the value of setval is used: what a sequence holds is not known")
        }
        if name == "lastval" {
            guard iterations.last?.carries != true else {
                throw Refusal(code: .loop, detail: "lastval inside a loop")
            }
            guard let last = lastDrawn else {
                throw Refusal(code: .variable, detail: "lastval before nextval in the same call")
            }
            return (end, try currentNumber(last))
        }
        let sequence = try sequenceArgument(source, source.inside(open), of: name)
        if let iteration = iterations.last, iteration.carries {
            return (end, try numberInLoop(iteration, sequence, name: name, isForRows: rewriter.isInQuery))
        }
        if name == "currval" { return (end, try currentNumber(sequence)) }
        guard iterations.allSatisfy(\.isOfTrigger) else {
            throw Refusal(code: .loop, detail: "nextval inside a loop")
        }
        let known = sequences[sequence]
        let base = try nextBase(sequence, known)
        lastDrawn = sequence
        if let iteration = iterations.last {
            guard !rewriter.isInQuery else { throw Refusal(code: .loop, detail: "nextval in a query of a trigger") }
            guard known?.usedPerRow != true || known?.step != currentStep else {
                throw Refusal(code: .variable, detail: "nextval of '\(sequence)' twice in one statement")
            }
            sequences[sequence] = SequenceState(last: base, handedOut: true, usedPerRow: true, step: currentStep)
            return (end, iteration.compute("\(base) + row_number() over ()", name: "next_\(sequence.name)"))
        }
        if rewriter.isInQuery {
            guard known?.usedPerRow != true || known?.step != currentStep else {
                throw Refusal(code: .variable, detail: "nextval of '\(sequence)' twice in one statement")
            }
            // One number a row; the order of rows is as open as it is in the original.
            sequences[sequence] = SequenceState(last: base, handedOut: true, usedPerRow: true, step: currentStep)
            return (end, "(\(base) + row_number() over ())")
        }
        let next = scalar(
            "\(base) + 1", name: "next_\(sequence.name)", type: "bigint", taint: .surrogate, isVolatile: false)
        sequences[sequence] = SequenceState(last: next, handedOut: true, usedPerRow: false, step: currentStep)
        return (end, next)
    }

    /// A sequence's last number is one more value that the iterations hand on.
    private func numberInLoop(
        _ iteration: Iteration, _ sequence: QualifiedName, name: String, isForRows: Bool
    ) throws -> SQLTemplate {
        let handedOut = sequences[sequence]?.handedOut == true || iteration.counters[sequence.description] != nil
        guard name == "nextval" || handedOut else {
            throw Refusal(code: .variable, detail: "currval of '\(sequence)' before nextval in the same call")
        }
        let last = try loopCounter(sequence.description, name: "last_\(sequence.name)") {
            try sequences[sequence]?.last ?? sequenceBase(sequence)
        }
        guard let last else { throw Refusal(code: .loop, detail: "\(name) inside a loop") }
        if name == "currval" { return last.value }
        if isForRows {
            if !iteration.rowCounters.contains(where: { $0 === last }) { iteration.rowCounters.append(last) }
            return "(\(last.value) + row_number() over ())"
        }
        let next = iteration.compute("\(last.value) + 1", name: "next_\(sequence.name)")
        let hidden = hidesGuard
        hidesGuard = false
        last.value = iteration.compute(guarded(next, else: last.value), name: "last_\(sequence.name)")
        hidesGuard = hidden
        return next
    }

    /// The sequence that a function's argument names: a literal, or `pg_get_serial_sequence('table', 'column')`.
    private func sequenceArgument(_ source: SourceText, _ argument: Range<Int>, of name: String) throws -> QualifiedName
    {
        guard let first = argument.first else {
            throw Refusal(code: .unreadable, detail: "\(name) without a sequence")
        }
        if source.kind(first) == .string, let text = StringToken.decode(source.text(first)) {
            return try sequenceName(text)
        }
        if source.name(first) == "pg_get_serial_sequence", source.kind(first + 1) == .leftParen {
            let pieces = source.splitAtCommas(source.inside(first + 1))
            let texts = pieces.compactMap { $0.count == 1 ? StringToken.decode(source.text($0)) : nil }
            if texts.count == 2, let reference = relationNamed(texts[0]),
                let table = (try? tableName(reference)).flatMap({ catalog.table($0) }),
                let sequence = table.columns.first(where: { $0.name == texts[1] })?.sequence
            {
                return sequence
            }
        }
        throw Refusal(code: .dynamicSQL, detail: "\(name) of a sequence whose name is computed")
    }

    private func relationNamed(_ text: String) -> RelationReference? {
        let source = SourceText(text, profile: .postgresql)
        return source.count > 0 ? readRelationName(source, 0) : nil
    }

    /// What the next number follows: all that the columns fed by the sequence hold now, and what was drawn before.
    private func nextBase(_ sequence: QualifiedName, _ known: SequenceState?) throws -> SQLTemplate {
        guard let known, known.handedOut else { return try sequenceBase(sequence) }
        guard known.usedPerRow else { return known.last }
        guard try hasKeepers(sequence) else {
            throw Refusal(
                code: .variable,
                detail: "nextval of '\(sequence)' in several statements, and no column keeps its numbers")
        }
        return try sequenceBase(sequence)
    }

    /// currval and lastval: the number that this call has drawn last.
    private func currentNumber(_ sequence: QualifiedName) throws -> SQLTemplate {
        if let drawn = drawnByDefault[sequence] {
            guard path.starts(with: drawn.path) else {
                throw Refusal(code: .variable, detail: "currval of '\(sequence)', which was drawn under a condition")
            }
            return drawn.value
        }
        guard let state = sequences[sequence], state.handedOut, !state.usedPerRow else {
            throw Refusal(code: .variable, detail: "currval of '\(sequence)' before nextval in the same call")
        }
        return state.last
    }

    /// Remembers the number that a column's default has drawn for the only row of an INSERT.
    func drew(_ column: TableColumn, for rows: VersionID) {
        guard let sequence = column.sequence ?? sequenceOfDefault(column.defaultExpression) else { return }
        lastDrawn = sequence
        drawnByDefault[sequence] = (path, read(rows, column: column.name))
    }

    /// The sequence that `nextval('name'::regclass)` speaks of.
    private func sequenceOfDefault(_ text: String?) -> QualifiedName? {
        guard let text, text.contains("nextval(") else { return nil }
        let source = SourceText(text, profile: .postgresql)
        guard let literal = source.all.first(where: { source.kind($0) == .string }),
            let name = StringToken.decode(source.text(literal))
        else { return nil }
        return try? sequenceName(name)
    }

    private func draws(_ text: String?, from sequence: QualifiedName) -> Bool { sequenceOfDefault(text) == sequence }

    /// The highest number that a column holds, or held before the call: a sequence never goes back.
    private func numbersHeld(by column: String, of table: Table) -> [SQLTemplate] {
        var held = [inputVersion(table.name, table: table)]
        if let state = tables[table.name], !state.isDropped, state.version != held[0] { held.append(state.version) }
        return held.map { "coalesce((select max(\(SQLText.identifier(column))) from \($0)), 0)" }
    }

    /// Whether any column keeps the sequence's numbers.
    private func hasKeepers(_ sequence: QualifiedName) throws -> Bool {
        let fed = catalog.snapshot.tables.contains { table in
            table.columns.contains { $0.sequence == sequence || draws($0.defaultExpression, from: sequence) }
        }
        return try fed || !sequenceTargets(sequence).isEmpty
    }

    /// `setval(..)` alone: it moves numbers on, and those are surrogates, which follow what the tables hold.
    func isSetval(_ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        if source.name(index) == "pg_catalog" { index += 2 }
        return source.name(index) == "setval" && source.kind(index + 1) == .leftParen
    }

    private func sequenceName(_ text: String) throws -> QualifiedName {
        let parts = text.split(separator: ".").map { $0.replacing("\"", with: "") }
        let name = String(parts.last ?? "")
        let schema = parts.count > 1 ? String(parts[0]) : nil
        let found = catalog.snapshot.sequences.first { sequence in
            sequence.name.name == name && (schema == nil || sequence.name.schema == schema)
        }
        guard let found else { throw Refusal(code: .unknownTable, detail: "sequence '\(text)' is not in the catalog") }
        return found.name
    }

    /// The last number that any column fed by the sequence holds.
    func sequenceBase(_ sequence: QualifiedName) throws -> SQLTemplate {
        var maxima: [SQLTemplate] = []
        for table in catalog.snapshot.tables where table.kind == .table || table.kind == .partitioned {
            for column in table.columns
            where column.sequence == sequence || draws(column.defaultExpression, from: sequence) {
                maxima += numbersHeld(by: column.name, of: table)
            }
        }
        for use in try sequenceTargets(sequence) where !maxima.contains(use) { maxima.append(use) }
        if maxima.isEmpty {
            note(
                "no column was found that keeps numbers of sequence '\(sequence)': they start from its start value in each call",
                code: "P2D-307", range: currentStep, severity: .warning)
            let start = catalog.snapshot.sequences.first { $0.name == sequence }?.start ?? 1
            return SQLTemplate("cast(\(start - 1) as bigint)")
        }
        return maxima.count == 1 ? maxima[0] : "greatest(\(.joined(maxima, separator: ", ")))"
    }

    /// Columns that a trigger fills: `new.id := nextval(..)`, or `select nextval(..) into new.id`.
    private func numbersGivenByTriggers(_ sequence: QualifiedName) -> [SQLTemplate] {
        var result: [SQLTemplate] = []
        for table in catalog.snapshot.tables {
            for trigger in table.triggers {
                guard let definition = TriggerDefinition(trigger),
                    let routine = catalog.routines(
                        schema: definition.function.schema, name: definition.function.name, path: nil
                    ).first, routine.body.contains(sequence.name)
                else { continue }
                let text = SourceText(routine.body, profile: .postgresql)
                for index in text.all where text.name(index) == "new" && text.kind(index + 1) == .dot {
                    let column = text.name(index + 2)
                    let isAssigned = [":=", "="].contains(text.text(index + 3)) && text.name(index + 4) == "nextval"
                    let isSelected =
                        text.keyword(index - 1) == .into
                        && (max(0, index - 9)..<index).contains { text.name($0) == "nextval" }
                    guard isAssigned || isSelected, table.columns.contains(where: { $0.name == column }) else {
                        continue
                    }
                    result += numbersHeld(by: column, of: table)
                }
            }
        }
        return result
    }

    /// Columns that the routine itself fills from the sequence: `INSERT INTO t (a, ..) VALUES (nextval(..), ..)`, or
    /// through a variable that took the number.
    private func sequenceTargets(_ sequence: QualifiedName) throws -> [SQLTemplate] {
        var result = numbersGivenByTriggers(sequence)
        for routine in catalog.snapshot.routines
        where routine.body.contains(sequence.name) && routine.language == "plpgsql" {
            let text = SourceText(routine.body, profile: .postgresql)
            var carriers: Set<String> = []
            for index in text.all where text.name(index) == "nextval" && text.text(index + 2).contains(sequence.name) {
                // `v := nextval(..)`, `select nextval(..) into v`
                if text.isSymbol(index - 1, ":=") || text.keyword(index - 1) == .default {
                    // The first word of the statement or declaration: `v_run bigint := nextval(..)`.
                    var start = index - 2
                    while start > 0, text.kind(start - 1) != .semicolon,
                        ![.declare, .begin, .then, .else, .loop].contains(text.keyword(start - 1))
                    {
                        start -= 1
                    }
                    carriers.insert(text.name(start))
                }
                if text.keyword(text.closing(of: index + 1) + 1) == .into {
                    carriers.insert(text.name(text.closing(of: index + 1) + 2))
                }
            }
            for index in text.all where text.keyword(index) == .insert {
                let end = text.firstTopLevel(in: index..<text.count) { text.kind($0) == .semicolon } ?? text.count
                guard case .insert(let statement) = readStatement(text, index..<end), let query = statement.query,
                    let name = catalog.resolveTable(
                        schema: statement.target.schema, name: statement.target.name,
                        path: routine.settings["search_path"].map(CatalogIndex.schemas)),
                    let table = catalog.table(name)
                else { continue }
                let columns = statement.columns.isEmpty ? table.columns.map(\.name) : statement.columns
                var lists: [[Range<Int>]] = []
                for arm in query.arms {
                    if case .select(let select) = arm { lists.append(select.items.map(\.expression)) }
                    if case .values(let rows, _, _) = arm { lists += rows }
                }
                for list in lists {
                    for (position, item) in list.enumerated() where position < columns.count {
                        let direct = item.contains {
                            text.name($0) == "nextval" && text.text($0 + 2).contains(sequence.name)
                        }
                        let carried = item.count == 1 && carriers.contains(text.name(item.lowerBound))
                        guard direct || carried else { continue }
                        result += numbersHeld(by: columns[position], of: table)
                    }
                }
            }
        }
        return result
    }
}
