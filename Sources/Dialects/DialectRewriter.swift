import Steps
import Tokens
import Types

/// Rewrites queries and expressions from PostgreSQL to the target, token by token: what the rules do not change stays as
/// it is, blanks and comments included.
///
/// Only what decides about the meaning is read: queries for what names mean, products and casts for their operands, calls
/// for their arguments.
struct DialectRewriter {
    let source: SourceText
    let types: TargetTypes
    let columns: QueryColumns
    /// In a CHECK, where the target takes ANY for a subquery and forbids it.
    var isConstraint = false

    var rules: DialectRules { types.rules }

    init(source: SourceText, types: TargetTypes) {
        self.source = source
        self.types = types
        columns = QueryColumns(source: source, types: types)
    }

    // MARK: queries

    /// A query with all that belongs to it.
    ///
    /// - Parameters:
    ///   - isRecursive: it reads itself: the target gives all rows the types of its first arm.
    ///   - isNamed: its columns are read by name: what PostgreSQL would call them is written down.
    ///   - saysOrder: it gets a last column that says its rows' order.
    func query(
        _ range: Range<Int>, _ outer: QueryScope, isRecursive: Bool = false, isNamed: Bool = false,
        saysOrder: Bool = false
    ) throws(Untranslatable) -> String {
        guard let query = readQuery(source, range) else {
            throw Untranslatable("a query that cannot be made out: \(excerpt(range))")
        }
        var writer = Writer(source: source)
        writer.copy(range.lowerBound..<query.range.lowerBound)
        try write(query, outer, isRecursive: isRecursive, isNamed: isNamed, saysOrder: saysOrder, &writer)
        writer.copy(query.range.upperBound..<range.upperBound)
        return writer.text
    }

    private func write(
        _ query: Query, _ outer: QueryScope, isRecursive: Bool, isNamed: Bool, saysOrder: Bool, _ writer: inout Writer
    ) throws(Untranslatable) {
        let scope = columns.scope(inside: query, outer)
        var index = query.range.lowerBound
        var known = outer
        for part in query.with {
            writer.copy(index..<part.body.lowerBound)
            guard part.clauses.isEmpty else {
                throw Untranslatable("SEARCH or CYCLE of a recursive query: \(part.name)")
            }
            guard part.query != nil else { throw Untranslatable("a part of WITH that is no query: \(part.name)") }
            // A recursive part reads itself; the types of its own columns are known by now.
            if query.isRecursive { known.tables[part.name] = scope.tables[part.name] }
            let body = try self.query(part.body, known, isRecursive: query.isRecursive, isNamed: true)
            writer.add(body, before: part.body.lowerBound)
            known.tables[part.name] = scope.tables[part.name]
            index = part.body.upperBound
        }
        let isCombined = query.arms.count > 1
        // ORDER BY looks at the output's names first.
        let sorted = Set(query.orderBy.filter { source.isName($0.lowerBound) }.map { source.name($0.lowerBound) })
        for (position, arm) in query.arms.enumerated() {
            writer.copy(index..<arm.range.lowerBound)
            switch arm {
            case .nested: writer.add(try self.query(arm.range, scope), before: arm.range.lowerBound)
            case .select(let select):
                let decides = isRecursive && isCombined && position == 0
                try write(
                    select, scope, isCombined: isCombined, decides: decides, isNamed: isNamed && position == 0,
                    sorted: sorted, order: saysOrder ? query.orderBy : [], &writer)
            case .values, .table: try write(arm.range, scope, &writer)
            }
            index = arm.range.upperBound
        }
        writer.copy(index..<query.tail.lowerBound)
        // Nobody else writes what dbt reads: there is nothing to lock.
        let lock = source.firstTopLevel(in: query.tail) { source.keyword($0) == .for }
        let tail = query.tail.lowerBound..<(lock ?? query.tail.upperBound)
        var last = scope
        if case .select(let select)? = query.arms.first, query.arms.count == 1 {
            last = columns.scope(inside: select, scope)
        }
        // Output columns come first in ORDER BY.
        let output = query.arms.first.flatMap { columns.columns(of: $0, scope: scope) }
        last.relations.insert(QueryScope.Relation(name: nil, columns: output), at: 0)
        try write(tail, last, &writer)
    }

    private func write(
        _ select: Select, _ outer: QueryScope, isCombined: Bool, decides: Bool, isNamed: Bool, sorted: Set<String>,
        order: [Range<Int>], _ writer: inout Writer
    ) throws(Untranslatable) {
        let scope = columns.scope(inside: select, outer)
        // `select from t`, inside EXISTS.
        if select.items.isEmpty, select.list.isEmpty {
            writer.copy(select.range.lowerBound..<select.list.lowerBound)
            writer.insert(" 1")
            try write(select.list.lowerBound..<select.range.upperBound, scope, &writer)
            return
        }
        var index = select.range.lowerBound
        let hidesOrder = needsHiddenOrder(select, scope)
        for item in select.items where hidesOrder && item.star != nil {
            try write(index..<item.range.upperBound, scope, &writer)
            writer.insert(" exclude (\(Self.hiddenOrder))")
            index = item.range.upperBound
        }
        // Columns of a set operation become one type.
        for item in select.items where item.star == nil && item.range.lowerBound >= index {
            let type = columns.type(of: item.expression, in: scope)
            let isOpen = decides && type.map { types.underDomains($0) } == "numeric"
            let isWide = isCombined && types.family(type) == .numeric && (isOpen || isProduct(item.expression))
            try write(index..<item.expression.lowerBound, scope, &writer)
            writer.add(try narrowed(item.expression, isWide, nil, scope), before: item.expression.lowerBound)
            index = item.expression.upperBound
            let isColumn = item.expression.allSatisfy { source.isName($0) || source.kind($0) == .dot }
            let name =
                item.alias == nil && (isWide || !isColumn) ? inferColumnName(source, item.expression) : "?column?"
            if name != "?column?" {
                if isWide || isNamed || sorted.contains(name) { writer.insert(" as \(types.identifier(name))") }
            }
        }
        if let first = order.first, let last = order.last {
            try write(index..<select.list.upperBound, scope, &writer)
            index = select.list.upperBound
            let text = try self.text(first.lowerBound..<last.upperBound, scope)
            writer.insert(", row_number() over (order by \(text)) as \(Self.hiddenOrder)")
        }
        guard let from = select.fromRange else { return try write(index..<select.range.upperBound, scope, &writer) }
        try write(index..<from.lowerBound, scope, &writer)
        index = from.lowerBound
        for item in select.from {
            try write(index..<item.range.lowerBound, scope, &writer)
            index = item.range.upperBound
            switch item.kind {
            case .function(let call): try write(item, call, scope, &writer)
            case .subquery:
                guard let open = item.range.first(where: { source.kind($0) == .leftParen }) else {
                    throw Untranslatable("a query in FROM that cannot be made out: \(excerpt(item.range))")
                }
                let behind = source.closing(of: open) + 1
                if startsQuery(open) {
                    writer.copy(item.range.lowerBound..<open)
                    let inner = try query(
                        source.inside(open), scope, isNamed: item.aliasColumns.isEmpty, saysOrder: hidesOrder)
                    writer.add("(\(inner))", before: open)
                } else {
                    try write(item.range.lowerBound..<behind, scope, &writer)
                }
                let isList = hidesOrder && !item.aliasColumns.isEmpty
                writer.names(behind..<item.range.upperBound - (isList ? 1 : 0), quoting: rules.reserved)
                if isList { writer.insert(", \(Self.hiddenOrder))") }
            case .relation: writer.copy(item.range)
            case .unknown: throw Untranslatable("an entry of FROM that cannot be made out: \(excerpt(item.range))")
            }
        }
        try write(index..<select.range.upperBound, scope, &writer)
    }

    // MARK: expressions

    /// An expression, or a list of them with the words between.
    func text(_ range: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        var writer = Writer(source: source)
        try write(range, scope, &writer)
        return writer.text
    }

    func write(_ range: Range<Int>, _ scope: QueryScope, _ writer: inout Writer) throws(Untranslatable) {
        var index = range.lowerBound
        var sum: Int?
        while index < range.upperBound {
            // A parenthesis around joins, or half of one.
            let isOpen = source.kind(index) == .leftParen && source.closing(of: index) >= range.upperBound
            if PrimaryReader.starts(source, index), !isOpen {
                var product = try self.product(index, limit: range.upperBound, scope)
                while let next = try combined(product.text, index..<product.end, limit: range.upperBound, scope) {
                    product = next
                }
                let isNext = index > range.lowerBound && ["+", "-"].contains(source.text(index - 1))
                if !isNext || sum == nil { sum = index }
                if isNext, let sum, sum < index, isDayCount(index..<product.end, behind: sum..<index - 1, scope) {
                    product.text = "cast(\(product.text) as integer)"
                }
                writer.add(product.text, before: index)
                index = product.end
                continue
            }
            try check(index, in: range, scope)
            writer.copy(index..<index + 1)
            let word = source.kind(index) == .word ? source.text(index).lowercased() : ""
            index += 1
            if word == "like" || word == "ilike", index < range.upperBound {
                let pattern = index..<endOfPattern(index, limit: range.upperBound)
                let text = try self.text(pattern, scope)
                writer.add(text, before: index)
                let isPlain = source.kind(index) == .string && pattern.count == 1 && !text.contains("\\")
                index = pattern.upperBound
                // The escape character is a backslash in PostgreSQL and none in the target.
                if !isPlain, source.text(index).lowercased() != "escape" { writer.insert(" escape '\\'") }
                continue
            }
            // PostgreSQL sorts NULL as larger than all else, the target as last.
            if word == "desc", source.text(index).lowercased() != "nulls" { writer.insert(" nulls first") }
        }
    }

    /// A number of days beside a date, which the target wants as an INTEGER: many of its functions give BIGINTs.
    private func isDayCount(_ range: Range<Int>, behind sum: Range<Int>, _ scope: QueryScope) -> Bool {
        let isLiteral = range.count == 1 && source.kind(range.lowerBound) == .number
        return !isLiteral && columns.family(of: range, in: scope) == .int && columns.family(of: sum, in: scope) == .date
    }

    /// The end of a pattern: operands with operators that bind closer than LIKE.
    private func endOfPattern(_ start: Int, limit: Int) -> Int {
        let reader = PrimaryReader(source: source)
        guard var end = reader.end(of: start, limit: limit) else { return min(start + 1, limit) }
        let looser: Set<String> = ["=", "<>", "!=", "<", ">", "<=", ">="]
        while end < limit, source.kind(end) == .op, !looser.contains(source.text(end)),
            let next = reader.end(of: end + 1, limit: limit)
        {
            end = next
        }
        return end
    }

    /// A word or operator between expressions.
    private func check(_ index: Int, in range: Range<Int>, _ scope: QueryScope) throws(Untranslatable) {
        let word = source.text(index).lowercased()
        if word == "between", let start = PrimaryReader(source: source).start(before: index),
            columns.family(of: start..<index, in: scope) == .enum
        {
            throw Untranslatable("an enum BETWEEN literals, which would be compared as texts")
        }
        let matches = ["like", "ilike", "~", "~*", "!~", "!~*"].contains(word)
        if matches,
            let start = PrimaryReader(source: source).start(
                before: word == "like" && source.keyword(index - 1) == .not ? index - 1 : index)
        {
            let end = source.keyword(index - 1) == .not ? index - 1 : index
            if isPadded(columns.type(of: start..<end, in: scope)) {
                throw Untranslatable("a pattern beside a character(n), whose blanks count in PostgreSQL")
            }
        }
        if source.kind(index) == .op {
            let symbol = source.text(index)
            let isStar = symbol == "*" && (index == range.lowerBound || source.kind(index - 1) != .op)
            guard rules.operators.contains(symbol) || isStar || [":", "=>"].contains(symbol) else {
                throw Untranslatable("the operator \(symbol) has no equal in \(rules.target) that was tried")
            }
            if symbol == "||" { try checkConcatenation(index, scope) }
            return
        }
        guard source.kind(index) == .word else { return }
        switch source.text(index).lowercased() {
        case "like", "ilike":
            if [.any, .all, .some].contains(source.keyword(index + 1)) {
                throw Untranslatable("LIKE with a list of patterns")
            }
        case "similar", "overlaps", "tablesample", "symmetric", "operator", "fetch", "xmlelement":
            throw Untranslatable("\(source.text(index).uppercased()) has no equal in \(rules.target) that was tried")
        case "collate":
            guard ["C", "POSIX", "ucs_basic"].contains(source.name(index + 1)) else {
                throw Untranslatable("COLLATE \(source.text(index + 1)) has no equal in \(rules.target)")
            }
        default: break
        }
    }

    /// Numbers print differently: `'x' || 1.0` is text in both, but not the same.
    private func checkConcatenation(_ index: Int, _ scope: QueryScope) throws(Untranslatable) {
        let reader = PrimaryReader(source: source)
        // Sums and products bind closer.
        let closer: Set<String> = ["+", "-", "*", "/", "%"]
        var right = reader.end(of: index + 1, limit: source.count)
        while let end = right, source.kind(end) == .op, closer.contains(source.text(end)) {
            right = reader.end(of: end + 1, limit: source.count)
        }
        var left = reader.start(before: index)
        while let start = left, start > 0, source.kind(start - 1) == .op, closer.contains(source.text(start - 1)) {
            left = reader.start(before: start - 1)
        }
        for operand in [left.map { $0..<index }, right.map { index + 1..<$0 }] {
            guard let operand else { throw Untranslatable("an operand of || that cannot be made out") }
            if columns.family(of: operand, in: scope) == .array { continue }
            try checkPrinted(operand, scope)
        }
    }

    /// Whether a value becomes the same text in both.
    func checkPrinted(_ range: Range<Int>, _ scope: QueryScope) throws(Untranslatable) {
        switch columns.family(of: range, in: scope) {
        case .date where !types.printsISODates, .timestamp where !types.printsISODates:
            throw Untranslatable("\(excerpt(range)) gives another text than the source's DateStyle")
        case .text, .int, .date, .enum, .timestamp, .uuid: return
        case .numeric
        where columns.type(of: range, in: scope)?.contains("(") == true || isRounded(range)
            || isWhole(range, scope):
            return
        case nil: throw Untranslatable("the type of \(excerpt(range)), which becomes a text, is not known")
        default: throw Untranslatable("\(excerpt(range)) gives another text in \(rules.target)")
        }
    }

    /// Operands with `*`, `/` and `%` between them. A quotient is exact in PostgreSQL where its operands are.
    private func product(
        _ start: Int, limit: Int, _ scope: QueryScope
    ) throws(Untranslatable) -> (text: String, end: Int) {
        let first = try primary(start, limit: limit, scope)
        var (text, end) = (first.text, first.end)
        // `a / b / c` is one quotient, so that it is rounded once.
        var quotient: (dividend: String, divisor: String)?
        while end < limit, source.kind(end) == .op, ["*", "/", "%"].contains(source.text(end)) {
            let symbol = source.text(end)
            var next = end + 1
            var sign = ""
            if source.kind(next) == .op, ["-", "+"].contains(source.text(next)) {
                sign = source.text(next)
                next += 1
            }
            guard next < limit, PrimaryReader.starts(source, next) else { break }
            let operand = try primary(next, limit: limit, scope)
            let lead = source.triviaBefore(next)
            let divided = quotient
            quotient = nil
            switch symbol {
            case "/":
                let whole = start..<operand.end
                let right = sign + operand.text
                switch columns.family(of: whole, in: scope) {
                case .int: text += source.triviaBefore(end) + "//" + source.triviaBefore(end + 1) + right
                case .numeric:
                    quotient = divided.map { ($0.dividend, "\($0.divisor) * \(right)") } ?? (text, right)
                    text = "numeric_divide(\(quotient?.dividend ?? ""), \(quotient?.divisor ?? ""))"
                case .float: text = "float_divide(\(text), \(right))"
                case nil: throw Untranslatable("the type of the quotient \(excerpt(whole)) is not known")
                default: throw Untranslatable("the quotient \(excerpt(whole)) has no equal in \(rules.target)")
                }
            default:
                let family = columns.family(of: start..<operand.end, in: scope)
                // A whole number of days or months is the same in both.
                let isWhole = [start..<end, next..<operand.end].contains { columns.family(of: $0, in: scope) == .int }
                if family == .interval && !(symbol == "*" && isWhole) || family == nil && symbol == "%" {
                    throw Untranslatable(
                        "\(excerpt(start..<operand.end)) has no equal in \(rules.target) that was tried")
                }
                text += source.triviaBefore(end) + symbol + (sign.isEmpty ? lead : source.triviaBefore(end + 1))
                text += sign + operand.text
            }
            end = operand.end
        }
        if let rows = try comparedRows(start..<end, limit: limit, scope) { return rows }
        return (text, end)
    }

    /// The operand with an operator behind it that depends on both its operands, and the other one; nil when none does.
    private func combined(
        _ left: String, _ range: Range<Int>, limit: Int, _ scope: QueryScope
    ) throws(Untranslatable) -> (text: String, end: Int)? {
        let index = range.upperBound
        // `= any (array(select ..))`: the rows of the query.
        let isAny = source.text(index) == "=" && source.keyword(index + 1) == .any
        if isAny || ["<>", "!="].contains(source.text(index)) && source.keyword(index + 1) == .all,
            source.text(index + 3).lowercased() == "array", startsQuery(index + 4),
            source.closing(of: index + 4) + 1 == source.closing(of: index + 2)
        {
            let rows = try query(source.inside(index + 4), scope)
            return ("\(left) \(isAny ? "in" : "not in") (\(rows))", source.closing(of: index + 2) + 1)
        }
        if isConstraint, source.text(index) == "=", source.keyword(index + 1) == .any, !startsQuery(index + 2) {
            guard range.lowerBound == 0 || source.kind(range.lowerBound - 1) != .op else {
                throw Untranslatable("a computed value = ANY of a list, in a CHECK")
            }
            let list = try text(source.inside(index + 2), scope)
            return ("list_contains(\(list), \(left))", source.closing(of: index + 2) + 1)
        }
        if let compared = try comparedPadded(left, range, limit: limit, scope) { return compared }
        if let compared = try comparedEnum(left, range, limit: limit, scope) { return compared }
        guard index + 1 < limit, source.kind(index) == .op, PrimaryReader.starts(source, index + 1) else { return nil }
        let rules = self.rules.typedOperators.filter { $0.symbol == source.text(index) }
        guard !rules.isEmpty, let family = columns.family(of: range, in: scope) else { return nil }
        let right = try product(index + 1, limit: limit, scope)
        // PostgreSQL reads a bare literal beside an array as an array.
        if source.text(index) == "||", (family == .array ? index + 1..<right.end : range).count == 1,
            source.kind(family == .array ? index + 1 : range.lowerBound) == .string,
            family == .array || columns.family(of: index + 1..<right.end, in: scope) == .array
        {
            throw Untranslatable("a literal beside an array: \(excerpt(range.lowerBound..<right.end))")
        }
        guard let other = columns.family(of: index + 1..<right.end, in: scope),
            let rule = rules.first(where: { $0.left.contains(family.rawValue) && $0.right.contains(other.rawValue) })
        else { return nil }
        // A sum binds closer than these.
        for place in [range.lowerBound - 1, right.end] where place < limit && source.kind(place) == .op {
            if ["+", "-"].contains(source.text(place)) {
                throw Untranslatable("\(excerpt(range.lowerBound..<right.end)) in a sum")
            }
        }
        let text = rule.replacement.replacing("$2", with: "\u{1}").replacing("$1", with: left)
            .replacing("\u{1}", with: right.text)
        return (text, right.end)
    }

    /// A parenthesis with a query in it.
    func startsQuery(_ open: Int) -> Bool {
        guard source.kind(open) == .leftParen else { return false }
        let first = open + 1
        switch source.keyword(first) {
        case .select, .with: return true
        case .values: return source.kind(first + 1) == .leftParen
        default: break
        }
        guard startsQuery(first) else { return false }
        let next = source.closing(of: first) + 1
        return next == source.closing(of: open) || [.union, .intersect, .except].contains(source.keyword(next))
    }

    func excerpt(_ range: Range<Int>) -> String {
        let text = source.text(range).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.count > 60 ? text.prefix(57) + "..." : text
    }
}
