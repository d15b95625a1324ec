import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    // MARK: sequences

    /// nextval, currval, lastval as scalars: the numbers of one call are consecutive, behind everything the columns that
    /// draw from the sequence hold. They are surrogates, compared up to a one-to-one renaming.
    func sequenceCall(_ rewriter: Rewriter, name: String, at open: Int) throws -> (Int, SQLTemplate) {
        let source = rewriter.source
        let end = source.closing(of: open) + 1
        guard iterations.isEmpty || name == "currval" else {
            throw Refusal(code: .loop, detail: "\(name) inside a loop")
        }
        guard name != "setval" else { throw Refusal(code: .sideEffect, detail: "setval sets a sequence") }
        if name == "lastval" {
            guard let last = lastNumber, last.path.allSatisfy(path.contains), iterations.isEmpty else {
                throw Refusal(code: .variable, detail: "lastval without a number drawn before in the same call")
            }
            return (end, try last.value(self))
        }
        let argument = source.inside(open)
        if name == "currval", let number = try insertedNumber(source, argument) { return (end, number) }
        guard let first = argument.first, source.kind(first) == .string else {
            throw Refusal(code: .dynamicSQL, detail: "\(name) of a sequence whose name is computed")
        }
        let sequence = try sequenceName(String(source.text(first).dropFirst().dropLast()))
        if name == "currval" {
            guard let state = sequences[sequence], state.handedOut else {
                throw Refusal(code: .variable, detail: "currval of '\(sequence)' before nextval in the same call")
            }
            return (end, state.last)
        }
        let base = try sequences[sequence]?.last ?? sequenceBase(sequence)
        if rewriter.isInQuery {
            // One number a row; the order of rows is as open as it is in the original.
            sequences[sequence] = SequenceState(last: base, handedOut: true, usedPerRow: true)
            lastNumber = nil
            return (end, "(\(base) + row_number() over ())")
        }
        if sequences[sequence]?.usedPerRow == true {
            throw Refusal(code: .variable, detail: "nextval of '\(sequence)' once for rows and once for a value")
        }
        let next = scalar(
            "\(base) + 1", name: "next_\(sequence.name)", type: "bigint", taint: .surrogate, isVolatile: false)
        sequences[sequence] = SequenceState(last: next, handedOut: true, usedPerRow: false)
        lastNumber = LastNumber(path: path) { _ in next }
        return (end, next)
    }

    /// currval of a sequence whose last number went into a column by its default: the highest number of the column.
    private func insertedNumber(_ source: SourceText, _ argument: Range<Int>) throws -> SQLTemplate? {
        guard iterations.isEmpty, let first = argument.first else { return nil }
        var owner: (table: QualifiedName, column: String)?
        if source.name(first) == "pg_get_serial_sequence", source.kind(first + 1) == .leftParen {
            let pieces = source.splitAtCommas(source.inside(first + 1))
            let texts = pieces.compactMap { $0.count == 1 ? StringToken.decode(source.text($0.lowerBound)) : nil }
            guard texts.count == 2 else { return nil }
            let parts = texts[0].lowercased().split(separator: ".").map(String.init)
            if let table = catalog.resolveTable(
                schema: parts.count > 1 ? parts[0] : nil, name: parts.last ?? "", path: frames.last?.searchPath)
            {
                owner = (table, texts[1])
            }
        } else if source.kind(first) == .string {
            let sequence = try sequenceName(StringToken.decode(source.text(first)) ?? "")
            guard sequences[sequence] == nil else { return nil }
            for table in catalog.snapshot.tables {
                for column in table.columns
                where column.sequence == sequence
                    || column.defaultExpression.map({ $0.contains("nextval(") && $0.contains("\(sequence.name)'") })
                        == true
                {
                    owner = (table.name, column.name)
                }
            }
        }
        guard let owner, let state = tables[owner.table], numbered[owner.table]?.allSatisfy(path.contains) == true,
            let column = state.columns.first(where: { $0.name == owner.column })
        else { return nil }
        return "(\(try surrogateBase(column, table: owner.table)))"
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
    private func sequenceBase(_ sequence: QualifiedName) throws -> SQLTemplate {
        var maxima: [SQLTemplate] = []
        for table in catalog.snapshot.tables where table.kind == .table || table.kind == .partitioned {
            for column in table.columns
            where column.sequence == sequence
                || column.defaultExpression.map({ $0.contains("nextval(") && $0.contains(sequence.name) }) == true
            {
                let id = inputVersion(table.name, table: table)
                maxima.append("coalesce((select max(\(SQLText.identifier(column.name))) from \(id)), 0)")
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

    /// Columns that the routine itself fills from the sequence: `INSERT INTO t (a, ..) VALUES (nextval(..), ..)`, or
    /// through a variable that took the number.
    private func sequenceTargets(_ sequence: QualifiedName) throws -> [SQLTemplate] {
        var result: [SQLTemplate] = []
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
                        let id = inputVersion(name, table: table)
                        result.append("coalesce((select max(\(SQLText.identifier(columns[position]))) from \(id)), 0)")
                    }
                }
            }
        }
        return result
    }

    // MARK: functions inside SQL

    /// What a call of the user's own function becomes; nil for built-ins.
    func inlineFunction(
        _ rewriter: inout Rewriter, schema: String?, name: String, at nameRange: Range<Int>
    ) throws -> (Int, SQLTemplate)? {
        let candidates = catalog.routines(schema: schema, name: name, path: frames.last?.searchPath)
        guard !candidates.isEmpty else { return nil }
        let source = rewriter.source
        let open = nameRange.upperBound
        let end = source.closing(of: open) + 1
        let pieces = source.inside(open).isEmpty ? [] : source.splitAtCommas(source.inside(open))
        let call = try choose(
            candidates, pieces, source: source, visible: candidates.count > 1 ? rewriter.visible : [],
            scope: rewriter.scope)
        let routine = call.routine
        guard routine.kind == .function else {
            throw Refusal(code: .function, detail: "'\(routine.name)' is no function")
        }
        guard !routine.returnsSet else {
            throw Refusal(code: .function, detail: "'\(routine.name)' returns rows inside an expression")
        }
        var arguments: [SQLTemplate] = []
        for (position, parameter) in callParameters(routine).enumerated() {
            let type = qualifiedType(TypeName.ofSignature(parameter.type))
            if let piece = call.arguments[position] {
                arguments.append(cast(try rewriter.render(piece), to: type))
            } else if let text = parameter.defaultExpression {
                arguments.append(cast(try catalogExpression(text).template, to: type))
            }
        }
        let names = Set(pieces.flatMap { piece in piece.filter { source.isName($0) }.map { source.name($0) } })
        do {
            let value = try ScalarFunctionInliner(self, routine: routine).inline(arguments, argumentNames: names)
            rewriter.absorb(taint: value.taint, isVolatile: value.isVolatile)
            return (end, value.template)
        } catch let refusal as Refusal {
            guard refusal.code == .function, let pure = purity(of: routine) else { throw refusal }
            // It computes from its arguments alone: the call can stay where the function is there.
            note(
                "\(refusal.detail); it reads no table, so the call stays: the function must exist in the target database",
                code: "P2D-308", range: currentStep, severity: .warning)
            rewriter.absorb(taint: pure.isVolatile ? .chance : [], isVolatile: pure.isVolatile)
            let label = "\(SQLText.identifier(routine.name.schema)).\(SQLText.identifier(routine.name.name))"
            return (end, "\(label)(\(.joined(arguments, separator: ", ")))")
        }
    }

    /// Whether a function computes from its arguments alone; nil when it may read or write something.
    func purity(of routine: Routine, depth: Int = 0) -> (isVolatile: Bool, Void)? {
        guard depth < 10, routine.language == "plpgsql" || routine.language == "sql", !routine.returnsSet else {
            return nil
        }
        let source = SourceText(routine.body, profile: .postgresql)
        let volatile: Set<String> = ["random", "gen_random_uuid", "clock_timestamp", "timeofday", "uuid_generate_v4"]
        let effects: Set<String> = [
            "nextval", "currval", "setval", "lastval", "set_config", "current_setting", "dblink", "dblink_exec",
            "pg_notify",
            "pg_advisory_lock", "txid_current", "lo_import", "query_to_xml", "table_to_xml", "pg_read_file",
        ]
        var isVolatile = false
        for index in source.all {
            switch source.keyword(index) {
            case .insert, .update, .delete, .merge, .truncate, .execute, .perform, .call, .create, .drop, .alter,
                .table, .open,
                .fetch, .notify, .lock, .copy, .do, .join:
                return nil
            case .from where BoundArguments.isFromClause(index, source): return nil
            default: break
            }
            guard source.isName(index), source.kind(index + 1) == .leftParen else { continue }
            let name = source.name(index)
            if effects.contains(name) { return nil }
            if volatile.contains(name) { isVolatile = true }
            let schema = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
            for callee in catalog.routines(
                schema: schema, name: name, path: routine.settings["search_path"].map(CatalogIndex.schemas))
            where callee.signature != routine.signature {
                guard let inner = purity(of: callee, depth: depth + 1) else { return nil }
                isVolatile = isVolatile || inner.isVolatile
            }
        }
        return (isVolatile, ())
    }
}
