import Catalog
import Findings
import Models
import Types
import Versions

/// A planned project in the target's words.
public struct TranslatedPlan: Sendable {
    /// The project; models that cannot be said are disabled, with all that read them.
    public var project: PlannedProject
    /// One for each of them, by routine.
    public var findings: [Finding]
}

/// Translates a plan, which speaks PostgreSQL's SQL, for another warehouse.
///
/// Every query, test and constraint is rewritten by `rules`; types are PostgreSQL's until all of them are, since they
/// decide what an operator means. What has no proven equal is refused: its models are disabled (P2D-401).
public func translatePlan(_ plan: PlannedProject, catalog: CatalogSnapshot, rules: DialectRules) -> TranslatedPlan {
    var types = TargetTypes(rules: rules, types: catalog.types)
    let style = catalog.settings.first { $0.key.lowercased() == "datestyle" }?.value ?? "ISO"
    types.printsISODates = style.uppercased().hasPrefix("ISO")
    var translation = PlanTranslation(plan, types, catalog: catalog)
    return translation.run()
}

struct PlanTranslation {
    private var plan: PlannedProject
    private let types: TargetTypes
    private var findings: [Finding] = []
    /// Columns of all models, staging views included, with PostgreSQL's types.
    private var columns: [String: [TypedColumn]] = [:]

    /// Parameters, by routine and name, whose defaults the target cannot compute.
    private var unsayable: Set<[String]> = []

    /// Code of everything that the target has no equal of.
    static let code = "P2D-401"
    /// Code of constraints that the target does not check.
    static let uncheckedCode = "P2D-402"

    init(_ plan: PlannedProject, _ types: TargetTypes, catalog: CatalogSnapshot) {
        self.plan = plan
        self.types = types
        var views = ViewColumns(catalog: catalog, types: types)
        for source in plan.sources {
            guard let name = source.stagingModel else { continue }
            columns[name] = views.columns(of: source.table)
        }
        for model in plan.models {
            columns[model.name] = model.columns.map { column in
                TypedColumn(
                    name: column.name,
                    type: column.type ?? model.table?.columns.first { $0.name == column.name }?.type)
            }
        }
    }

    mutating func run() -> TranslatedPlan {
        for pipeline in plan.pipelines {
            for parameter in pipeline.parameters {
                guard let text = parameter.defaultExpression, translated(text, parameter.type) == nil else { continue }
                unsayable.insert([pipeline.entry, parameter.name])
            }
        }
        for index in plan.models.indices where plan.models[index].enabled {
            do throws(Untranslatable) {
                plan.models[index] = try translated(plan.models[index])
            } catch {
                refuse(index, because: error.description)
            }
        }
        refuseReaders()
        dropUnreadSources()
        for index in plan.models.indices { spellTypes(&plan.models[index]) }
        for index in plan.sources.indices { spellTypes(&plan.sources[index].table) }
        for index in plan.pipelines.indices { spellTypes(&plan.pipelines[index].parameters) }
        plan.functions = []
        return TranslatedPlan(project: plan, findings: findings)
    }

    // MARK: models

    private mutating func translated(_ model: PlannedModel) throws(Untranslatable) -> PlannedModel {
        var model = model
        var known: [[TypedColumn]] = []
        var rewriter = TemplateRewriter(
            types: types, tables: [:], names: model.names,
            parameters: { [plan] routine, name in
                (plan.pipelines.first { $0.entry == routine }?.parameters ?? model.parameters)
                    .first { $0.name == name }?.type
            })
        for index in model.ctes.indices {
            let cte = model.ctes[index]
            defer { known.append(rewriter.tables[cte.name] ?? []) }
            switch cte.body {
            case .model(let name): rewriter.tables[cte.name] = columns[name]
            case .priorState(let name, let table, _):
                let source = plan.sources.first { $0.table.name == table }?.table.columns
                rewriter.tables[cte.name] =
                    source.map { $0.map { TypedColumn(name: $0.name, type: $0.type) } } ?? columns[name]
            case .query(let template):
                try checkDefaults(template)
                guard cte.clauses.isEmpty else {
                    throw Untranslatable("SEARCH or CYCLE of a recursive query: \(cte.name)")
                }
                let (query, found) = try rewriter.query(template, itself: cte.name)
                model.ctes[index].body = .query(query)
                if let changed = cte.changed {
                    model.ctes[index].changed = try condition(changed, behind: template, query, rewriter)
                }
                rewriter.tables[cte.name] = found
            }
        }
        for names in (known + [columns[model.name] ?? []]).map({ $0.map(\.name) })
        where Set(names.map { $0.lowercased() }).count < Set(names).count {
            throw Untranslatable(
                "columns that differ in case alone are one in \(types.rules.target): \(names.joined(separator: ", "))")
        }
        for index in model.deletes.indices {
            let delete = model.deletes[index]
            try checkDefaults(delete.condition)
            let hook = TemplateRewriter(
                types: types, tables: columns, names: delete.models, parameters: rewriter.parameters)
            model.deletes[index].condition = try hook.expression(
                delete.condition, columns: columns[model.name] ?? [], alias: delete.alias)
        }
        // The planner does not know all types; what its query gives is one.
        if let last = model.final.flatMap({ model.names[$0] }), let found = rewriter.tables[last] {
            columns[model.name] = columns[model.name]?.map { column in
                TypedColumn(
                    name: column.name, type: column.type ?? found.first { $0.name == column.name }?.type)
            }
        }
        addTypedColumns(&model)
        translateTests(&model, rewriter)
        return model
    }

    private func checkDefaults(_ template: SQLTemplate) throws(Untranslatable) {
        for (routine, name) in template.parameters where unsayable.contains([routine, name]) {
            throw Untranslatable("the default of the parameter \(name) has no equal in \(types.rules.target)")
        }
    }

    /// A condition that goes behind a query: rewritten there, where its names mean something.
    private func condition(
        _ condition: SQLTemplate, behind query: SQLTemplate, _ rewritten: SQLTemplate, _ rewriter: TemplateRewriter
    ) throws(Untranslatable) -> SQLTemplate {
        let whole = try rewriter.query(query + "\nwhere " + condition).template
        // Both begin with the same query, part by part; what is left is `where` and the condition.
        var rest = SQLTemplate()
        for (position, part) in whole.parts.enumerated() {
            guard position < rewritten.parts.count else {
                rest.append(part)
                continue
            }
            let known = rewritten.parts[position]
            if part == known { continue }
            guard position == rewritten.parts.count - 1, case .text(let long) = part, case .text(let short) = known,
                long.hasPrefix(short)
            else { throw Untranslatable("the condition of an incremental run") }
            rest.append(String(long.dropFirst(short.count)))
        }
        guard case .text(let first)? = rest.parts.first, let word = first.firstRange(of: "where ") else {
            throw Untranslatable("the condition of an incremental run")
        }
        var result = SQLTemplate(String(first[word.upperBound...]))
        for part in rest.parts.dropFirst() { result.append(part) }
        return result
    }

    /// The target's types come out of its own functions (a sum of integers is a HUGEINT): the last step says which ones the
    /// table has.
    private func addTypedColumns(_ model: inout PlannedModel) {
        guard model.materialization != .view, let final = model.final, !model.columns.isEmpty else { return }
        var items: [String] = []
        for column in model.columns {
            let name = types.identifier(column.name)
            let type = columns[model.name]?.first { $0.name == column.name }?.type
            let family = types.family(type)
            if let type, let family, family != .text, let spelled = try? types.spelled(type) {
                items.append("cast(\(name) as \(spelled)) as \(name)")
            } else {
                items.append(name)
            }
        }
        guard items.contains(where: { $0.hasPrefix("cast(") }) else { return }
        let taken = Set(model.ctes.map(\.name))
        let name = ["final", "typed", "typed_rows"].first { !taken.contains($0) } ?? "final_typed"
        let id = VersionID(Int.max)
        let query: SQLTemplate = "select \(items.joined(separator: ", ")) from \(SQLTemplate(.relation(final)))"
        model.names[id] = name
        var cte = PlannedCTE(name: name, body: .query(query))
        // The last step's rows may be the backfill.
        cte.onlyFirstRun = false
        model.ctes.append(cte)
        model.final = id
    }

    private mutating func translateTests(_ model: inout PlannedModel, _ rewriter: TemplateRewriter) {
        let own = columns[model.name] ?? []
        var unchecked: [String] = []
        defer { if !unchecked.isEmpty { warn(model, unchecked) } }
        func said(_ text: String) -> String? {
            (try? rewriter.expression(SQLTemplate(text), columns: own, alias: nil, isConstraint: true))?.plainText
        }
        model.tests = model.tests.compactMap { test in
            switch test {
            case .uniqueCombination, .oneRow: return test
            case .expressionIsNotFalse(let name, let expression):
                // Of a CHECK, which is looked at below.
                return said(expression).map { .expressionIsNotFalse(name: name, expression: $0) }
            case .uniqueIndex(let name, let expressions, let condition):
                let all = expressions.compactMap(said)
                guard all.count == expressions.count, condition.map({ said($0) != nil }) ?? true else {
                    unchecked.append(name)
                    return nil
                }
                guard let condition else { return .uniqueIndex(name: name, expressions: all, condition: nil) }
                return said(condition).map { .uniqueIndex(name: name, expressions: all, condition: $0) }
            }
        }
        guard var table = model.table else { return }
        table.constraints = table.constraints.compactMap { constraint in
            var constraint = constraint
            // NULLS NOT DISTINCT is not there: the test of the key still is.
            if constraint.nullsNotDistinct {
                unchecked.append(constraint.name)
                return nil
            }
            guard constraint.kind == .check, let expression = constraint.expression else { return constraint }
            guard let text = said(expression) else {
                unchecked.append(constraint.name)
                return nil
            }
            constraint.expression = text
            return constraint
        }
        table.uniqueIndexes.removeAll { $0.definition.uppercased().contains("NULLS NOT DISTINCT") }
        for column in table.columns {
            table.constraints += lengthAndDomainChecks(column, rewriter, &unchecked)
        }
        model.table = table
    }

    /// What the target's own types do not refuse: texts that are too long, values that a domain forbids.
    private func lengthAndDomainChecks(
        _ column: Column, _ rewriter: TemplateRewriter, _ unchecked: inout [String]
    ) -> [Constraint] {
        var result: [Constraint] = []
        let name = types.identifier(column.name)
        func add(_ suffix: String, _ expression: String) {
            var check = Constraint(
                name: "\(column.name)_\(suffix)", kind: .check, columns: [column.name],
                definition: "CHECK (\(expression))")
            check.expression = expression
            result.append(check)
        }
        if let length = TypeName.length(types.underDomains(column.type)) {
            add("length", "length(\(name)) <= \(length)")
        }
        if let domain = types.userType(TypeName.base(column.type)), domain.kind == .domain {
            let base = TypedColumn(name: "value", type: types.underDomains(column.type))
            for (position, check) in domain.checks.enumerated() {
                guard let open = check.firstIndex(of: "("), let close = check.lastIndex(of: ")") else { continue }
                let inside = String(check[check.index(after: open)..<close])
                guard
                    let said = try? rewriter.expression(
                        SQLTemplate(inside), columns: [base], alias: nil, isConstraint: true
                    ).plainText
                else {
                    unchecked.append("\(domain.name) of \(column.name)")
                    continue
                }
                add("domain_\(position + 1)", Self.replacing("value", with: name, in: said))
            }
        }
        return result
    }

    private static func replacing(_ word: String, with name: String, in text: String) -> String {
        var result = ""
        var current = ""
        func flushed() -> String { current.lowercased() == word ? name : current }
        for character in text {
            if character.isLetter || character.isNumber || character == "_" {
                current.append(character)
            } else {
                result += flushed()
                current = ""
                result.append(character)
            }
        }
        return result + flushed()
    }

    // MARK: refusals

    private mutating func refuse(_ index: Int, because reason: String) {
        let model = plan.models[index]
        let finding = Finding(
            code: Self.code, severity: .error, routine: model.routines.first ?? model.name,
            message: "\(model.name): \(reason)", line: model.lines?.lowerBound ?? 1, endLine: model.lines?.upperBound)
        findings.append(finding)
        disable(index, [finding])
    }

    /// The original refuses rows that break these, and the project does not.
    private mutating func warn(_ model: PlannedModel, _ constraints: [String]) {
        findings.append(
            Finding(
                code: Self.uncheckedCode, severity: .warning, routine: model.routines.first ?? model.name,
                message:
                    "\(model.name): \(types.rules.target) does not check \(constraints.joined(separator: ", ")): rows that "
                    + "the legacy table refuses go in",
                line: model.lines?.lowerBound ?? 1, endLine: model.lines?.upperBound))
    }

    private mutating func disable(_ index: Int, _ reasons: [Finding]) {
        plan.models[index].enabled = false
        plan.models[index].findings += reasons
        plan.models[index].ctes = []
        plan.models[index].deletes = []
        plan.models[index].final = nil
    }

    /// What reads a refused model cannot be built either.
    private mutating func refuseReaders() {
        var reasons: [String: [Finding]] = [:]
        for model in plan.models where !model.enabled { reasons[model.name] = model.findings }
        var isChanged = true
        while isChanged {
            isChanged = false
            for index in plan.models.indices where plan.models[index].enabled {
                let inputs = plan.models[index].ctes.flatMap { cte -> [String] in
                    switch cte.body {
                    case .model(let name): [name]
                    case .priorState(let name, _, let after): [name] + after
                    case .query: []
                    }
                }
                guard let input = inputs.first(where: { reasons[$0] != nil }), let causes = reasons[input] else {
                    continue
                }
                disable(index, causes)
                reasons[plan.models[index].name] = causes
                isChanged = true
            }
        }
        for index in plan.models.indices { plan.models[index].buildAfter.removeAll { reasons[$0] != nil } }
    }

    /// Staging views that only refused models read need not be there, and may not be possible.
    private mutating func dropUnreadSources() {
        var read: Set<String> = []
        for model in plan.models where model.enabled {
            for cte in model.ctes {
                switch cte.body {
                case .model(let name): read.insert(name)
                case .priorState(_, let table, _): read.insert("\(table)")
                case .query: break
                }
            }
        }
        plan.sources.removeAll { source in
            !read.contains(source.table.name.description) && !read.contains(source.stagingModel ?? "")
                && Set(source.table.columns.map { $0.name.lowercased() }).count < source.table.columns.count
        }
    }

    // MARK: types

    private func spelled(_ type: String) -> String { (try? types.spelled(type)) ?? type }

    private func spellTypes(_ model: inout PlannedModel) {
        for index in model.columns.indices { model.columns[index].type = model.columns[index].type.map(spelled) }
        spellTypes(&model.parameters)
        if var table = model.table {
            spellTypes(&table)
            model.table = table
        }
    }

    private func spellTypes(_ table: inout Table) {
        for index in table.columns.indices {
            table.columns[index].type = spelled(table.columns[index].type)
            // The target sorts and compares texts by their bytes.
            table.columns[index].collation = nil
        }
    }

    /// A parameter's default; nil for one that has no equal. What reads the clock stays: the project puts the call's
    /// instant in its place.
    private func translated(_ text: String, _ type: String) -> String? {
        if let call = types.rules.names[text.lowercased()] { return call }
        // A literal with the parameter's own type: the type is said once.
        if let match = text.wholeMatch(of: /\(?('(?:[^']|'')*'|-?[0-9]+(?:\.[0-9]+)?)\)?::([A-Za-z_ ."]+(?:\[\])?)/),
            TypeName.base(TypeName.normalized(String(match.2))) == TypeName.base(type)
        {
            return String(match.1)
        }
        if text.wholeMatch(of: /'(?:[^']|'')*'|-?[0-9]+(?:\.[0-9]+)?|[A-Za-z_]+/) != nil { return text }
        let clocks = [
            TypedColumn(name: "current_date", type: "date"),
            TypedColumn(name: "current_timestamp", type: "timestamp with time zone"),
            TypedColumn(name: "localtimestamp", type: "timestamp without time zone"),
        ]
        let standing = text.replacing(/\bnow\(\)/.ignoresCase(), with: "CURRENT_TIMESTAMP")
        let rewriter = TemplateRewriter(types: types, tables: [:], names: [:], parameters: { _, _ in nil })
        return try? rewriter.expression(SQLTemplate(standing), columns: clocks, alias: nil).plainText
    }

    private func spellTypes(_ parameters: inout [PlannedParameter]) {
        for index in parameters.indices {
            let type = parameters[index].type
            parameters[index].defaultExpression = parameters[index].defaultExpression.map { translated($0, type) ?? $0 }
            parameters[index].type = spelled(type)
            // PostgreSQL's notation of an array.
            guard parameters[index].type.hasSuffix("[]"), let text = parameters[index].defaultExpression else {
                continue
            }
            parameters[index].defaultExpression = text.replacing("'{", with: "'[").replacing("}'", with: "]'")
        }
    }
}
