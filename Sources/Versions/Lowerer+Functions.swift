import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
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
            if parameter.mode == .variadic, let pieces = call.gathered {
                let values = try pieces.map { try rewriter.render($0) }
                arguments.append(cast("array[\(SQLTemplate.joined(values, separator: ", "))]", to: type))
            } else if let piece = call.arguments[position] {
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
            rewriter.absorb(taint: pure.isVolatile ? .chance : [], isVolatile: pure.isVolatile)
            if keep(routine, isVolatile: pure.isVolatile) {
                note(
                    "\(refusal.detail); it reads no table, so that it stays a function: the project makes it",
                    code: "P2D-312", range: currentStep)
                return (
                    end, SQLTemplate(.function(routine.signature)) + "(\(.joined(arguments, separator: ", ")))"
                )
            }
            note(
                "\(refusal.detail); it reads no table, so the call stays: the function must exist in the target database",
                code: "P2D-308", range: currentStep, severity: .warning)
            let label = "\(SQLText.identifier(routine.name.schema)).\(SQLText.identifier(routine.name.name))"
            return (end, "\(label)(\(.joined(arguments, separator: ", ")))")
        }
    }

    /// Takes a pure function, and those that it calls, into the project.
    ///
    /// - Returns: false where the project could not make it: settings of its own, polymorphic or composite types, output
    ///   parameters, callees among those.
    private func keep(_ routine: Routine, isVolatile: Bool, depth: Int = 0) -> Bool {
        if keptFunctions.contains(where: { $0.routine.signature == routine.signature }) { return true }
        guard depth < 10, routine.settings.isEmpty, let result = routine.returnType,
            routine.parameters.allSatisfy({ $0.mode == .in && !$0.type.contains("any") }), !result.contains("any"),
            !["record", "trigger", "void"].contains(result), routine.language == "plpgsql" || routine.language == "sql"
        else { return false }
        let text = SourceText(routine.body, profile: .postgresql)
        func slice(_ range: Range<Int>) -> String { range.map { text.triviaBefore($0) + text.text($0) }.joined() }
        var body = SQLTemplate()
        var start = 0
        var position = 0
        while position < text.count {
            let isQualified = text.kind(position + 1) == .dot && text.isName(position + 2)
            let last = isQualified ? position + 2 : position
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
            guard callees.count == 1, callee.signature != routine.signature, let pure = purity(of: callee),
                keep(callee, isVolatile: pure.isVolatile, depth: depth + 1)
            else { return false }
            body.append(slice(start..<position) + text.triviaBefore(position))
            body.append(SQLTemplate(.function(callee.signature)))
            start = last + 1
            position = last + 1
        }
        body.append(slice(start..<text.count) + text.triviaBefore(text.count))
        keptFunctions.append(
            KeptFunction(
                routine: routine, body: body,
                argumentTypes: routine.parameters.map { qualifiedType(TypeName.ofSignature($0.type)) },
                resultType: qualifiedType(TypeName.ofSignature(result)), isVolatile: isVolatile))
        return true
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
