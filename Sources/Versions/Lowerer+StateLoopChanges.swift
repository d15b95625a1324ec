import Catalog
import Findings
import Steps
import Tokens
import Types

/// What the body of a chain of states leaves behind: values, rows, failures, and ways out.
extension Lowerer {
    // MARK: what the body leaves behind

    func collectRaises(_ pass: StateLoop, _ reach: Reach, from count: Int) {
        for raised in reach.raises.dropFirst(count) {
            let flag = pass.unique("raised")
            let message = pass.unique("message")
            let condition = raised.condition ?? "true"
            pass.columns.append(
                StateLoop.Column(name: flag, type: "boolean", initial: "false", out: condition, isRead: true))
            pass.columns.append(
                StateLoop.Column(
                    name: message, type: "text", initial: "null",
                    out: "case when \(condition) then \(raised.message) end", isRead: true))
            /// DETAIL and HINT travel like the message, where there are any.
            func carried(_ text: SQLTemplate?, _ name: String) -> String? {
                guard let text, text.plainText != "''" else { return nil }
                let column = pass.unique(name)
                pass.columns.append(
                    StateLoop.Column(
                        name: column, type: "text", initial: "null",
                        out: "case when \(condition) then \(text) end", isRead: true))
                return column
            }
            pass.raises.append(
                StateLoop.Failure(
                    reach: reach, raised: raised, flag: flag, message: message,
                    detail: carried(raised.detail, "detail"), hint: carried(raised.hint, "hint")))
            pass.stops.append("(\(condition))")
        }
        reach.raises.removeLast(reach.raises.count - count)
    }

    func collectResults(_ pass: StateLoop, _ counts: [Int]) throws {
        for (frame, count) in zip(frames, counts) {
            for rows in frame.returnedRows.dropFirst(count) {
                let columns = self.columns(rows)
                guard columns.allSatisfy({ $0.type != nil && $0.type != "json" }) else {
                    throw Refusal(code: .loop, detail: "the rows that the loop returns have columns of unknown types")
                }
                let column = pass.unique("returned_rows")
                pass.columns.append(
                    StateLoop.Column(
                        name: column, type: "jsonb", initial: "'[]'", out: rowsAsState(rows), isRead: true))
                pass.results.append(
                    StateLoop.Returned(frame: frame, column: column, columns: columns, version: rows))
            }
            frame.returnedRows.removeLast(frame.returnedRows.count - count)
        }
    }

    func rowsAsState(_ version: VersionID) -> SQLTemplate {
        "(select coalesce(jsonb_agg(to_jsonb(table_row)), '[]') from \(version) as table_row)"
    }

    func collectChanges(
        _ pass: StateLoop, _ carry: StateCarry, before: [QualifiedName: TableState],
        values: [(Variable, SQLTemplate, [StateCarry.Field])], known: Set<ObjectIdentifier>, mayForget: Bool,
        sequences old: [QualifiedName: SequenceState]
    ) throws -> StateCarry {
        var next = StateCarry()
        next.whole = carry.whole
        next.sequences = carry.sequences.union(sequences.keys.filter { old[$0]?.last != sequences[$0]?.last })
        for (name, column, initial) in pass.sequences {
            pass.columns.append(
                StateLoop.Column(
                    name: column, type: "bigint", initial: initial, out: sequences[name]?.last ?? initial, isRead: true)
            )
        }
        for (variable, value, parts) in values {
            let id = ObjectIdentifier(variable)
            let now = fields(of: variable)
            let item = pass.variables.first { $0.variable === variable }
            let isChanged =
                variable.isRecord || variable.fields != nil
                ? now != parts
                    || zip(now, variable.fields ?? []).contains { field, part in
                        part.value != (item?.columns[field.name].map { pass.old($0) } ?? part.value)
                    }
                : variable.value != value
            if isChanged || (!mayForget && carry.variables[id] != nil) {
                next.variables[id] = now.map { field in
                    var result = field
                    if let earlier = carry.variables[id]?.first(where: { $0.name == field.name }) {
                        result.taint.formUnion(earlier.taint)
                        result.isUnknown = result.isUnknown || earlier.isUnknown
                    }
                    return result
                }
            }
        }
        for (name, state) in tables
        where before[name]?.version != state.version && !state.isDropped
            && !(before[name] == nil && state.isTemporary && isMadeAnew(name.name, pass.loop))
        {
            next.tables[name] = columns(state.version)
        }
        if !mayForget {
            for name in carry.tables.keys where next.tables[name] == nil { next.tables[name] = carry.tables[name] }
        }
        for batch in pass.batches { next.tables[batch.name] = carry.tables[batch.name] }
        // Values of the state.
        for item in pass.variables {
            let isRead = isReadBehind(item.variable, pass.loop)
            for part in item.variable.fields ?? (item.variable.isRecord ? [] : [item.variable]) {
                let key = part === item.variable ? "" : part.name
                guard let column = item.columns[key], part.validUnder == nil || part === item.variable else { continue }
                guard let type = part.type else {
                    if loopRefusal == nil, isRead {
                        loopRefusal = (
                            Refusal(code: .unknownType, detail: "the type of '\(item.variable.name)' is not known"),
                            pass.loop.header
                        )
                    }
                    continue
                }
                let initial =
                    key.isEmpty ? item.before.value : item.before.fields?.first { $0.name == key }?.value ?? "null"
                pass.columns.append(
                    StateLoop.Column(name: column, type: type, initial: initial, out: part.value, isRead: isRead))
            }
        }
        for index in pass.tables.indices {
            guard let state = tables[pass.tables[index].name] else { continue }
            let item = pass.tables[index]
            pass.tables[index].after = columns(state.version)
            pass.tables[index].version = state.version
            var out = rowsAsState(state.version)
            if item.isGrowing, !item.isEmitted {
                guard let added = addedRows(state.version, since: item.input) else {
                    next.whole.insert(item.name)
                    continue
                }
                out = .joined([pass.old(item.column)] + added.map(rowsAsState), separator: " || ")
            }
            pass.columns.append(
                StateLoop.Column(
                    name: item.column, type: "jsonb",
                    initial: item.isEmitted || item.isGrowing ? "'[]'" : rowsAsState(item.before.version),
                    out: out, isRead: true))
        }
        return next
    }

    /// The versions that hold the rows which INSERTs have added to a version; nil when it came about otherwise.
    func addedRows(_ version: VersionID, since input: VersionID) -> [VersionID]? {
        var current = version
        var result: [VersionID] = []
        while current != input {
            guard let base = versions[current.rawValue].appendBase,
                case .query(let template) = versions[current.rawValue].body
            else { return nil }
            let others = template.relations.filter { $0 != base }
            guard others.count == 1 else { return nil }
            result.append(others[0])
            current = base
        }
        return result.reversed()
    }

    /// Refuses what a state can't hold.
    func checkLeftovers(
        tables before: [QualifiedName: TableState], sequences old: [QualifiedName: SequenceState],
        committed oldCommitted: [QualifiedName: VersionID], cursors: [VersionID?], _ pass: StateLoop
    ) throws {
        for (name, state) in tables
        where before[name] == nil && !state.isDropped && state.isTemporary && !isMadeAnew(name.name, pass.loop) {
            throw Refusal(code: .loop, detail: "the loop makes the table '\(name.name)' and leaves it")
        }
        for (name, state) in sequences where state.usedPerRow && old[name]?.step != state.step {
            throw Refusal(code: .loop, detail: "the loop numbers rows of queries by the sequence '\(name)'")
        }
        if committed != oldCommitted, !pass.raises.isEmpty {
            throw Refusal(code: .loop, detail: "the loop commits and may fail afterwards")
        }
        let open = variablesInSight.compactMap { $0.variable.openCursor.map(\.driver.rows) }
        guard open == cursors else {
            throw Refusal(code: .cursor, detail: "the loop leaves another cursor open than it found")
        }
    }

    /// Whether each iteration starts with a temporary table of its own, which nobody reads behind the loop: it is dropped
    /// before it is made, or emptied as soon as it is there.
    private func isMadeAnew(_ name: String, _ loop: Loop) -> Bool {
        func follows(_ index: Int, _ words: [Keyword]) -> Bool {
            var position = index - 1
            if source.kind(position) == .dot { position -= 2 }
            for skipped: Keyword in [.exists, .not, .if] where source.keyword(position) == skipped { position -= 1 }
            return words.reversed().allSatisfy { word in
                defer { position -= 1 }
                return source.keyword(position) == word
            }
        }
        func isDrop(_ index: Int) -> Bool { follows(index, [.drop, .table]) }
        let mentions = (loop.range.lowerBound..<loop.range.upperBound).filter { source.name($0) == name }
        let behind = (loop.range.upperBound..<max(loop.range.upperBound, source.count)).filter {
            source.name($0) == name && !isDrop($0)
        }
        let isKnownBefore = (0..<loop.range.lowerBound).contains { source.name($0) == name && !isDrop($0) }
        guard behind.isEmpty, !isKnownBefore, let first = mentions.first else { return false }
        if isDrop(first) { return true }
        guard follows(first, [.table]), source.keyword(first - 1) == .exists, mentions.count > 1 else { return false }
        let next = mentions[1]
        // Emptied in any case.
        let isOnTheWay = (first..<next).contains { [.then, .loop, .else, .begin].contains(source.keyword($0)) }
        guard !isOnTheWay else { return false }
        return follows(next, [.truncate]) || follows(next, [.truncate, .table])
            || follows(next, [.delete, .from]) && source.kind(next + 1) == .semicolon
    }

    func collectOutcome(_ pass: StateLoop, _ after: Diagnostics?) {
        guard let before = pass.outcome else { return }
        let isRead = isReadBehind("found", pass.loop) || isReadBehind("row_count", pass.loop)
        guard let after, after.knowsFound, after.knowsCount, after.validUnder == nil else {
            pass.outcome = nil
            return
        }
        guard before.knowsFound, before.knowsCount, before.validUnder == nil else {
            pass.outcome = nil
            return
        }
        pass.columns.append(
            StateLoop.Column(
                name: "row_count", type: "bigint", initial: before.rowCount, out: after.rowCount, isRead: isRead))
        pass.columns.append(
            StateLoop.Column(name: "found", type: "boolean", initial: before.found, out: after.found, isRead: isRead))
        pass.outcome = after
    }

    // MARK: what the text says

    /// Whether all that the loop, with what it calls, does to a table is adding rows, without a look at them.
    func isOnlyAddedTo(_ name: QualifiedName, _ loop: Loop) -> Bool {
        var seen: Set<String> = []
        let numbered = Set(
            (tables[name]?.columns ?? catalog.table(name)?.columns.map(tableColumn) ?? []).filter {
                $0.isIdentity || $0.defaultExpression?.contains("nextval(") == true
            }.map(\.name))
        func visit(_ text: SourceText, _ range: Range<Int>, path: [String]?) -> Bool {
            for index in range where text.isName(index) {
                if text.name(index) == name.name {
                    let start = text.kind(index - 1) == .dot ? index - 2 : index
                    if text.keyword(start - 1) == .into, text.keyword(start - 2) == .insert {
                        let end =
                            text.firstTopLevel(in: index..<text.count) { text.kind($0) == .semicolon } ?? text.count
                        if (index..<end).contains(where: {
                            text.keyword($0) == .returning || text.keyword($0) == .conflict
                        }) {
                            return false
                        }
                        // Numbers are given behind the loop, unless the statement has its own.
                        if !numbered.isEmpty {
                            guard text.kind(index + 1) == .leftParen,
                                !text.inside(index + 1).contains(where: { numbered.contains(text.name($0)) })
                            else { return false }
                        }
                    } else if text.kind(index + 1) != .dot || text.kind(index - 1) == .dot {
                        return false
                    }
                    continue
                }
                let schema = text.kind(index - 1) == .dot ? text.name(index - 2) : nil
                if text.kind(index + 1) == .leftParen {
                    for routine in catalog.routines(schema: schema, name: text.name(index), path: path)
                    where seen.insert(routine.signature).inserted {
                        let inner = SourceText(routine.body, profile: .postgresql)
                        if !visit(inner, inner.all, path: routine.settings["search_path"].map(CatalogIndex.schemas)) {
                            return false
                        }
                    }
                } else if let full = catalog.resolveTable(schema: schema, name: text.name(index), path: path),
                    catalog.table(full)?.kind == .view, dependsOnWritten(full, depth: 0)
                {
                    return false
                }
            }
            // Dynamic texts are not looked into here.
            return !range.contains { text.keyword($0) == .execute }
        }
        return visit(source, loop.range, path: frame.searchPath)
    }

    /// Whether rows of a table may break a key of it.
    func isKeyed(_ name: QualifiedName) -> Bool {
        guard let table = catalog.table(name) else { return false }
        return keys(of: table).contains { key in
            !key.columns.allSatisfy { column in
                table.columns.first { $0.name == column }.map(tableColumn)?.isIdentity == true
            }
        }
    }

    /// Whether a handler in the loop, in what it calls or around it takes a doubled key: it needs to see the rows of the
    /// iterations before.
    func takesDoubledKeys(_ loop: Loop) -> Bool {
        func handles(_ text: SourceText, _ range: Range<Int>) -> Bool {
            range.contains { index in
                text.keyword(index) == .exception && text.keyword(index + 1) == .when
            }
        }
        return isCaught("unique_violation") || handles(source, loop.range)
            || calledTexts(loop).contains { handles($0, $0.all) }
    }

    /// Whether changes of another table may reach a table's rows.
    func isActedOn(_ name: QualifiedName) -> Bool {
        let acts: Set<String> = ["cascade", "set null", "set default"]
        return (catalog.table(name)?.constraints ?? []).contains {
            acts.contains($0.onDelete ?? "") || acts.contains($0.onUpdate ?? "")
        } || source.all.contains { source.keyword($0) == .cascade }
    }

    func isReadBehind(_ variable: Variable, _ loop: Loop) -> Bool {
        if variable === frame.returnValue || frame.routine.parameters.contains(where: { $0.name == variable.name }) {
            return true
        }
        var names: Set<String> = [variable.name]
        var level: Scope? = scope
        while let current = level {
            for (name, other) in current.variables where other === variable || other.openCursor?.place === variable {
                names.insert(name)
            }
            level = current.parent
        }
        return names.contains { isReadBehind($0, loop) }
    }

    /// Whether a name stands behind the loop, or in a loop around it.
    func isReadBehind(_ name: String, _ loop: Loop) -> Bool {
        var range = loop.range.upperBound..<max(loop.range.upperBound, frame.source.count)
        if let outer = loops.first(where: { $0.depth == frames.count }) {
            range = min(outer.range.lowerBound, loop.range.lowerBound)..<range.upperBound
        }
        return range.contains {
            !loop.range.contains($0) && frame.source.name($0) == name
                && !(["found", "row_count"].contains(name) && isOutcomeOfStatementBefore($0))
        }
    }

    /// Whether FOUND or ROW_COUNT at a place is that of an SQL statement right before it, on the same straight way.
    private func isOutcomeOfStatementBefore(_ place: Int) -> Bool {
        let text = frame.source
        let edges: Set<Keyword> = [.then, .else, .loop, .begin]
        func start(_ index: Int) -> Int {
            var index = index
            while index > 0, text.kind(index - 1) != .semicolon, !edges.contains(text.keyword(index - 1)) {
                index -= 1
            }
            return index
        }
        var first = start(place)
        while first > 1, text.kind(first - 1) == .semicolon {
            first = start(first - 2)
            switch text.keyword(first) {
            case .select, .perform, .insert, .update, .delete, .merge, .with, .fetch: return true
            case .get, .raise, .null: continue
            default:
                guard text.isSymbol(first + 1, ":=") || text.isSymbol(first + 1, "=") else { return false }
            }
        }
        return false
    }
}
