import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    /// Lowers statements in order.
    func run(_ regions: [Region]) {
        for region in regions {
            if isDead {
                note("never reached: everything before it ends the routine", code: "P2D-201", range: region.range)
                countLeaves(region) { $0.noted += 1 }
                continue
            }
            run(region)
        }
    }

    func countLeaves(_ region: Region, _ update: (inout StepCounts) -> Void) {
        for _ in leaves(region) { count(update) }
    }

    func leaves(_ region: Region) -> [Step] {
        switch region {
        case .step(let step): [step]
        case .branch(let branch):
            branch.arms.flatMap { $0.body.flatMap(leaves) } + (branch.otherwise ?? []).flatMap(leaves)
        case .loop(let loop): loop.body.flatMap(leaves)
        case .block(let block): block.body.flatMap(leaves) + block.handlers.flatMap { $0.body.flatMap(leaves) }
        }
    }

    func run(_ region: Region) {
        switch region {
        case .step(let step):
            currentStep = step.range
            currentComments = step.comments
            do {
                let outcome = try lower(step)
                packTables()
                switch outcome {
                case .converted: count { $0.converted += 1 }
                case .noted(let code, let message):
                    note(message, code: code, range: step.range)
                    count { $0.noted += 1 }
                }
            } catch let refusal as Refusal {
                if asksSystemCatalog(refusal), case .noted(let code, let message)? = forgetAnswer(step, refusal) {
                    note(message, code: code, range: step.range)
                    count { $0.noted += 1 }
                    return
                }
                refuse(region, refusal)
            } catch {
                refuse(region, Refusal(code: .unreadable, detail: "\(error)"))
            }
        case .branch(let branch): lower(branch)
        case .loop(let loop):
            currentStep = loop.header
            currentComments = loop.comments
            do {
                try lower(loop)
            } catch let refusal as Refusal {
                refuse(region, refusal)
            } catch {
                refuse(region, Refusal(code: .loop, detail: "\(error)"))
            }
        case .block(let block):
            do {
                try lower(block)
            } catch let refusal as Refusal {
                refuse(region, refusal)
            } catch {
                refuse(region, Refusal(code: .unreadable, detail: "\(error)"))
            }
        }
    }

    /// How a step ended when it wasn't refused.
    enum Outcome {
        case converted
        case noted(code: String, String)
    }

    func lower(_ step: Step) throws -> Outcome {
        switch step.kind {
        case .sql: return try lowerSQL(step.range)
        case .assignment(let target, let value):
            try assign(target, value)
            return .converted
        case .null: return .noted(code: "P2D-202", "NULL does nothing")
        case .commit:
            try lowerCommit()
            return .noted(code: "P2D-203", "COMMIT: dbt commits each model by itself")
        case .rollback:
            throw Refusal(code: .sideEffect, detail: "ROLLBACK takes back what the call did so far")
        case .raise(let level, let arguments): return try lowerRaise(level, arguments)
        case .assert: return .noted(code: "P2D-205", "ASSERT is dropped: make it a data test where it matters")
        case .getDiagnostics(let stacked, let items):
            try lowerDiagnostics(stacked: stacked, items)
            return .converted
        case .perform(let range): return try lowerPerform(range)
        case .call(let range):
            try lowerCall(range)
            return .converted
        case .execute(let call): return try lowerExecute(call)
        case .returnValue(let value):
            try lowerReturn(value)
            return .converted
        case .returnQuery(let query):
            try lowerReturnQuery(query)
            return .converted
        case .returnNext(let value):
            try lowerReturnNext(value)
            return .converted
        case .returnQueryDynamic(let call):
            try lowerReturnDynamic(call)
            return .converted
        case .open, .fetch, .close:
            return try lowerCursorStep(step)
        case .exit, .continue: return try lowerJump(step.kind)
        case .opaque where step.range.isEmpty:
            throw Refusal(
                code: .unreadable,
                detail: "the routine's text is cut short: an END, or a word such as THEN or LOOP, is missing")
        case .opaque:
            throw Refusal(code: .unreadable, detail: "'\(short(source.text(step.range)))' is not understood")
        }
    }

    // MARK: refusing

    /// Records a refusal and makes everything that the region may change unusable.
    func refuse(_ region: Region, _ refusal: Refusal) {
        if !iterations.isEmpty || isUnrolling || stateLoops > 0 || refusesAsWhole {
            // The loop is converted as a whole or not at all.
            loopRefusal = loopRefusal ?? (refusal, region.range)
            return
        }
        let range: Range<Int>
        if case .loop(let loop) = region { range = loop.header } else { range = region.range }
        let finding = finding(refusal, range: range)
        if !findings.contains(finding) { findings.append(finding) }
        countLeaves(region) { $0.refused += 1 }
        poison(region, finding)
    }

    private func poison(_ region: Region, _ finding: Finding) {
        let effects = Effects(source: source, region: region)
        if effects.isUnknown { everythingRefused = everythingRefused ?? finding }
        for reference in effects.tables {
            guard let name = try? tableName(reference) else {
                everythingRefused = everythingRefused ?? finding
                continue
            }
            poisonTable(name, finding)
        }
        for name in effects.createdTables where tables[temporary[name] ?? QualifiedName("pg_temp", name)] == nil {
            let full = QualifiedName("pg_temp", name)
            temporary[name] = full
            tables[full] = TableState(
                version: refusedVersion(finding, name: name, columns: [], table: full), columns: [], isTemporary: true)
        }
        for name in effects.variables {
            guard let variable = scope.find(name) else { continue }
            poisonVariable(variable, finding)
        }
        if effects.hasReturn { everythingRefused = everythingRefused ?? finding }
        diagnostics = .unknown
    }

    func poisonVariable(_ variable: Variable, _ finding: Finding) {
        let id = refusedVersion(
            finding, name: variable.name, columns: [VersionColumn(variable.name, variable.type)], table: nil)
        variable.value = read(id, column: variable.name)
        for field in variable.fields ?? [] { poisonVariable(field, finding) }
        if variable.isRecord { variable.fields = variable.fields ?? [] }
    }

    func poisonTable(_ named: QualifiedName, _ finding: Finding) {
        let name = rootOfPartition(named)
        var state: TableState
        if let known = tables[name] {
            state = known
        } else if let table = catalog.table(name) {
            state = TableState(
                version: VersionID(0), columns: table.columns.map(tableColumn), isTemporary: false, catalog: table)
        } else {
            return
        }
        state.version = refusedVersion(
            finding, name: name.name, columns: state.columns.map { VersionColumn($0.name, $0.type) }, table: name)
        state.isEmpty = false
        tables[name] = state
        markWritten(name)
        // What its triggers would have written is not known either.
        for other in triggerWrites(name, seen: []) where other != name && !isPoisoned(other) {
            poisonTable(other, finding)
        }
    }

    private func isPoisoned(_ name: QualifiedName) -> Bool {
        guard let state = tables[name], case .refused = versions[state.version.rawValue].body else { return false }
        return true
    }

    func markWritten(_ name: QualifiedName) {
        guard tables[name]?.isTemporary != true, !writeOrder.contains(name) else { return }
        writeOrder.append(name)
    }

    // MARK: branches

    private func lower(_ branch: Branch) {
        currentComments = branch.comments
        let saved = snapshot()
        var earlier: [SQLTemplate] = []
        do {
            for arm in branch.arms {
                guard let first = arm.conditions.first else { continue }
                let line = source.line(first.lowerBound)
                currentStep = first
                let negations = earlier.map { "not \($0)" as SQLTemplate }
                path += negations
                defer { path.removeLast(negations.count) }
                let expression = try armExpression(arm, subject: branch.subject)
                let condition = condition(
                    expression.template, name: "condition_line_\(line)", taint: expression.taint,
                    isVolatile: expression.isVolatile)
                if condition.plainText == "coalesce((false), false)" {
                    for region in arm.body { countLeaves(region) { $0.noted += 1 } }
                } else {
                    under(mutant == .armConditionDropped ? "true" : condition) {
                        learn(from: arm, subject: branch.subject)
                        run(arm.body)
                    }
                }
                earlier.append(condition)
            }
            let negations = mutant == .elseNotNegated ? [] : earlier.map { "not \($0)" as SQLTemplate }
            path += negations
            defer {
                path.removeLast(negations.count)
                learn(behind: branch)
            }
            if let otherwise = branch.otherwise {
                run(otherwise)
            } else if branch.isCase {
                // CASE without a matching arm and without ELSE raises CASE_NOT_FOUND.
                currentStep = branch.range.lowerBound..<min(branch.range.lowerBound + 1, branch.range.upperBound)
                raise(SQLTemplate("'case not found'"), state: "case_not_found")
            }
        } catch let refusal as Refusal {
            if runWithoutEffect(branch, from: saved) { return }
            refuse(.branch(branch), refusal)
        } catch {
            refuse(.branch(branch), Refusal(code: .unreadable, detail: "\(error)"))
        }
    }

    private func armExpression(_ arm: Branch.Arm, subject: Range<Int>?) throws -> Expression {
        guard let subject else { return try expression(arm.conditions[0]) }
        var parts: [SQLTemplate] = []
        var result = try expression(subject)
        for value in arm.conditions {
            let other = try expression(value)
            parts.append("(\(result.template)) = (\(other.template))")
            result.taint.formUnion(other.taint)
        }
        result.template = .joined(parts, separator: " or ")
        return result
    }

    // MARK: expressions

    /// A rewritten expression and what it depends on.
    struct Expression {
        var template: SQLTemplate
        var taint: Taint
        var isVolatile: Bool
        var type: String?
        /// Its characters, for texts that may be executed later.
        var text: DynamicText?
        /// The texts that it may yield.
        var variants: [TextVariant]?
        /// The type of the column it comes from, where it is cast in any case.
        var known: String?
    }

    /// Rewrites an expression of the current routine.
    ///
    /// - Parameter target: the type of the variable that it is assigned to.
    func expression(_ range: Range<Int>, target: String? = nil) throws -> Expression {
        let text = textOf(range)
        var result = try plainExpression(range, in: source, scope: scope, foretells: true, target: target)
        result.text = text
        result.variants = possibleTexts(range) ?? text.map { [TextVariant(condition: nil, text: $0)] }
        return result
    }

    /// The same without a look at what text it yields.
    func plainExpression(
        _ range: Range<Int>, in source: SourceText, scope: Scope?, foretells: Bool = false, target: String? = nil
    ) throws -> Expression {
        var rewriter = Rewriter(self, source, scope: scope)
        if foretells { try foretellFailures(range, target: target, rewriter: &rewriter) }
        let template = try rewriter.expression(range)
        let type = inferType(source, range, visible: [], scope: scope)
        return Expression(template: template, taint: rewriter.taint, isVolatile: rewriter.isVolatile, type: type)
    }
}

/// What a region may change, read from its tokens: good enough to know what a refusal spoils.
struct Effects {
    var tables: [RelationReference] = []
    var createdTables: [String] = []
    var variables: Set<String> = []
    /// Calls something whose effects aren't in the text.
    var isUnknown = false
    var hasReturn = false

    init(source: SourceText, region: Region) {
        var index = region.range.lowerBound
        let end = region.range.upperBound
        while index < end {
            switch source.keyword(index) {
            case .into where source.keyword(index - 1) == .insert || source.keyword(index - 1) == .merge:
                add(readRelationName(source, index + 1))
            case .into:
                for piece in index + 1..<min(index + 40, end) {
                    if source.keyword(piece) == .strict { continue }
                    if source.isName(piece), source.kind(piece - 1) != .dot { variables.insert(source.name(piece)) }
                    if source.kind(piece + 1) != .comma && source.kind(piece) != .comma
                        && source.kind(piece + 1) != .dot
                        && source.kind(piece) != .dot
                    {
                        break
                    }
                }
            case .update
            where source.keyword(index - 1) != .for && source.keyword(index - 1) != .do
                && source.keyword(index + 1) != .set:
                add(readRelationName(source, source.keyword(index + 1) == .only ? index + 2 : index + 1))
            case .from where source.keyword(index - 1) == .delete:
                add(readRelationName(source, source.keyword(index + 1) == .only ? index + 2 : index + 1))
            case .materialized where source.keyword(index - 1) == .refresh && source.keyword(index + 1) == .view:
                add(readRelationName(source, source.keyword(index + 2) == .concurrently ? index + 3 : index + 2))
            case .truncate:
                if case .truncate(let list, _, _) = readStatement(source, index..<Self.end(source, index, end)) {
                    tables += list
                }
            case .table where [.create, .temp, .temporary, .unlogged].contains(source.keyword(index - 1)):
                let at = source.keyword(index + 1) == .if ? index + 4 : index + 1
                if source.isName(at) { createdTables.append(source.name(at)) }
            case .call, .execute, .perform, .do, .alter: isUnknown = true
            case .return, .raise: hasReturn = true
            default: break
            }
            if source.isSymbol(index, ":="), index > 0 {
                var at = index - 1
                while at > region.range.lowerBound, source.kind(at) == .rightBracket || source.kind(at - 1) == .dot {
                    at -= source.kind(at - 1) == .dot ? 2 : 1
                }
                variables.insert(source.name(at))
            }
            index += 1
        }
        collectAssignments(source, region)
    }

    private static func end(_ source: SourceText, _ from: Int, _ limit: Int) -> Int {
        source.firstTopLevel(in: from..<limit) { source.kind($0) == .semicolon } ?? limit
    }

    private mutating func add(_ reference: RelationReference?) {
        if let reference { tables.append(reference) }
    }

    private mutating func collectAssignments(_ source: SourceText, _ region: Region) {
        switch region {
        case .step(let step):
            if case .assignment(let target, _) = step.kind { variables.insert(source.name(target.lowerBound)) }
            if case .getDiagnostics(_, let items) = step.kind {
                for item in items { variables.insert(source.name(item.target.lowerBound)) }
            }
            if case .fetch(_, _, let targets, _) = step.kind {
                for target in targets { variables.insert(source.name(target.lowerBound)) }
            }
        case .branch(let branch):
            for arm in branch.arms { for inner in arm.body { collectAssignments(source, inner) } }
            for inner in branch.otherwise ?? [] { collectAssignments(source, inner) }
        case .loop(let loop): for inner in loop.body { collectAssignments(source, inner) }
        case .block(let block):
            for inner in block.body { collectAssignments(source, inner) }
            for handler in block.handlers { for inner in handler.body { collectAssignments(source, inner) } }
        }
    }
}
