/// Type names as `format_type` prints them, whatever the routine calls them.
enum TypeName {
    private static let aliases: [String: String] = [
        "int": "integer", "int4": "integer", "int8": "bigint", "int2": "smallint", "serial": "integer",
        "bigserial": "bigint", "smallserial": "smallint", "decimal": "numeric", "dec": "numeric", "bool": "boolean",
        "float8": "double precision", "float4": "real", "float": "double precision", "varchar": "character varying",
        "char varying": "character varying", "char": "character", "bpchar": "character",
        "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
        "timetz": "time with time zone", "time": "time without time zone", "string": "text",
        "varbit": "bit varying", "nchar": "character",
    ]

    /// `VARCHAR (20)` -> `character varying(20)`, `int[]` -> `integer[]`, `timestamp(3)` -> `timestamp(3) without time zone`.
    static func normalized(_ raw: String) -> String {
        let text = raw.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var base = text
        var array = ""
        while base.hasSuffix("]"), let open = base.lastIndex(of: "[") {
            array += "[]"
            base = String(base[..<open]).trimmed
        }
        if base.lowercased().hasSuffix(" array") {
            base = String(base.dropLast(6)).trimmed
            array = "[]"
        }
        var modifier = ""
        var tail = ""
        if let open = base.firstIndex(of: "("), let close = base.lastIndex(of: ")"), open < close {
            modifier = "(" + base[base.index(after: open)..<close].filter { !$0.isWhitespace } + ")"
            tail = String(base[base.index(after: close)...]).trimmed.lowercased()
            base = String(base[..<open]).trimmed
        }
        guard !base.contains("\"") else { return base + modifier + array }
        var lower = base.lowercased()
        if lower.hasPrefix("pg_catalog.") { lower = String(lower.dropFirst(11)) }
        if !tail.isEmpty { lower += " " + tail }
        lower = aliases[lower] ?? lower
        if lower == "character", modifier.isEmpty, base.lowercased() != "bpchar" { modifier = "(1)" }
        if !modifier.isEmpty, let space = lower.firstIndex(of: " "), lower.hasPrefix("timestamp") || lower.hasPrefix("time ")
        {
            return lower[..<space] + modifier + lower[space...] + array
        }
        return lower + modifier + array
    }

    /// Without `(..)`: the type's identity.
    static func base(_ type: String) -> String {
        guard let open = type.firstIndex(of: "("), let close = type.firstIndex(of: ")") else { return type }
        return String(type[..<open]) + String(type[type.index(after: close)...])
    }

    /// The type to cast to when a value is assigned to a column or variable of `type`.
    ///
    /// An explicit cast to `character varying(n)` cuts what an assignment refuses; without the length the
    /// contract of the built table refuses it just as the legacy table does.
    static func assignmentCast(_ type: String) -> String {
        type.hasPrefix("character varying(") ? "character varying" + type.drop { $0 != ")" }.dropFirst() : type
    }
}

extension String {
    /// Without blanks at either end.
    var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

/// Writes names and literals as PostgreSQL reads them.
public enum SQLText {
    private static let reserved: Set<String> = [
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "binary", "both",
        "case", "cast", "check", "collate", "collation", "column", "concurrently", "constraint", "create", "cross",
        "current_catalog", "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
        "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "false", "fetch",
        "for", "foreign", "freeze", "from", "full", "grant", "group", "having", "ilike", "in", "initially", "inner",
        "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like", "limit", "localtime",
        "localtimestamp", "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer",
        "overlaps", "placing", "primary", "references", "returning", "right", "select", "session_user", "similar",
        "some", "symmetric", "system_user", "table", "tablesample", "then", "to", "trailing", "true", "union", "unique",
        "user", "using", "variadic", "verbose", "when", "where", "window", "with", "values", "between", "row", "exists",
        "coalesce", "greatest", "least", "nullif", "position", "substring", "trim", "interval", "timestamp", "time",
        "numeric", "decimal", "integer", "int", "bigint", "smallint", "real", "float", "boolean", "char", "character",
        "varchar", "bit", "national", "nchar", "none", "normalize", "overlay", "extract", "grouping", "setof",
        "treat", "precision", "xmlattributes", "inout", "out", "merge_action", "json_object", "json_array",
        "json_scalar", "json_serialize", "json_value", "json_query", "json_exists", "json_table", "json",
    ]

    /// An identifier, quoted only when it must be.
    public static func identifier(_ name: String) -> String {
        let isPlain =
            name.utf8.first.map { $0 == 0x5F || (0x61...0x7A).contains($0) } ?? false
            && name.utf8.allSatisfy { $0 == 0x5F || $0 == 0x24 || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        return isPlain && !reserved.contains(name) ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// A list of identifiers.
    public static func list(_ names: [String]) -> String { names.map(identifier).joined(separator: ", ") }

    /// A string literal.
    public static func literal(_ text: String) -> String {
        let quoted = "'" + text.replacing("'", with: "''") + "'"
        return text.contains("\\") ? "E" + quoted.replacing("\\", with: "\\\\") : quoted
    }
}
