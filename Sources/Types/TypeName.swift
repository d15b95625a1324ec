/// Type names as `format_type` prints them, whatever the routine calls them.
public enum TypeName {
    private static let aliases: [String: String] = [
        "int": "integer", "int4": "integer", "int8": "bigint", "int2": "smallint", "serial": "integer",
        "bigserial": "bigint", "smallserial": "smallint", "decimal": "numeric", "dec": "numeric", "bool": "boolean",
        "float8": "double precision", "float4": "real", "float": "double precision", "varchar": "character varying",
        "char varying": "character varying", "char": "character",
        "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
        "timetz": "time with time zone", "time": "time without time zone", "string": "text",
        "varbit": "bit varying", "nchar": "character",
    ]

    /// `VARCHAR (20)` -> `character varying(20)`, `int[]` -> `integer[]`, `timestamp(3)` -> `timestamp(3) without time zone`.
    public static func normalized(_ raw: String) -> String {
        let text = raw.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var base = text
        var array = ""
        while base.hasSuffix("]"), let open = base.lastIndex(of: "[") {
            array += "[]"
            base = trimmed(base[..<open])
        }
        if base.lowercased().hasSuffix(" array") {
            base = trimmed(base.dropLast(6))
            array = "[]"
        }
        var modifier = ""
        var tail = ""
        if let open = base.firstIndex(of: "("), let close = base.lastIndex(of: ")"), open < close {
            modifier = "(" + base[base.index(after: open)..<close].filter { !$0.isWhitespace } + ")"
            tail = trimmed(base[base.index(after: close)...]).lowercased()
            base = trimmed(base[..<open])
        }
        guard !base.contains("\"") else { return base + modifier + array }
        var lower = base.lowercased()
        if lower.hasPrefix("pg_catalog.") { lower = String(lower.dropFirst(11)) }
        if !tail.isEmpty { lower += " " + tail }
        if lower == "float", let bits = Int(modifier.dropFirst().dropLast()) {
            lower = bits <= 24 ? "real" : "double precision"
            modifier = ""
        }
        lower = aliases[lower] ?? lower
        if lower == "character" || lower == "bit", modifier.isEmpty { modifier = "(1)" }
        if lower == "numeric", !modifier.isEmpty, !modifier.contains(",") { modifier = modifier.dropLast() + ",0)" }
        if lower == "bpchar", !modifier.isEmpty { lower = "character" }
        if !modifier.isEmpty, let space = lower.firstIndex(of: " "),
            lower.hasPrefix("timestamp") || lower.hasPrefix("time ")
        {
            return lower[..<space] + modifier + lower[space...] + array
        }
        return lower + modifier + array
    }

    /// The type of a parameter or result: PostgreSQL ignores `(..)` there, and `char` is a text of any length.
    public static func ofSignature(_ raw: String) -> String {
        let type = base(normalized(raw))
        let element = type.replacing("[]", with: "")
        let suffix = type.dropFirst(element.count)
        switch element {
        case "character": return "bpchar" + suffix
        case "bit": return "\"bit\"" + suffix
        default: return type
        }
    }

    /// Without `(..)`: the type's identity.
    public static func base(_ type: String) -> String {
        guard let open = type.firstIndex(of: "("), let close = type.firstIndex(of: ")") else { return type }
        return String(type[..<open]) + String(type[type.index(after: close)...])
    }

    /// The `n` of `character varying(n)` and `character(n)`; nil without one.
    public static func length(_ type: String) -> Int? {
        guard type.hasPrefix("character"), !type.hasSuffix("]"), let open = type.firstIndex(of: "("),
            let close = type.firstIndex(of: ")")
        else { return nil }
        return Int(type[type.index(after: open)..<close])
    }

    /// The type to cast to when a value is assigned to a column or variable of `type`.
    ///
    /// An explicit cast to `character varying(n)` cuts what an assignment refuses; without the length the
    /// contract of the built table refuses it just as the legacy table does.
    public static func assignmentCast(_ type: String) -> String {
        type.hasPrefix("character varying(") ? "character varying" + type.drop { $0 != ")" }.dropFirst() : type
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
