import Steps
import Tokens

/// JSON: the target's differs in the texts of times, of binary data and of numbers with an exponent, so that only values
/// go in whose JSON is the same.
extension DialectRewriter {
    private static let same: Set<TypeFamily> = [.int, .text, .boolean, .date, .numeric, .json, .enum, .uuid]
    /// The name under which lowered loops hand a table on to the next iteration: they read it back with its types.
    private static let ownRow = "table_row"

    /// `jsonb_agg(value order by ..)`.
    func jsonList(_ inside: Range<Int>, _ tail: String, _ scope: QueryScope) throws(Untranslatable) -> String {
        // A whole row: its name in the target.
        if inside.count >= 3, source.isName(inside.lowerBound), source.kind(inside.lowerBound + 1) == .dot,
            source.text(inside.lowerBound + 2) == "*"
        {
            try checkRow(source.name(inside.lowerBound), scope)
            let rest = try text(inside.lowerBound + 3..<inside.upperBound, scope)
            let row = source.text(inside.lowerBound) + (rest.isEmpty ? "" : " " + rest)
            return "to_json(array_agg(\(row))\(tail))"
        }
        let value =
            inside.lowerBound..<(source.firstTopLevel(in: inside) { source.keyword($0) == .order } ?? inside.upperBound)
        if !isRow(value, scope) { try checkValue(value, scope) }
        return "to_json(array_agg(\(try aggregated(inside, scope)))\(tail))"
    }

    /// `to_jsonb(x)`, of a value or a row.
    func jsonValue(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        if isRow(inside, scope) {
            try checkRow(source.name(inside.lowerBound), scope)
            return "to_json(\(source.text(inside)))"
        }
        try checkValue(inside, scope)
        return "to_json(\(try text(inside, scope)))"
    }

    /// `jsonb_build_object('a', x)`.
    func jsonObject(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let arguments = inside.isEmpty ? [] : source.splitAtCommas(inside)
        guard arguments.count.isMultiple(of: 2) else { throw Untranslatable("jsonb_build_object() without pairs") }
        var texts: [String] = []
        for (position, range) in arguments.enumerated() {
            if position.isMultiple(of: 2) {
                guard range.count == 1, source.kind(range.lowerBound) == .string else {
                    throw Untranslatable("a key of jsonb_build_object() that is no literal")
                }
            } else {
                try checkValue(range, scope)
            }
            texts.append(try text(range, scope))
        }
        return "json_object(\(texts.joined(separator: ", ")))"
    }

    /// A name of FROM alone, which no column has.
    private func isRow(_ range: Range<Int>, _ scope: QueryScope) -> Bool {
        guard range.count == 1, source.isName(range.lowerBound) else { return false }
        let name = source.name(range.lowerBound)
        return scope.type(qualifier: nil, column: name) == nil && scope.relations.contains { $0.name == name }
    }

    private func checkRow(_ name: String, _ scope: QueryScope) throws(Untranslatable) {
        guard name != Self.ownRow else { return }
        guard let columns = scope.relations.first(where: { $0.name == name })?.columns else {
            throw Untranslatable("the columns of \(name), which becomes JSON, are not known")
        }
        for column in columns {
            guard let family = types.family(column.type), Self.same.contains(family) else {
                throw Untranslatable("the JSON of \(name).\(column.name) may differ in \(rules.target)")
            }
        }
    }

    private func checkValue(_ range: Range<Int>, _ scope: QueryScope) throws(Untranslatable) {
        guard let family = columns.family(of: range, in: scope), Self.same.contains(family) else {
            throw Untranslatable("the JSON of \(excerpt(range)) may differ in \(rules.target)")
        }
    }
}
