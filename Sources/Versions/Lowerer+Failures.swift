import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    /// Whether failures are to be foretold here: something would catch them, and the step runs once, for a call.
    var foretellsFailures: Bool {
        inliningDepth == 0 && withScope.isEmpty && !scope.isDynamic
            && handlersInSight.contains { $0.catches && !$0.handled.isEmpty }
    }

    /// Inside a loop over rows only the body's own handlers: a failure that goes further ends the loop half-way.
    private var handlersInSight: ArraySlice<Reach> { reaches.dropFirst(iterations.last?.outerReaches ?? 0) }

    /// Whether a handler in the body of a loop that carries its tables would take a failure: of one iteration, then.
    var isCaughtInIteration: Bool {
        guard let iteration = iterations.last, iteration.carries else { return false }
        return reaches.dropFirst(iteration.outerReaches).contains(where: \.catches)
    }

    /// Whether some handler around the current step takes a failure. Rare ones must be named.
    func isCaught(_ state: String, isRare: Bool = false) -> Bool {
        handlersInSight.contains { reach in
            reach.catches
                && reach.handled.contains { (!isRare || $0 != "others") && FailureCodes.takes($0, state) }
        }
    }

    /// The statement fails where the predicate holds: control goes to the handler, everything else is done where not.
    func foretell(
        _ predicate: SQLTemplate, state: String, message: SQLTemplate, detail: SQLTemplate? = "''",
        names: [String: String] = [:]
    ) {
        guard isCaught(state), let target = reaches.last(where: \.catches) else { return }
        let hides = hidesGuard
        hidesGuard = false
        defer { hidesGuard = hides }
        let saved = currentComments
        currentComments = ["whether the statement fails: \(state.replacing("_", with: " "))"]
        defer { currentComments = saved }
        let line = source.line(currentStep.lowerBound)
        let failed = condition(predicate, name: "\(state)_line_\(line)", taint: [], isVolatile: false)
        var raised = Raised(condition: failed, message: message, state: state, fallback: committed)
        raised.detail = detail
        raised.names = names
        target.raises.append(raised)
        var goesOn: SQLTemplate = target.condition.map { "\($0) and not \(failed)" } ?? "not \(failed)"
        if goesOn.relations.count > 2 {
            // Every later step asks for it: one value is easier to read than a list of them.
            currentComments = ["whether nothing has failed so far"]
            goesOn = scalar(goesOn, name: "no_failure_up_to_line_\(line)", type: "boolean")
        }
        target.condition = goesOn
    }

    // MARK: queries

    /// Failures of a query's select lists: divisions, casts and assignments to narrower columns.
    ///
    /// Precondition: the rows for which the engine computes a select list are those of FROM and WHERE; with LIMIT that
    /// is not so, and of nested queries nothing is said.
    func foretellFailures(
        of query: Query, targets: [String?], rewriter: inout Rewriter, finder: ColumnFinder, scope: Scope?
    ) throws {
        guard foretellsFailures,
            !query.tail.contains(where: { [.limit, .offset, .fetch].contains(query.source.keyword($0)) })
        else { return }
        for arm in query.arms {
            switch arm {
            case .select(let select):
                try foretellFailures(
                    of: select, targets: targets, in: query.source, rewriter: &rewriter, finder: finder, scope: scope)
            case .values(let rows, _, _):
                for row in rows {
                    var risks = RowRisks(self, query.source, scope: scope) { [self] in
                        inferType(query.source, $0, visible: [], scope: scope)
                    }
                    for (position, item) in row.enumerated() {
                        try risks.add(item, target: targets[safe: position] ?? nil, rewriter: &rewriter)
                    }
                    risks.foretell { $0 }
                }
            default: break
            }
        }
    }

    private func foretellFailures(
        of select: Select, targets: [String?], in source: SourceText, rewriter: inout Rewriter, finder: ColumnFinder,
        scope: Scope?
    ) throws {
        var risks = RowRisks(self, source, scope: scope) { range in
            finder.type(of: range, in: select, source: source, scope: scope)
        }
        guard !select.items.contains(where: { $0.star != nil && targets.isEmpty == false && select.items.count > 1 })
        else { return }
        for (position, item) in select.items.enumerated() where item.star == nil {
            try risks.add(item.expression, target: targets[safe: position] ?? nil, rewriter: &rewriter)
        }
        guard !risks.isEmpty else { return }
        let from: SQLTemplate = try select.fromRange.map { " from \(try rewriter.render($0))" } ?? ""
        let filter = try select.filter.map { try rewriter.render($0) }
        func rows(_ condition: SQLTemplate) -> SQLTemplate {
            let all: SQLTemplate = filter.map { "(\($0)) and (\(condition))" } ?? condition
            return "\(from) where \(all)"
        }
        if select.groupBy == nil, select.having == nil, !risks.hasAggregate {
            if from.isEmpty || !iterations.isEmpty {
                guard from.isEmpty else { return }
                risks.foretell { condition in filter.map { "(\($0)) and (\(condition))" } ?? condition }
            } else {
                risks.foretell(over: rows)
            }
            return
        }
        guard iterations.isEmpty,
            let groups = try groups(select, source, rewriter: &rewriter, finder: finder, scope: scope)
        else { return }
        let having = try select.having.map { try rewriter.render($0) }
        risks.foretell(
            over: rows,
            groups: { condition in
                let kept: SQLTemplate = having.map { "(\($0)) and (\(condition))" } ?? condition
                return from + (filter.map { " where \($0)" } ?? "") + groups + " having \(kept)"
            })
    }

    /// ` group by ..` with expressions in place of positions and output names; nil when it has other forms.
    private func groups(
        _ select: Select, _ source: SourceText, rewriter: inout Rewriter, finder: ColumnFinder, scope: Scope?
    ) throws -> SQLTemplate? {
        guard let groupBy = select.groupBy else { return "" }
        let inputs = Set(
            finder.visible(select.from, source: source, scope: scope).flatMap { ($0.columns ?? []).map(\.name) })
        var pieces: [SQLTemplate] = []
        for piece in source.splitAtCommas(groupBy) {
            guard let first = piece.first else { return nil }
            var range = piece
            if piece.count == 1, let number = Int(source.text(first)) {
                guard let item = select.items[safe: number - 1], item.star == nil else { return nil }
                range = item.expression
            } else if piece.count == 1, !inputs.contains(source.name(first)),
                let item = select.items.first(where: { $0.alias == source.name(first) })
            {
                range = item.expression
            }
            pieces.append(try rewriter.render(range))
        }
        return " group by \(.joined(pieces, separator: ", "))"
    }

    /// Failures of an UPDATE's SET list, for the rows that it changes.
    func foretellFailures(
        of statement: UpdateStatement, _ state: TableState, over from: SQLTemplate, filter: SQLTemplate?,
        rewriter: inout Rewriter, finder: ColumnFinder
    ) throws {
        guard foretellsFailures else { return }
        let source = rewriter.source
        let scope = rewriter.scope
        let visible =
            [VisibleRelation(name: statement.target.exposedName, columns: columns(state.version))]
            + finder.visible(statement.from, source: source, scope: scope)
        var risks = RowRisks(self, source, scope: scope) { [self] in
            inferType(source, $0, visible: visible, scope: scope, finder: finder)
        }
        for assignment in statement.assignments where !assignment.isList && !assignment.isPartial {
            let target = state.columns.first { $0.name == assignment.columns.first }?.type
            try risks.add(assignment.value, target: target, rewriter: &rewriter)
        }
        guard !risks.isEmpty, !risks.hasAggregate else { return }
        risks.foretell(over: { condition in
            let all: SQLTemplate = filter.map { "(\($0)) and (\(condition))" } ?? condition
            return " from \(from) where \(all)"
        })
    }

    // MARK: expressions

    /// Failures of an expression that stands alone: an assignment, a condition.
    func foretellFailures(_ range: Range<Int>, target: String?, rewriter: inout Rewriter) throws {
        guard foretellsFailures else { return }
        let source = rewriter.source
        let scope = rewriter.scope
        var risks = RowRisks(self, source, scope: scope) { [self] in
            inferType(source, $0, visible: [], scope: scope)
        }
        try risks.add(range, target: target, rewriter: &rewriter)
        guard !risks.hasAggregate else { return }
        risks.foretell { $0 }
    }
}

/// What can fail when one select list is computed.
struct RowRisks {
    let lowerer: Lowerer
    let source: SourceText
    let scope: Scope?
    let type: (Range<Int>) -> String?
    private var perRow: [FailureCondition] = []
    private var perGroup: [FailureCondition] = []
    private(set) var hasAggregate = false

    init(_ lowerer: Lowerer, _ source: SourceText, scope: Scope?, type: @escaping (Range<Int>) -> String?) {
        self.lowerer = lowerer
        self.source = source
        self.scope = scope
        self.type = type
    }

    var isEmpty: Bool { perRow.isEmpty && perGroup.isEmpty }

    /// Adds an item's failures and makes its operations safe in what the rewriter writes from now on.
    mutating func add(_ item: Range<Int>, target: String?, rewriter: inout Rewriter) throws {
        var scanner = RiskScanner(source)
        let isKnown = scanner.scan(item)
        hasAggregate = hasAggregate || scanner.hasAggregate
        guard isKnown, scanner.isRepeatable, !scanner.hasWindow else { return }
        let risk = CastRisk(serverVersion: lowerer.catalog.snapshot.serverVersion)
        for operation in scanner.operations {
            // Inner operations come first: what they make safe is safe in the outer ones' conditions.
            var found: [FailureCondition] = []
            switch operation.kind {
            case .division(let dividend, let divisor):
                guard !isNeverZero(divisor), lowerer.isCaught("division_by_zero") else { continue }
                let below = try rewriter.render(divisor)
                var condition: SQLTemplate = "\(operand(below, divisor)) = 0"
                if !isConstant(dividend) {
                    condition.append(
                        " and \(operand(try rewriter.render(dividend), dividend)) is not null" as SQLTemplate)
                }
                found = [
                    FailureCondition(
                        state: "division_by_zero", condition: condition, message: "'division by zero'",
                        isFixedMessage: true)
                ]
                rewriter.makeSafe(divisor) { "nullif(\($0), 0)" }
            case .cast(let operand, let type):
                guard let from = self.type(operand), !isConstant(operand) else { continue }
                let value = self.operand(try rewriter.render(operand), operand)
                found = risk.castFailures(value, from: from, to: type).filter {
                    lowerer.isCaught($0.state, isRare: $0.isRare)
                }
                if !found.isEmpty, risk.safeOperand(value, from: from, to: type) != nil {
                    rewriter.makeSafe(operand) { risk.safeOperand($0, from: from, to: type) ?? $0 }
                }
            }
            guard !found.isEmpty else { continue }
            let guards = try operation.guards.map { try template($0, &rewriter) }
            for failure in found {
                var failure = failure
                failure.condition = .joined(guards + [failure.condition], separator: " and ")
                if operation.isInsideAggregate || !scanner.hasAggregate {
                    perRow.append(failure)
                } else {
                    perGroup.append(failure)
                }
            }
        }
        guard let target, let from = type(item), !isConstant(item) else { return }
        let value = operand(try rewriter.render(item), item)
        for failure in risk.assignmentFailures(value, from: from, to: target)
        where lowerer.isCaught(failure.state, isRare: failure.isRare) {
            if scanner.hasAggregate { perGroup.append(failure) } else { perRow.append(failure) }
        }
    }

    private func operand(_ value: SQLTemplate, _ range: Range<Int>) -> SQLTemplate {
        let isPath = range.count == 1 || range.count == 3 && source.kind(range.lowerBound + 1) == .dot
        let isGroup =
            source.kind(range.upperBound - 1) == .rightParen
            && [range.lowerBound, range.lowerBound + 1].contains { index in
                source.kind(index) == .leftParen && source.closing(of: index) == range.upperBound - 1
            }
        return isPath || isGroup ? value : "(\(value))"
    }

    private func isConstant(_ range: Range<Int>) -> Bool {
        range.allSatisfy { [.number, .string, .op].contains(source.kind($0)) }
            || range.count == 1 && source.keyword(range.lowerBound) == .null
    }

    /// A constant, NULLIF(x, 0) and the like.
    private func isNeverZero(_ range: Range<Int>) -> Bool {
        var inner = range
        while source.kind(inner.lowerBound) == .leftParen, source.closing(of: inner.lowerBound) == inner.upperBound - 1
        {
            inner = source.inside(inner.lowerBound)
        }
        guard let first = inner.first else { return false }
        if let cast = inner.first(where: { source.isSymbol($0, "::") }), cast == first + 1 { inner = first..<cast }
        if inner.count == 1, source.kind(first) == .number { return source.text(first).contains { "1"..."9" ~= $0 } }
        guard source.name(first) == "nullif", source.kind(first + 1) == .leftParen,
            source.closing(of: first + 1) == inner.upperBound - 1
        else { return false }
        let pieces = source.splitAtCommas(source.inside(first + 1))
        return pieces.count == 2 && Double(source.text(pieces[1])) == 0
    }

    private func template(_ guarding: EvaluationGuard, _ rewriter: inout Rewriter) throws -> SQLTemplate {
        switch guarding {
        case .holds(let range): return "(\(try rewriter.render(range)))"
        case .doesNotHold(let range): return "(\(try rewriter.render(range))) is not true"
        case .isNotFalse(let range): return "(\(try rewriter.render(range))) is not false"
        case .isNull(let range): return "(\(try rewriter.render(range))) is null"
        case .equals(let left, let right):
            return "(\(try rewriter.render(left))) = (\(try rewriter.render(right)))"
        case .differs(let left, let right):
            return "((\(try rewriter.render(left))) = (\(try rewriter.render(right)))) is not true"
        }
    }

    // MARK: foretelling

    /// Values of one row.
    func foretell(_ whole: (SQLTemplate) -> SQLTemplate) {
        for failures in byState(perRow + perGroup) {
            let condition = any(failures)
            lowerer.foretell(whole(condition), state: failures[0].state, message: message(failures))
        }
    }

    /// Values of the rows or groups that `rows` and `groups` make of a condition, as ` from .. where ..`.
    func foretell(
        over rows: @escaping (SQLTemplate) -> SQLTemplate, groups: ((SQLTemplate) -> SQLTemplate)? = nil
    ) {
        for (list, clause) in [(perRow, rows), (perGroup, groups ?? rows)] {
            for failures in byState(list) {
                let from = clause(any(failures))
                let text: SQLTemplate =
                    failures.allSatisfy { $0.isFixedMessage && $0.message == failures[0].message }
                    ? failures[0].message
                    : "(select \(message(failures)) as message\(from) order by message limit 1)"
                lowerer.foretell("exists (select 1\(from))", state: failures[0].state, message: text)
            }
        }
    }

    private func any(_ failures: [FailureCondition]) -> SQLTemplate {
        failures.count == 1
            ? failures[0].condition : .joined(failures.map { "(\($0.condition))" }, separator: " or ")
    }

    private func message(_ failures: [FailureCondition]) -> SQLTemplate {
        if failures.allSatisfy({ $0.message == failures[0].message }) { return failures[0].message }
        let arms = failures.map { "when \($0.condition) then \($0.message)" as SQLTemplate }
        return "case \(.joined(arms, separator: " ")) end"
    }

    /// One list a state, in the order of their first appearance.
    private func byState(_ failures: [FailureCondition]) -> [[FailureCondition]] {
        var result: [[FailureCondition]] = []
        for failure in failures {
            if let index = result.firstIndex(where: { $0[0].state == failure.state }) {
                result[index].append(failure)
            } else {
                result.append([failure])
            }
        }
        return result
    }
}
