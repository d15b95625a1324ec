import Catalog
import Foundation

/// What the catalog knows about a legacy table that its people never wrote down.
struct SourceFacts {
    let table: Table
    /// The time zone of the legacy database's sessions.
    let timeZone: String

    // MARK: columns

    /// The column's comment, or what constraints say about it.
    func description(of column: Column) -> String {
        if let comment = column.comment, !comment.isEmpty { return comment }
        var facts: [String] = []
        if table.primaryKey.contains(column.name) {
            facts.append(table.primaryKey.count == 1 ? "Primary key" : "Part of the primary key")
        }
        for constraint in table.constraints where constraint.columns.contains(column.name) {
            switch constraint.kind {
            case .foreignKey:
                guard let parent = constraint.referencedTable,
                    let position = constraint.columns.firstIndex(of: column.name)
                else { continue }
                let field =
                    constraint.referencedColumns.indices.contains(position)
                    ? constraint.referencedColumns[position] : ""
                facts.append("references \(parent)\(field.isEmpty ? "" : ".\(field)")")
            case .unique where constraint.columns.count == 1: facts.append("unique")
            case .check where constraint.columns == [column.name]:
                if let expression = constraint.expression { facts.append("checked by `\(Self.oneLine(expression))`") }
            case .primaryKey, .unique, .check, .exclusion: break
            }
        }
        if column.identity != nil || column.sequence != nil { facts.append("numbered by the database") }
        if let expression = column.generatedExpression { facts.append("computed as `\(Self.oneLine(expression))`") }
        if let expression = column.defaultExpression, column.sequence == nil {
            facts.append("`\(Self.oneLine(expression))` where nothing else is given")
        }
        if facts.isEmpty {
            return column.notNull
                ? "Never NULL; the catalog says nothing more about it." : "The catalog says nothing about it."
        }
        let text = facts.joined(separator: ", ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    private static func oneLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").replacing("`", with: "'")
        return line.count > 120 ? line.prefix(117) + " …" : line
    }

    // MARK: freshness

    /// SQL for the time at which a row arrived: a column that the clock fills, or one that is named for it.
    var loadedAt: String? {
        let candidates = table.columns.filter { $0.type.hasPrefix("timestamp") && $0.generatedExpression == nil }
        let clocked = candidates.filter { column in
            let expression = column.defaultExpression?.lowercased() ?? ""
            return ["now()", "current_timestamp", "localtimestamp", "clock_timestamp()", "statement_timestamp()"]
                .contains { expression.contains($0) }
        }
        func named(_ columns: [Column]) -> Column? {
            for word in Self.arrivals {
                let found = columns.first { column in
                    column.name.lowercased().split(whereSeparator: { !$0.isLetter }).contains { $0 == word }
                }
                if let found { return found }
            }
            return nil
        }
        return (named(clocked) ?? clocked.first ?? named(candidates)).map(instant)
    }

    /// Words of column names for a row's arrival, the best first; those of business events (closed, paid, valid) are none.
    private static let arrivals = [
        "loaded", "ingested", "extracted", "synced", "inserted", "received", "imported", "updated", "modified",
        "changed", "touched", "recorded", "logged", "created",
    ]

    /// dbt takes a time without a zone for UTC.
    private func instant(_ column: Column) -> String {
        let name = Names.quoted(column.name)
        let isZoned = column.type.contains("with time zone")
        return isZoned || timeZone == "UTC" ? name : "\(name) at time zone '\(timeZone.replacing("'", with: "''"))'"
    }
}
