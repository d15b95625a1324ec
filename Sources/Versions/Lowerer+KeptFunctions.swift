import Catalog
import Findings
import Steps
import Tokens
import Types

/// What a function depends on besides its arguments, all that it calls included.
struct FunctionReach {
    /// It may give another value for the same arguments.
    var isVolatile = false
    /// It asks for the time.
    var readsClock = false
    /// Legacy tables that it reads.
    var tables: Set<QualifiedName> = []

    /// What its values depend on.
    var taint: Taint {
        var taint: Taint = []
        if isVolatile { taint.insert(.chance) }
        if readsClock { taint.insert(.clock) }
        return taint
    }
}

extension Lowerer {
    // MARK: functions that stay functions

    /// The call of a function that the project makes; nil where it can't.
    ///
    /// - Parameter reason: why the call can't become a part of the query.
    func keptCall(
        _ routine: Routine, _ arguments: [SQLTemplate], _ reach: FunctionReach, because reason: String
    ) -> SQLTemplate? {
        guard keep(routine, reach) else { return nil }
        let reads =
            reach.tables.isEmpty
            ? "it reads no table"
            : "it reads only \(reach.tables.sorted().map(\.description).joined(separator: ", ")), which no routine writes"
        note(
            "\(reason); \(reads), so that it stays a function: the project makes it", code: "P2D-312",
            range: currentStep)
        return SQLTemplate(.function(routine.signature)) + "(\(.joined(arguments, separator: ", ")))"
    }

    /// Takes a function that changes nothing, and those that it calls, into the project.
    ///
    /// - Returns: false where the project could not make it: settings of its own, polymorphic or composite types, an output
    ///   parameter for a single value, callees among those.
    private func keep(_ routine: Routine, _ reach: FunctionReach, depth: Int = 0) -> Bool {
        // Models give a VARIADIC parameter its array, as the project's function takes it; other functions may not.
        if depth > 0, routine.parameters.contains(where: { $0.mode == .variadic }) { return false }
        if keptFunctions.contains(where: { $0.routine.signature == routine.signature }) { return true }
        guard depth < 10, routine.settings.isEmpty, let result = routine.returnType,
            routine.parameters.allSatisfy({ parameter in
                let isOutput = [.out, .table].contains(parameter.mode) && routine.returnsSet
                return (parameter.mode == .in || parameter.mode == .variadic || isOutput)
                    && !parameter.type.contains("any")
            }), !result.contains("any"), !["trigger", "void"].contains(result),
            routine.language == "plpgsql" || routine.language == "sql", let resultType = keptResultType(of: routine)
        else { return false }
        let text = SourceText(routine.body, profile: .postgresql)
        guard let relations = functionRelations(text) else { return false }
        func slice(_ range: Range<Int>) -> String { range.map { text.triviaBefore($0) + text.text($0) }.joined() }
        var body = SQLTemplate()
        var start = 0
        func replace(_ range: Range<Int>, with part: SQLTemplate) {
            body.append(slice(start..<range.lowerBound) + text.triviaBefore(range.lowerBound))
            body.append(part)
            start = range.upperBound
        }
        var position = 0
        while position < text.count {
            let isQualified = text.kind(position + 1) == .dot && text.isName(position + 2)
            let last = isQualified ? position + 2 : position
            if let relation = relations[position] {
                replace(relation.range, with: SQLTemplate(.legacyTable(relation.table)))
                position = start
                continue
            }
            if let type = rowTypeTable(text, position, last) {
                replace(position..<last + 1, with: SQLTemplate(type))
                position = start
                continue
            }
            guard text.isName(position), text.kind(position - 1) != .dot, text.kind(last + 1) == .leftParen else {
                position += 1
                continue
            }
            let callees = catalog.routines(
                schema: isQualified ? text.name(position) : nil, name: text.name(last), path: nil)
            guard let callee = callees.first else {
                position = last + 1
                continue
            }
            guard callees.count == 1, callee.signature != routine.signature, let inner = self.reach(of: callee),
                keep(callee, inner, depth: depth + 1)
            else { return false }
            replace(position..<last + 1, with: SQLTemplate(.function(callee.signature)))
            position = start
        }
        body.append(slice(start..<text.count) + text.triviaBefore(text.count))
        keptFunctions.append(
            KeptFunction(
                routine: routine, body: body,
                argumentTypes: routine.parameters.map { qualifiedType(TypeName.ofSignature($0.type)) },
                resultType: resultType, isVolatile: reach.isVolatile, tables: relations.values.map(\.table)))
        return true
    }

    /// What stands behind RETURNS.
    private func keptResultType(of routine: Routine) -> String? {
        guard let result = routine.returnType else { return nil }
        guard routine.returnsSet else { return result == "record" ? nil : qualifiedType(TypeName.ofSignature(result)) }
        let columns = routine.parameters.filter { $0.mode == .table }
        if !columns.isEmpty {
            let list = columns.map { "\(SQLText.identifier($0.name)) \(qualifiedType(TypeName.ofSignature($0.type)))" }
            return "table (\(list.joined(separator: ", ")))"
        }
        let single = result.uppercased().hasPrefix("SETOF ") ? String(result.dropFirst(6)).trimmed : result
        if single == "record" {
            return routine.parameters.contains { $0.mode == .out } ? "setof record" : nil
        }
        let parts = single.split(separator: ".", maxSplits: 1).map { $0.replacing("\"", with: "") }
        let table = catalog.resolveTable(
            schema: parts.count == 2 ? String(parts[0]) : nil, name: String(parts.last ?? ""), path: nil)
        if let table { return "setof \(SQLText.identifier(table.schema)).\(SQLText.identifier(table.name))" }
        return "setof \(qualifiedType(TypeName.ofSignature(single)))"
    }

    /// `t%rowtype`, `t.c%type` in a declaration: the table with its schema, for a session that looks elsewhere first.
    private func rowTypeTable(_ text: SourceText, _ position: Int, _ last: Int) -> String? {
        guard text.isName(position), text.kind(position - 1) != .dot else { return nil }
        func isType(_ index: Int, _ name: String) -> Bool { text.isSymbol(index, "%") && text.name(index + 1) == name }
        let name: QualifiedName?
        if isType(last + 1, "rowtype") {
            name = catalog.resolveTable(
                schema: last > position ? text.name(position) : nil, name: text.name(last), path: nil)
        } else if last > position, isType(last + 1, "type") {
            // A row variable's field looks the same.
            name = catalog.resolveTable(schema: nil, name: text.name(position), path: nil)
            return name.map {
                "\(SQLText.identifier($0.schema)).\(SQLText.identifier($0.name)).\(SQLText.identifier(text.name(last)))"
            }
        } else {
            return nil
        }
        return name.map { "\(SQLText.identifier($0.schema)).\(SQLText.identifier($0.name))" }
    }

    /// What a function depends on; nil when it may write something, or reads what changes during the call.
    func reach(of routine: Routine, depth: Int = 0) -> FunctionReach? {
        guard depth < 10, routine.language == "plpgsql" || routine.language == "sql" else { return nil }
        let source = SourceText(routine.body, profile: .postgresql)
        let volatile: Set<String> = ["random", "gen_random_uuid", "clock_timestamp", "timeofday", "uuid_generate_v4"]
        let clocks: Set<String> = [
            "now", "current_timestamp", "current_date", "current_time", "localtimestamp", "localtime",
            "statement_timestamp", "transaction_timestamp",
        ]
        let effects: Set<String> = [
            "nextval", "currval", "setval", "lastval", "set_config", "current_setting", "dblink", "dblink_exec",
            "pg_notify",
            "pg_advisory_lock", "txid_current", "lo_import", "query_to_xml", "table_to_xml", "pg_read_file",
        ]
        guard let relations = functionRelations(source) else { return nil }
        var result = FunctionReach(tables: Set(relations.values.map(\.table)))
        for index in source.all {
            switch source.keyword(index) {
            case .insert, .update, .delete, .merge, .truncate, .execute, .call, .create, .drop, .alter, .table,
                .notify, .lock, .copy, .do:
                return nil
            default: break
            }
            guard source.isName(index) else { continue }
            let name = source.name(index)
            if clocks.contains(name), source.kind(index - 1) != .dot { result.readsClock = true }
            guard source.kind(index + 1) == .leftParen else { continue }
            if effects.contains(name) { return nil }
            if volatile.contains(name) { result.isVolatile = true }
            let schema = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
            for callee in catalog.routines(
                schema: schema, name: name, path: routine.settings["search_path"].map(CatalogIndex.schemas))
            where callee.signature != routine.signature {
                guard let inner = reach(of: callee, depth: depth + 1) else { return nil }
                result.isVolatile = result.isVolatile || inner.isVolatile
                result.readsClock = result.readsClock || inner.readsClock
                result.tables.formUnion(inner.tables)
            }
        }
        return result
    }

    /// The relations that a function's queries read, by the position of their names; nil when one of them is no legacy
    /// table, or one that routines write: its rows are those of a version.
    private func functionRelations(_ source: SourceText) -> [Int: (range: Range<Int>, table: QualifiedName)]? {
        var result: [Int: (range: Range<Int>, table: QualifiedName)] = [:]
        for index in source.all {
            guard BoundArguments.isFromClause(index, source) || source.keyword(index) == .join else { continue }
            var items = [index + 1]
            if source.keyword(index) == .from {
                var at = index + 1
                while at < source.count, !Self.endsFromClause(source, at) {
                    if source.kind(at) == .comma { items.append(at + 1) }
                    at = source.kind(at) == .leftParen ? source.closing(of: at) + 1 : at + 1
                }
            }
            for var item in items {
                while [.only, .lateral].contains(source.keyword(item)) { item += 1 }
                if source.kind(item) == .leftParen { continue }
                guard source.isName(item) else { return nil }
                let isQualified = source.kind(item + 1) == .dot
                let last = isQualified ? item + 2 : item
                if source.kind(last + 1) == .leftParen { continue }
                let isPart = !isQualified && Self.isNamedInWith(source.name(item), source)
                let table = catalog.resolveTable(
                    schema: isQualified ? source.name(item) : nil, name: source.name(last), path: nil)
                if isPart, table == nil { continue }
                // A temporary table of the caller's comes before any other of its name.
                let isShadowed =
                    !isQualified
                    && tables.contains { name, state in
                        state.isTemporary && !state.isDropped && name.name == source.name(item)
                    }
                guard !isPart, !isShadowed, let table, catalog.table(table) != nil,
                    !written.contains(catalog.root(of: table)), !dependsOnWritten(table, depth: 0)
                else { return nil }
                result[item] = (item..<last + 1, table)
            }
        }
        return result
    }

    private static func endsFromClause(_ source: SourceText, _ index: Int) -> Bool {
        switch source.keyword(index) {
        case .where, .group, .order, .having, .limit, .union, .except, .intersect, .offset, .fetch, .for, .loop, .into:
            true
        default: source.kind(index) == .semicolon || source.kind(index) == .rightParen || source.name(index) == "window"
        }
    }

    /// `WITH name AS (..)`, also as one of several.
    private static func isNamedInWith(_ name: String, _ source: SourceText) -> Bool {
        source.all.contains { index in
            guard source.isName(index), source.name(index) == name,
                source.keyword(index - 1) == .with || source.keyword(index - 1) == .recursive
                    || source.kind(index - 1) == .comma
            else { return false }
            let next = source.kind(index + 1) == .leftParen ? source.closing(of: index + 1) + 1 : index + 1
            return source.keyword(next) == .as
        }
    }
}
