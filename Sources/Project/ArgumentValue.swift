import Foundation

/// A value for a routine's parameter, as `proc2dbt.yml` writes it.
public enum ArgumentValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    /// A JSON number, digits as written: an exact decimal stays exact.
    case number(String)
    /// Anything else, in PostgreSQL's notation for the parameter's type.
    case text(String)

    /// The value as JSON, for dbt's `--vars`.
    public var json: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let digits): digits
        // JSON's escapes are those of our YAML scalars but for characters beyond the first plane.
        case .text(let value): Self.jsonString(value)
        }
    }

    /// The value as an SQL literal; the server finds the type.
    public var sql: String {
        switch self {
        case .null: "NULL"
        case .boolean(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .text(let value):
            "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
    }

    var yaml: String {
        if case .text(let value) = self { YAMLText.quoted(value) } else { json }
    }

    /// Digits that are a number in JSON.
    static func isJSONNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        func digits() -> Int {
            let run = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(run.count)
            return run.count
        }
        let leadsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !(leadsWithZero && whole > 1) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            // dbt reads --vars as YAML, to which these are line breaks or not printable.
            case "\u{2028}": result += "\\u2028"
            case "\u{2029}": result += "\\u2029"
            case "\u{FEFF}": result += "\\ufeff"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
