import Steps
import Tokens
import Types

/// What must hold before a part of an expression is evaluated at all.
enum EvaluationGuard: Hashable {
    /// The condition is true: THEN, FILTER.
    case holds(Range<Int>)
    /// The condition is false or NULL: a later WHEN, ELSE, the right side of OR.
    case doesNotHold(Range<Int>)
    /// The right side of AND.
    case isNotFalse(Range<Int>)
    /// A later argument of COALESCE.
    case isNull(Range<Int>)
    /// `CASE a WHEN b`.
    case equals(Range<Int>, Range<Int>)
    case differs(Range<Int>, Range<Int>)
}

/// A part of an expression that fails for some of its operands.
struct RiskyOperation {
    enum Kind {
        /// `a / b`, `a % b`, `mod(a, b)`, `div(a, b)`.
        case division(dividend: Range<Int>, divisor: Range<Int>)
        /// `a::t`, `cast(a as t)`; the type is spelled as `format_type` prints it.
        case cast(operand: Range<Int>, type: String)
    }
    var kind: Kind
    var guards: [EvaluationGuard]
    /// Part of an aggregate's argument: evaluated for each row, not for each group.
    var isInsideAggregate: Bool
}

/// Finds the operations of an expression that can fail on their operands, with the conditions under which the engine
/// gets to them: CASE, COALESCE, AND and OR stop early.
///
/// A reader of token ranges with PostgreSQL's precedences (manual, "Operator Precedence"). What it does not understand
/// makes the answer empty: a failure is only foretold where it is certain.
struct RiskScanner {
    let source: SourceText
    private(set) var operations: [RiskyOperation] = []
    /// Aggregates that are no window functions stand in it.
    private(set) var hasAggregate = false
    private(set) var hasWindow = false
    /// Numbers or chance: computing it twice is not the same as once.
    private(set) var isRepeatable = true
    private var guards: [EvaluationGuard] = []
    private var aggregateDepth = 0
    private var at = 0
    private var limit = 0
    private var depth = 0

    static let aggregates: Set<String> = [
        "count", "sum", "min", "max", "avg", "string_agg", "array_agg", "bool_and", "bool_or", "every", "json_agg",
        "jsonb_agg", "jsonb_object_agg", "json_object_agg", "stddev", "stddev_pop", "stddev_samp", "variance",
        "var_pop", "var_samp", "percentile_cont", "percentile_disc", "mode", "corr", "bit_and", "bit_or",
    ]
    private static let unrepeatable: Set<String> = [
        "nextval", "currval", "lastval", "setval", "random", "gen_random_uuid", "clock_timestamp", "uuid_generate_v4",
    ]

    init(_ source: SourceText) { self.source = source }

    /// Reads one expression; false, and nothing is kept of it, when it is not understood.
    @discardableResult mutating func scan(_ range: Range<Int>) -> Bool {
        let known = operations
        guard whole(range) else {
            operations = known
            return false
        }
        return true
    }

    private mutating func whole(_ range: Range<Int>) -> Bool {
        let saved = (at, limit)
        defer { (at, limit) = saved }
        guard depth < 60, !range.isEmpty else { return false }
        depth += 1
        defer { depth -= 1 }
        at = range.lowerBound
        limit = range.upperBound
        return expression(0) != nil && at == limit
    }

    private mutating func whole(_ range: Range<Int>, under more: [EvaluationGuard]) -> Bool {
        guards += more
        defer { guards.removeLast(more.count) }
        return whole(range)
    }

    // MARK: operators

    private static let comparisons: Set<String> = ["=", "<", ">", "<=", ">=", "<>", "!="]

    private func power(_ text: String) -> Int {
        if Self.comparisons.contains(text) { return 5 }
        switch text {
        case "+", "-": return 8
        case "*", "/", "%": return 9
        case "^": return 10
        case "::": return 15
        default: return 7
        }
    }

    /// Reads an expression whose operators bind at least as tightly as `least`.
    private mutating func expression(_ least: Int) -> Range<Int>? {
        let start = at
        guard operand() else { return nil }
        while at < limit {
            let left = start..<at
            switch source.kind(at) {
            case .op:
                let text = source.text(at)
                let power = power(text)
                guard power >= least else { return left }
                at += 1
                if text == "::" {
                    guard let type = typeName() else { return nil }
                    add(.cast(operand: left, type: type))
                    continue
                }
                guard let right = expression(power + 1) else { return nil }
                if text == "/" || text == "%" { add(.division(dividend: left, divisor: right)) }
            case .leftBracket:
                at = source.closing(of: at) + 1
                guard at <= limit else { return nil }
            default:
                guard let goesOn = wordOperator(left, least) else { return nil }
                guard goesOn else { return left }
            }
        }
        return start..<at
    }

    /// IS, BETWEEN, IN, LIKE, AND, OR and the like; false when the expression ends before it.
    private mutating func wordOperator(_ left: Range<Int>, _ least: Int) -> Bool? {
        switch source.keyword(at) {
        case .and:
            guard least <= 2 else { return false }
            at += 1
            guards.append(.isNotFalse(left))
            defer { guards.removeLast() }
            return expression(3) != nil ? true : nil
        case .or:
            guard least <= 1 else { return false }
            at += 1
            guards.append(.doesNotHold(left))
            defer { guards.removeLast() }
            return expression(2) != nil ? true : nil
        case .is:
            guard least <= 4 else { return false }
            at += 1
            if source.keyword(at) == .not { at += 1 }
            if source.keyword(at) == .distinct {
                at += 2
                return expression(5) != nil ? true : nil
            }
            guard at < limit, source.isName(at) else { return nil }
            at += 1
            return true
        case .not where [.between, .in, .like, .ilike, .similar].contains(source.keyword(at + 1)):
            guard least <= 6 else { return false }
            at += 1
            return membership()
        case .between, .in, .like, .ilike, .similar:
            guard least <= 6 else { return false }
            return membership()
        case .collate:
            at += 2
            return true
        default:
            guard source.name(at) == "at", source.name(at + 1) == "time" else { return nil }
            at += 3
            return expression(12) != nil ? true : nil
        }
    }

    private mutating func membership() -> Bool? {
        let word = source.keyword(at)
        at += 1
        switch word {
        case .between:
            if source.name(at) == "symmetric" { at += 1 }
            guard expression(7) != nil, source.keyword(at) == .and else { return nil }
            at += 1
            return expression(7) != nil ? true : nil
        case .in:
            guard source.kind(at) == .leftParen, list(at) else { return nil }
            at = source.closing(of: at) + 1
            return true
        default:
            if word == .similar { at += 1 }
            guard expression(7) != nil else { return nil }
            if source.name(at) == "escape" {
                at += 1
                guard expression(7) != nil else { return nil }
            }
            return true
        }
    }

    private mutating func add(_ kind: RiskyOperation.Kind) {
        operations.append(
            RiskyOperation(kind: kind, guards: guards, isInsideAggregate: aggregateDepth > 0))
    }

    // MARK: operands

    private mutating func operand() -> Bool {
        guard at < limit else { return false }
        switch source.kind(at) {
        case .number, .string, .parameter:
            at += 1
            return true
        case .op:
            guard ["-", "+", "~", "@"].contains(source.text(at)) else { return false }
            at += 1
            return expression(13) != nil
        case .leftParen:
            guard list(at) else { return false }
            at = source.closing(of: at) + 1
            return fields()
        case .word, .quotedIdentifier: return word()
        default: return false
        }
    }

    /// `.field` behind parentheses.
    private mutating func fields() -> Bool {
        while source.kind(at) == .dot, at < limit { at += 2 }
        return at <= limit
    }

    /// Items between parentheses; a query in them is not looked into.
    private mutating func list(_ open: Int) -> Bool {
        let inside = source.inside(open)
        guard source.closing(of: open) < source.count else { return false }
        if [.select, .with, .values].contains(source.keyword(inside.lowerBound)) || inside.isEmpty { return true }
        for piece in source.splitAtCommas(inside) where !whole(piece) { return false }
        return true
    }

    private mutating func word() -> Bool {
        switch source.keyword(at) {
        case .not:
            at += 1
            return expression(3) != nil
        case .case: return caseExpression()
        case .cast where source.kind(at + 1) == .leftParen:
            let inside = source.inside(at + 1)
            guard let split = source.firstTopLevel(in: inside, where: { source.keyword($0) == .as }) else {
                return false
            }
            let operand = inside.lowerBound..<split
            guard whole(operand) else { return false }
            add(.cast(operand: operand, type: TypeName.normalized(source.text(split + 1..<inside.upperBound))))
            at = source.closing(of: at + 1) + 1
            return true
        case .exists:
            at = source.closing(of: at + 1) + 1
            return at <= limit
        case .array where source.kind(at + 1) == .leftBracket || source.kind(at + 1) == .leftParen:
            if source.kind(at + 1) == .leftBracket, !list(at + 1) { return false }
            at = source.closing(of: at + 1) + 1
            return at <= limit
        default: break
        }
        // `date '2024-01-01'`, `interval '1' day`
        if source.kind(at) == .word, source.kind(at + 1) == .string, at + 1 < limit {
            at += 2
            while at < limit, ["year", "month", "day", "hour", "minute", "second", "to"].contains(source.name(at)) {
                at += 1
            }
            return true
        }
        let start = at
        at += 1
        while at + 1 < limit, source.kind(at) == .dot {
            guard source.isName(at + 1) || source.isSymbol(at + 1, "*") else { return false }
            at += 2
        }
        guard at < limit, source.kind(at) == .leftParen else { return true }
        return call(source.name(at - 1), isQualified: at - start > 1)
    }

    // MARK: CASE

    private mutating func caseExpression() -> Bool {
        var depth = 0
        var end = at
        var marks: [Int] = []
        while end < limit {
            switch source.keyword(end) {
            case .case: depth += 1
            case .end:
                depth -= 1
            case .when, .then, .else: if depth == 1 { marks.append(end) }
            default: break
            }
            if depth == 0 { break }
            end = source.next(end)
        }
        guard end < limit, let first = marks.first else { return false }
        marks.append(end)
        let subject: Range<Int>? = first > at + 1 ? at + 1..<first : nil
        if let subject, !whole(subject) { return false }
        var earlier: [EvaluationGuard] = []
        var current: Range<Int>?
        for (mark, next) in zip(marks, marks.dropFirst()) {
            let part = mark + 1..<next
            switch source.keyword(mark) {
            case .when:
                guard whole(part, under: earlier) else { return false }
                current = part
            case .then:
                guard let test = current else { return false }
                let holds: EvaluationGuard = subject.map { .equals($0, test) } ?? .holds(test)
                guard whole(part, under: earlier + [holds]) else { return false }
                earlier.append(subject.map { .differs($0, test) } ?? .doesNotHold(test))
            default:
                guard whole(part, under: earlier) else { return false }
            }
        }
        at = end + 1
        return true
    }

    // MARK: calls

    private mutating func call(_ name: String, isQualified: Bool) -> Bool {
        if Self.unrepeatable.contains(name) { isRepeatable = false }
        let open = at
        let close = source.closing(of: open)
        guard close < limit else { return false }
        var behind = close + 1
        // WITHIN GROUP (..), FILTER (..), OVER (..) or OVER name
        var filter: Range<Int>?
        var isWindow = false
        if source.name(behind) == "within" { behind = source.closing(of: behind + 2) + 1 }
        if source.name(behind) == "filter", source.kind(behind + 1) == .leftParen {
            let inside = source.inside(behind + 1)
            filter = inside.lowerBound + 1..<inside.upperBound
            behind = source.closing(of: behind + 1) + 1
        }
        if source.keyword(behind) == .over {
            isWindow = true
            hasWindow = true
            behind = source.kind(behind + 1) == .leftParen ? source.closing(of: behind + 1) + 1 : behind + 2
        }
        guard behind <= limit else { return false }
        let isAggregate = !isWindow && !isQualified && Self.aggregates.contains(name)
        if isAggregate {
            hasAggregate = true
            aggregateDepth += 1
        }
        defer { if isAggregate { aggregateDepth -= 1 } }
        if let filter, !whole(filter) { return false }
        guard arguments(name, source.inside(open), under: filter.map { [.holds($0)] } ?? []) else { return false }
        at = behind
        return true
    }

    private mutating func arguments(_ name: String, _ inside: Range<Int>, under filter: [EvaluationGuard]) -> Bool {
        guards += filter
        defer { guards.removeLast(filter.count) }
        if inside.isEmpty || source.isSymbol(inside.lowerBound, "*") && inside.count == 1 { return true }
        if [.select, .with].contains(source.keyword(inside.lowerBound)) { return true }
        var pieces = source.splitAtCommas(inside)
        if ["extract", "substring", "trim", "overlay", "position"].contains(name) {
            return pieces.allSatisfy { special(name, $0) }
        }
        // DISTINCT and VARIADIC before, ORDER BY behind the arguments.
        for index in pieces.indices {
            var piece = pieces[index]
            if [.distinct, .all].contains(source.keyword(piece.lowerBound))
                || source.name(piece.lowerBound) == "variadic"
            {
                piece = piece.lowerBound + 1..<piece.upperBound
            }
            if let order = source.firstTopLevel(in: piece, where: { source.keyword($0) == .order }) {
                pieces = pieces.prefix(index) + [piece.lowerBound..<order]
                break
            }
            if piece.count > 2, source.text(piece.lowerBound + 1) == "=>" {
                piece = piece.lowerBound + 2..<piece.upperBound
            }
            pieces[index] = piece
        }
        if name == "coalesce" {
            var earlier: [EvaluationGuard] = []
            for piece in pieces {
                guard whole(piece, under: earlier) else { return false }
                earlier.append(.isNull(piece))
            }
            return true
        }
        for piece in pieces where !whole(piece) { return false }
        if ["mod", "div"].contains(name), pieces.count == 2 {
            add(.division(dividend: pieces[0], divisor: pieces[1]))
        }
        return true
    }

    /// `extract(year from d)`, `trim(both ' ' from t)`: words between the operands.
    private mutating func special(_ name: String, _ range: Range<Int>) -> Bool {
        var start = range.lowerBound
        if name == "extract" { start += 2 }
        if ["both", "leading", "trailing"].contains(source.name(start)) { start += 1 }
        var index = start
        while index <= range.upperBound {
            let word = index < range.upperBound ? source.keyword(index) : Keyword.none
            let ends =
                index == range.upperBound || word == .from || word == .for || word == .in
                || source.name(index) == "placing"
            if ends {
                if start < index, !whole(start..<index) { return false }
                start = index + 1
            }
            index = index < range.upperBound ? source.next(index) : index + 1
        }
        return true
    }

    // MARK: types

    /// The type's name behind `::`.
    private mutating func typeName() -> String? {
        let start = at
        guard source.isName(at) else { return nil }
        let first = source.name(at)
        at += 1
        while at + 1 < limit, source.kind(at) == .dot { at += 2 }
        if ["double", "character", "bit"].contains(first), ["precision", "varying"].contains(source.name(at)),
            at < limit
        {
            at += 1
        }
        if source.kind(at) == .leftParen, at < limit { at = source.closing(of: at) + 1 }
        if ["timestamp", "time"].contains(first), at < limit, ["with", "without"].contains(source.name(at)),
            source.name(at + 1) == "time"
        {
            at += 3
        }
        while at < limit, source.kind(at) == .leftBracket { at = source.closing(of: at) + 1 }
        guard at <= limit else { return nil }
        return TypeName.normalized(source.text(start..<at))
    }
}
