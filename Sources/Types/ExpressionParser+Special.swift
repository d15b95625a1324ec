import Steps
import Tokens

/// The parts of the grammar that look like names or calls but aren't.
extension ExpressionParser {
    /// Reads a special form; nil when an ordinary name stands here.
    mutating func special() throws(ParseFailure) -> Expression? {
        let isCall = source.kind(index + 1) == .leftParen && index + 1 < limit
        switch keyword {
        case .null:
            index += 1
            return .untyped
        case .true, .false:
            index += 1
            return .condition
        case .case: return try caseExpression()
        case .cast where isCall: return try castCall()
        case .array where isCall || source.kind(index + 1) == .leftBracket: return try array()
        case .row where isCall:
            index += 1
            _ = try expressions(in: try group())
            return .row
        case .exists where isCall:
            index += 1
            _ = try group()
            return .known(.boolean, name: "exists")
        case .grouping where isCall:
            index += 1
            _ = try group()
            return .known(.integer, name: "grouping")
        case .from, .where, .select, .when, .then, .else, .end, .group, .order, .having, .limit, .union, .and, .or, .on:
            throw ParseFailure()
        default: break
        }
        let name = word()
        if let value = try sessionValue(name) { return value }
        if let literal = try typedLiteral(name) { return literal }
        guard isCall else { return nil }
        return try specialCall(name)
    }

    private mutating func caseExpression() throws(ParseFailure) -> Expression {
        index += 1
        if keyword != .when { _ = try expression() }
        var results: [Expression] = []
        while take(.when) {
            _ = try expression()
            try expect(.then)
            results.append(try expression())
        }
        let otherwise = take(.else) ? try expression() : nil
        try expect(.end)
        guard !results.isEmpty else { throw ParseFailure() }
        return .caseOf(results: results, otherwise: otherwise)
    }

    /// `CAST (x AS type)`, also `TREAT`.
    private mutating func castCall() throws(ParseFailure) -> Expression {
        index += 1
        let inside = try group()
        guard let at = source.firstTopLevel(in: inside, where: { source.keyword($0) == .as }) else {
            throw ParseFailure()
        }
        let value = try expression(in: inside.lowerBound..<at)
        return .cast(value, try typeSpelling(in: at + 1..<inside.upperBound))
    }

    private mutating func typeSpelling(in range: Range<Int>) throws(ParseFailure) -> TypeSpelling {
        let (outerIndex, outerLimit) = (index, limit)
        (index, limit) = (range.lowerBound, range.upperBound)
        let spelling = try typeSpelling()
        guard index == limit else { throw ParseFailure() }
        (index, limit) = (outerIndex, outerLimit)
        return spelling
    }

    /// `ARRAY[..]`, `ARRAY(query)` and the bare brackets inside the former.
    private mutating func array() throws(ParseFailure) -> Expression {
        index += 1
        let isQuery = kind == .leftParen
        let inside = try group()
        return isQuery ? .arrayQuery(inside) : .array(try elements(inside))
    }

    private mutating func elements(_ range: Range<Int>) throws(ParseFailure) -> [Expression] {
        try descend()
        defer { depth -= 1 }
        var result: [Expression] = []
        for piece in source.splitAtCommas(range) {
            if source.kind(piece.lowerBound) == .leftBracket,
                source.closing(of: piece.lowerBound) == piece.upperBound - 1
            {
                result.append(.array(try elements(source.inside(piece.lowerBound))))
            } else {
                result.append(try expression(in: piece))
            }
        }
        return result
    }

    /// `current_date` and the like: values that look like columns.
    private mutating func sessionValue(_ name: String) throws(ParseFailure) -> Expression? {
        let type: String
        switch name {
        case "current_date": type = "date"
        case "current_time": type = "timetz"
        case "current_timestamp": type = "timestamptz"
        case "localtime": type = "time"
        case "localtimestamp": type = "timestamp"
        case "current_user", "session_user", "user", "current_role", "current_catalog": type = "name"
        case "current_schema" where source.kind(index + 1) != .leftParen || index + 1 >= limit: type = "name"
        default: return nil
        }
        index += 1
        var result = SQLType(type)
        if kind == .leftParen, type.hasPrefix("time"), let digits = Int(source.text(try group())) {
            result.modifier = "(\(min(digits, 6)))"
        }
        return .known(result, name: name)
    }

    /// `timestamp with time zone '..'`, `interval '1' day`: types whose names are made of keywords.
    private mutating func typedLiteral(_ name: String) throws(ParseFailure) -> Expression? {
        guard Self.typeWords.contains(name) else { return nil }
        let start = index
        guard var spelling = try? typeSpelling(), kind == .string, !spelling.isArray else {
            index = start
            return nil
        }
        index += 1
        while kind == .string, source.triviaBefore(index).contains(where: \.isNewline) { index += 1 }
        if spelling.path == ["interval"], let fields = intervalFields() { spelling.modifier = fields }
        return .cast(.untyped, spelling)
    }

    private mutating func specialCall(_ name: String) throws(ParseFailure) -> Expression? {
        switch name {
        case "coalesce": return .coalesce(try listCall())
        case "greatest", "least": return .extreme(name, try listCall())
        case "nullif":
            let sides = try listCall()
            guard sides.count == 2 else { throw ParseFailure() }
            return .nullif(sides[0], sides[1])
        case "treat": return try castCall()
        case "extract": return try extract()
        case "position": return try position()
        case "substring": return try substring()
        case "overlay": return try overlay()
        case "trim": return try trim()
        case "normalize": return skipped(.text, name)
        case "xmlexists": return skipped(.boolean, name)
        case "xmlelement", "xmlforest", "xmlconcat", "xmlparse", "xmlpi", "xmlroot":
            return skipped(SQLType("xml"), name)
        case "xmlserialize":
            index += 1
            _ = try group()
            return .opaque(name: name)
        case "json_object", "json_array", "json_arrayagg", "json_objectagg", "json_value", "json_query", "json_exists",
            "json_serialize", "json_scalar", "json", "merge_action":
            // Newer servers have a syntax of their own for these.
            let start = index
            index += 1
            if let call = try? call([name]) { return call }
            index = start + 1
            _ = try group()
            if [.filter, .over].contains(keyword) { throw ParseFailure() }
            return .opaque(name: name)
        default: return nil
        }
    }

    private mutating func skipped(_ type: SQLType, _ name: String) -> Expression? {
        index += 1
        return (try? group()) == nil ? nil : .known(type, name: name)
    }

    private mutating func listCall() throws(ParseFailure) -> [Expression] {
        index += 1
        let list = try expressions(in: try group())
        guard !list.isEmpty else { throw ParseFailure() }
        return list
    }

    /// Where a word of the call's own grammar stands in its parentheses.
    private func find(_ word: String, _ range: Range<Int>) -> Int? {
        source.firstTopLevel(in: range) { source.kind($0) == .word && source.text($0).lowercased() == word }
    }

    private mutating func extract() throws(ParseFailure) -> Expression {
        index += 1
        let inside = try group()
        guard let from = find("from", inside) else { throw ParseFailure() }
        return .builtin("extract", [.untyped, try expression(in: from + 1..<inside.upperBound)])
    }

    private mutating func position() throws(ParseFailure) -> Expression {
        index += 1
        let inside = try group()
        guard let `in` = find("in", inside) else { return .builtin("position", try expressions(in: inside)) }
        let needle = try expression(in: inside.lowerBound..<`in`)
        return .builtin("position", [try expression(in: `in` + 1..<inside.upperBound), needle])
    }

    /// The expressions between a call's own words, by those words; what stands before the first is under "".
    private mutating func sections(_ range: Range<Int>, _ words: [String]) throws(ParseFailure) -> [String:
        [Expression]]
    {
        var marks: [(word: String, at: Int)] = []
        for word in words {
            if let at = find(word, range) { marks.append((word, at)) }
        }
        marks.sort { $0.at < $1.at }
        var result: [String: [Expression]] = [:]
        var (word, start) = ("", range.lowerBound)
        for mark in marks + [("", range.upperBound)] {
            if start < mark.at { result[word] = try expressions(in: start..<mark.at) }
            (word, start) = (mark.word, mark.at + 1)
        }
        return result
    }

    private mutating func substring() throws(ParseFailure) -> Expression {
        index += 1
        let parts = try sections(try group(), ["from", "for", "similar", "escape"])
        var arguments = parts[""] ?? []
        if parts["from"] == nil, parts["for"] != nil { arguments.append(.integer("1")) }
        for word in ["from", "for", "similar", "escape"] { arguments += parts[word] ?? [] }
        return .builtin("substring", arguments)
    }

    private mutating func overlay() throws(ParseFailure) -> Expression {
        index += 1
        let parts = try sections(try group(), ["placing", "from", "for"])
        return .builtin("overlay", ["", "placing", "from", "for"].flatMap { parts[$0] ?? [] })
    }

    private mutating func trim() throws(ParseFailure) -> Expression {
        index += 1
        var inside = try group()
        let name: String
        switch source.keyword(inside.lowerBound) {
        case .leading: name = "ltrim"
        case .trailing: name = "rtrim"
        default: name = "btrim"
        }
        if [.leading, .trailing, .both].contains(source.keyword(inside.lowerBound)) { inside = inside.dropFirst() }
        let parts = try sections(inside, ["from"])
        return .builtin(name, (parts["from"] ?? []) + (parts[""] ?? []))
    }
}
