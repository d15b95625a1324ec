import Catalog
import Steps
import Tokens
import Types

/// Follows a text expression symbolically: literals, `||`, format() and their like become characters, values that only
/// the data knows stay values. Anything else is one value as a whole; whether a text with values can be read as SQL is
/// decided where it is used.
struct TextFolder {
    let lowerer: Lowerer
    let source: SourceText
    /// Names that the expression sees; nil for a variable's own value, whose text has none.
    let scope: Scope?
    /// Which alternative to take where a text hangs on conditions; nil takes such a text as one value.
    var choices: [[SQLTemplate]: Int]?

    /// The text that the expression yields.
    func fold(_ whole: Range<Int>) throws -> DynamicText {
        var range = whole
        while let first = range.first, source.kind(first) == .leftParen,
            source.closing(of: first) == range.upperBound - 1
        {
            range = source.inside(first)
        }
        guard !range.isEmpty else { throw unknown(whole) }
        if let number = integer(range) { return DynamicText(String(number)) }
        guard let pieces = concatenation(range) else { return try value(range) }
        if pieces.count > 1 {
            var result = DynamicText()
            for piece in pieces {
                let text = try fold(piece)
                // `||` with a NULL is NULL.
                if text.isNull { return .null }
                result.append(text)
            }
            return result
        }
        return try operand(range)
    }

    /// Sums and products of whole numbers that are known: a counter beside an unrolled loop.
    private func integer(_ range: Range<Int>) -> Int? {
        guard let first = range.first else { return nil }
        // The last operator of the lowest rank parts the operands: all of them bind to the left.
        for signs in [["+", "-"], ["*"]] {
            var at: Int?
            var index = first
            while index < range.upperBound {
                if index > first, signs.contains(where: { source.isSymbol(index, $0) }) { at = index }
                index = source.next(index)
            }
            guard let at else { continue }
            guard let left = integer(first..<at), let right = integer(at + 1..<range.upperBound) else { return nil }
            let (result, overflows) =
                switch source.text(at) {
                case "+": left.addingReportingOverflow(right)
                case "-": left.subtractingReportingOverflow(right)
                default: left.multipliedReportingOverflow(by: right)
                }
            return overflows ? nil : result
        }
        if source.kind(first) == .leftParen, source.closing(of: first) == range.upperBound - 1 {
            return integer(source.inside(first))
        }
        guard range.count == 1 else { return nil }
        if source.kind(first) == .number { return Int(source.text(first)) }
        guard source.isName(first), let variable = scope?.find(source.name(first)),
            ["integer", "bigint", "smallint"].contains(variable.type ?? "")
        else { return nil }
        return lowerer.knownText(of: variable)?.known.flatMap { Int($0) }
    }

    /// What isn't known, for a message.
    func unknown(_ range: Range<Int>) -> Refusal {
        Refusal(
            code: .dynamicSQL,
            detail: "the text of the dynamic SQL isn't known: it depends on '\(lowerer.short(source.text(range)))'")
    }

    /// The operands of `||` at the top level; nil when another operator binds as loosely or looser.
    private func concatenation(_ range: Range<Int>) -> [Range<Int>]? {
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound {
            if source.kind(index) == .op {
                switch source.text(index) {
                case "||":
                    pieces.append(start..<index)
                    start = index + 1
                case "+", "-", "*", "/", "%", "^", "::", "=>", ":=": break
                default: return nil
                }
            } else {
                switch source.keyword(index) {
                case .and, .or, .not, .is, .in, .like, .ilike, .between, .similar, .collate: return nil
                default: break
                }
            }
            index = min(source.next(index), range.upperBound)
        }
        pieces.append(start..<range.upperBound)
        return pieces.contains(where: \.isEmpty) ? nil : pieces
    }

    private func operand(_ range: Range<Int>) throws -> DynamicText {
        let first = range.lowerBound
        if range.count == 1 {
            switch source.kind(first) {
            case .string:
                guard let text = StringToken.decode(source.text(first)) else { throw unknown(range) }
                return DynamicText(text)
            case .number:
                guard let text = printed(number: source.text(first)) else { return try value(range) }
                return DynamicText(text)
            default: break
            }
            if source.keyword(first) == .null { return .null }
        }
        if range.count == 2, source.isSymbol(first, "-"), source.kind(first + 1) == .number,
            let text = printed(number: source.text(first + 1)), text != "0"
        {
            return DynamicText("-" + text)
        }
        if let text = try caseText(range) { return text }
        if let variable = variable(range) { return try text(of: variable, range) }
        if let (inner, type) = castOperand(range) { return try cast(inner, to: type, whole: range) }
        if let name = QueryReader.functionName(source, first), source.kind(name.end) == .leftParen,
            source.closing(of: name.end) == range.upperBound - 1,
            let result = try call(name.name, schema: name.schema, source.inside(name.end), whole: range)
        {
            return result
        }
        return try value(range)
    }

    /// As PostgreSQL prints the constant; nil where that takes more than copying.
    private func printed(number: String) -> String? {
        let digits = number.split(separator: ".", omittingEmptySubsequences: false)
        guard digits.count <= 2, digits.allSatisfy({ !$0.isEmpty && $0.allSatisfy { "0"..."9" ~= $0 } }),
            digits[0] == "0" || !digits[0].hasPrefix("0")
        else { return nil }
        return number
    }

    // MARK: variables

    private func variable(_ range: Range<Int>) -> Variable? {
        guard let scope, let first = range.first else { return nil }
        if range.count == 1 {
            if source.kind(first) == .parameter { return scope.find(source.text(first)) }
            return source.isName(first) ? scope.find(source.name(first)) : nil
        }
        guard range.count == 3, source.isName(first), source.kind(first + 1) == .dot, source.isName(first + 2) else {
            return nil
        }
        if let record = scope.find(source.name(first)) { return record.field(source.name(first + 2)) }
        return scope.find(label: source.name(first), source.name(first + 2))
    }

    private func text(of variable: Variable, _ range: Range<Int>) throws -> DynamicText {
        guard variable.fields == nil, !variable.isRecord else { throw unknown(range) }
        if variable.textHangsOnChoice, let text = try chosen(variable) { return text }
        if let text = lowerer.knownText(of: variable) { return text }
        if let text = try chosen(variable) { return text }
        return DynamicText(
            DynamicValue(value: variable.value, type: variable.type, taint: variable.taint, source: source.text(range)))
    }

    // MARK: casts

    /// `x::type` and `cast(x as type)`.
    private func castOperand(_ range: Range<Int>) -> (Range<Int>, String)? {
        let first = range.lowerBound
        if source.keyword(first) == .cast, source.kind(first + 1) == .leftParen,
            source.closing(of: first + 1) == range.upperBound - 1
        {
            let inside = source.inside(first + 1)
            guard let at = source.firstTopLevel(in: inside, where: { source.keyword($0) == .as }) else { return nil }
            return (inside.lowerBound..<at, TypeName.normalized(source.text(at + 1..<inside.upperBound)))
        }
        // The last `::` at the top level, with nothing but a type behind it and one operand before it.
        var last: Int?
        var index = first
        while index < range.upperBound {
            if source.kind(index) == .op {
                if source.text(index) == "::" { last = index } else { return nil }
            }
            index = min(source.next(index), range.upperBound)
        }
        guard let last, last > first else { return nil }
        return (first..<last, TypeName.normalized(source.text(last + 1..<range.upperBound)))
    }

    private func cast(_ inner: Range<Int>, to type: String, whole: Range<Int>) throws -> DynamicText {
        let integers = ["integer", "bigint", "smallint"]
        if type == "text" || TypeName.base(type) == "character varying" {
            let text = try fold(inner)
            guard type != "text", let open = type.firstIndex(of: "("),
                let length = Int(type[open...].filter(\.isNumber))
            else { return text }
            // An explicit cast to varchar(n) cuts.
            if text.isNull { return text }
            guard let known = text.known else { return try value(whole) }
            return DynamicText(String(known.unicodeScalars.prefix(length).map(Character.init)))
        }
        if integers.contains(type) || type == "date" {
            let text = try fold(inner)
            if text.isNull { return text }
            if let known = text.known, Self.isPrinted(known, as: type) { return text }
        }
        return try value(whole)
    }

    /// Whether a constant of the type is printed in these very characters.
    static func isPrinted(_ text: String, as type: String) -> Bool {
        if type == "date" {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            return parts.count == 3 && parts.map(\.count) == [4, 2, 2]
                && parts.allSatisfy { $0.allSatisfy { "0"..."9" ~= $0 } }
        }
        guard let number = Int64(text), String(number) == text else { return false }
        return type == "bigint" || type == "integer" && Int32(exactly: number) != nil
            || type == "smallint" && Int16(exactly: number) != nil
    }

    // MARK: values

    /// The range as one value of the data.
    func value(_ range: Range<Int>) throws -> DynamicText {
        guard scope != nil, isRepeatable(range) else { throw unknown(range) }
        let expression = try lowerer.plainExpression(range, in: source, scope: scope)
        guard !expression.isVolatile else { throw unknown(range) }
        var result = DynamicValue(
            value: "(\(expression.template))", type: expression.type, taint: expression.taint,
            source: source.text(range))
        result.isNotNull = isCoalesceWithConstant(range)
        return DynamicText(result)
    }

    /// The expression may be computed once more without harm: it calls nothing of the user's and draws no numbers.
    func isRepeatable(_ range: Range<Int>) -> Bool {
        for index in range where source.isName(index) && source.kind(index + 1) == .leftParen {
            let name = source.name(index)
            let schema = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
            if ["nextval", "currval", "lastval", "setval", "random", "clock_timestamp"].contains(name) { return false }
            if !lowerer.catalog.routines(schema: schema, name: name, path: lowerer.frames.last?.searchPath).isEmpty {
                return false
            }
        }
        return true
    }

    private func isCoalesceWithConstant(_ range: Range<Int>) -> Bool {
        guard source.name(range.lowerBound) == "coalesce", source.kind(range.lowerBound + 1) == .leftParen,
            source.closing(of: range.lowerBound + 1) == range.upperBound - 1,
            let last = source.splitAtCommas(source.inside(range.lowerBound + 1)).last, last.count == 1
        else { return false }
        return source.kind(last.lowerBound) == .number || source.kind(last.lowerBound) == .string
    }
}
