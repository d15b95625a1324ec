extension PostgresConnection {
    /// The identifier between double quotes, always: also right for reserved words and capitals.
    public static func quoteIdentifier(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// `"schema"."name"`.
    public static func quoteIdentifier(_ schema: String, _ name: String) -> String {
        "\(quoteIdentifier(schema)).\(quoteIdentifier(name))"
    }

    /// The text as a string literal that means the same under either setting of `standard_conforming_strings`.
    public static func quoteLiteral(_ text: String) -> String {
        let quoted = "'" + text.replacing("'", with: "''") + "'"
        return text.contains("\\") ? "E" + quoted.replacing("\\", with: "\\\\") : quoted
    }
}
