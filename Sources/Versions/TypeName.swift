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
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "binary",
        "both",
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
            && name.utf8.allSatisfy {
                $0 == 0x5F || $0 == 0x24 || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
            }
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
