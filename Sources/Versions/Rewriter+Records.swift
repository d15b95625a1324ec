import Steps
import Tokens

/// Whole records as values.
extension Rewriter {
    /// `new.* is distinct from old.*` compares two rows.
    func comparesRows(before: Int, after: Int) -> Bool {
        let signs = ["=", "<>", "!="]
        return source.keyword(after) == .is
            || source.keyword(before - 1) == .from && source.keyword(before - 2) == .distinct
            || signs.contains(source.text(after)) || signs.contains(source.text(before - 1))
    }

    /// A record as one value: a row to compare with, or a row with names for `to_jsonb(new)`.
    mutating func wholeRecord(
        _ name: String, _ fields: [Variable], at index: Int, after: Int
    ) throws -> SQLTemplate {
        for field in fields { try lowerer.refuseUnlessSet(field, of: name) }
        taint.formUnion(fields.reduce([]) { $0.union($1.taint) })
        if comparesRows(before: index, after: after) {
            return "row(\(.joined(fields.map(\.value), separator: ", ")))"
        }
        let isArgument =
            source.kind(index - 1) == .leftParen && source.kind(after) == .rightParen
            && ["to_json", "to_jsonb", "row_to_json", "hstore"].contains(source.name(index - 2))
        guard isArgument else {
            throw Refusal(code: .variable, detail: "the whole record '\(name)' is used as a value")
        }
        let items: [SQLTemplate] = fields.map { field in
            let value = field.type.map { lowerer.cast(field.value, to: $0) } ?? field.value
            return "\(value) as \(SQLText.identifier(field.name))"
        }
        return "(select whole_row from (select \(.joined(items, separator: ", "))) as whole_row)"
    }
}
