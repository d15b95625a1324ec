/// Identifiers of SQL and names of dbt.
enum Names {
    /// An identifier as PostgreSQL wants it: bare when it is lower case and no reserved word, else quoted.
    static func quoted(_ name: String) -> String {
        guard needsQuotes(name) else { return name }
        return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// Bare, the name would mean something else or nothing.
    static func needsQuotes(_ name: String) -> Bool {
        guard let first = name.utf8.first else { return true }
        let starts = (0x61...0x7A).contains(first) || first == UInt8(ascii: "_")
        let plain = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
        }
        return !starts || !plain || reserved.contains(name)
    }

    /// The text in lower-case letters, digits and single underscores; never empty, never starting with a digit.
    static func snakeCase(_ text: String) -> String {
        var result = ""
        for scalar in text.lowercased().unicodeScalars {
            let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
            if isPlain { result.unicodeScalars.append(scalar) } else if result.last != "_" { result += "_" }
        }
        while result.last == "_" { result.removeLast() }
        while result.first == "_" { result.removeFirst() }
        if result.isEmpty { return "x" }
        return result.first!.isNumber ? "x\(result)" : result
    }

    // PostgreSQL's reserved words, and those that cannot stand bare as a column or a table, in 12 to 18; and those of DuckDB.
    private static let reserved: Set<String> = [
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
        "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
        "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
        "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec",
        "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
        "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group",
        "grouping", "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval",
        "into", "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object",
        "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral",
        "leading", "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national",
        "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on",
        "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision", "primary",
        "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar", "smallint",
        "some", "substring", "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp", "to",
        "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic",
        "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists",
        "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
        "anti", "asof", "at", "by", "describe", "glob", "lambda", "pivot", "pivot_longer", "pivot_wider", "positional",
        "qualify", "semi", "show", "summarize", "unpack", "unpivot",
    ]
}
