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
