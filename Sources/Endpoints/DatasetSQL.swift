/// The parts of a statement about a dataset that all engines write alike, but for how they quote names.
struct DatasetSQL {
    /// Quotes a name.
    let quote: @Sendable (String) -> String

    /// Names between double quotes, as the standard has them.
    static let standard = DatasetSQL { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }

    /// A text as a literal; not for engines in which a backslash escapes.
    static func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

    /// The FROM item; a schema may have several parts.
    func relation(_ dataset: Dataset) -> String {
        switch dataset.origin {
        case .query(let sql): "(\(Self.withoutSemicolon(sql))\n) AS query"
        case .table(let schema, let name):
            ((schema.map { $0.split(separator: ".").map(String.init) } ?? []) + [name]).map(quote).joined(
                separator: ".")
        }
    }

    /// The WHERE clause, with a blank in front; empty without a condition. Rows without a value in a part's column belong to the
    /// first part.
    func condition(_ dataset: Dataset, _ part: KeyRange? = nil) -> String {
        // A line comment at the end of the user's text must not swallow what follows.
        var conditions = dataset.filter.map { ["(\($0)\n)"] } ?? []
        if let part {
            let column = quote(part.column)
            switch (part.from, part.below) {
            case (let from?, let below?): conditions.append("\(column) >= \(from) AND \(column) < \(below)")
            case (let from?, nil): conditions.append("\(column) >= \(from)")
            case (nil, let below?): conditions.append("(\(column) < \(below) OR \(column) IS NULL)")
            case (nil, nil): break
            }
        }
        return conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    }

    private static func withoutSemicolon(_ sql: String) -> Substring {
        var text = sql[...]
        while let last = text.last, last.isWhitespace || last == ";" { text = text.dropLast() }
        return text
    }
}
