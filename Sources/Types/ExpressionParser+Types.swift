import Steps
import Tokens

/// Type names inside expressions.
extension ExpressionParser {
    /// Words that start a type's name by the grammar itself.
    static let typeWords: Set<String> = [
        "int", "integer", "smallint", "bigint", "real", "float", "double", "decimal", "dec", "numeric", "boolean",
        "bit",
        "character", "char", "varchar", "national", "nchar", "time", "timestamp", "interval",
    ]

    private static let plainWords: [String: String] = [
        "int": "int4", "integer": "int4", "smallint": "int2", "bigint": "int8", "real": "float4", "boolean": "bool",
    ]

    /// Reads a type with its modifier and its brackets.
    mutating func typeSpelling() throws(ParseFailure) -> TypeSpelling {
        var spelling = kind == .word ? try keywordType(word()) : nil
        if spelling == nil {
            // `int4(..)` and the like may be spelled with quotes and a schema.
            spelling = TypeSpelling(path: try path())
            if kind == .leftParen { spelling?.modifier = try modifier() }
        }
        guard var result = spelling else { throw ParseFailure() }
        if take(.array) { result.isArray = true }
        while kind == .leftBracket {
            let inside = source.inside(index)
            guard inside.isEmpty || inside.count == 1 && source.kind(inside.lowerBound) == .number else { break }
            _ = try group()
            result.isArray = true
        }
        return result
    }

    /// `(10, 2)` without its blanks.
    private mutating func modifier() throws(ParseFailure) -> String {
        "(" + (try group()).map { source.text($0) }.joined() + ")"
    }

    private mutating func keywordType(_ first: String) throws(ParseFailure) -> TypeSpelling? {
        guard Self.typeWords.contains(first) else { return nil }
        var spelling = TypeSpelling(path: [first], isKeyword: true)
        index += 1
        if let plain = Self.plainWords[first] {
            spelling.path = [plain]
            return spelling
        }
        switch first {
        case "double":
            try expect(.precision)
            spelling.path = ["float8"]
        case "float":
            spelling.path = ["float8"]
            if kind == .leftParen, let bits = Int(source.text(try group())), bits <= 24 { spelling.path = ["float4"] }
        case "decimal", "dec", "numeric":
            spelling.path = ["numeric"]
            if kind == .leftParen {
                let text = try modifier()
                spelling.modifier = text.contains(",") ? text : text.dropLast() + ",0)"
            }
        case "bit", "character", "char", "varchar", "national", "nchar": try stringType(first, &spelling)
        case "time", "timestamp": try timeType(first, &spelling)
        default: spelling.modifier = try intervalModifier()
        }
        return spelling
    }

    private mutating func stringType(_ first: String, _ spelling: inout TypeSpelling) throws(ParseFailure) {
        if first == "national", !["character", "char"].contains(word()) { throw ParseFailure() }
        if first == "national" { index += 1 }
        let varies = first != "varchar" && take(.varying) || first == "varchar"
        spelling.path = [first == "bit" ? (varies ? "varbit" : "bit") : (varies ? "varchar" : "bpchar")]
        if kind == .leftParen {
            spelling.modifier = try modifier()
        } else if !varies {
            spelling.modifier = "(1)"
        }
    }

    private mutating func timeType(_ first: String, _ spelling: inout TypeSpelling) throws(ParseFailure) {
        spelling.modifier = try precision()
        let hasZone = keyword == .with
        if hasZone || keyword == .without, word(1) == "time", word(2) == "zone" { index += 3 }
        spelling.path = [hasZone ? first + "tz" : first]
    }

    /// `(3)`, no more than the six digits that times have.
    private mutating func precision() throws(ParseFailure) -> String? {
        guard kind == .leftParen, source.inside(index).count == 1 else { return nil }
        guard let digits = Int(source.text(try group())) else { throw ParseFailure() }
        return "(\(min(digits, 6)))"
    }

    private mutating func intervalModifier() throws(ParseFailure) -> String? {
        if let precision = try precision() { return precision }
        return intervalFields()
    }

    /// ` day to second(3)`, the fields that an interval is cut to.
    mutating func intervalFields() -> String? {
        let fields = ["year", "month", "day", "hour", "minute", "second"]
        guard fields.contains(word()) else { return nil }
        var text = " " + word()
        index += 1
        if keyword == .to, fields.contains(word(1)) {
            text += " to " + word(1)
            index += 2
        }
        if text.hasSuffix("second"), let digits = try? precision() { text += digits }
        return text
    }
}
