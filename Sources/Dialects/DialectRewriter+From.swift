import Steps
import Tokens
import Types

/// Functions in FROM.
extension DialectRewriter {
    /// A function in FROM. Its only column has the alias's name, which the target has to be told.
    func write(
        _ item: FromItem, _ call: Range<Int>, _ scope: QueryScope, _ writer: inout Writer
    ) throws(Untranslatable) {
        let name = source.name(call.lowerBound)
        if let record = columns.recordColumns(after: call, item) {
            switch name {
            case "jsonb_to_recordset", "json_to_recordset":
                return try write(records: record, item, call, scope, &writer)
            case "jsonb_to_record", "json_to_record": return try write(record: record, item, call, scope, &writer)
            default: throw Untranslatable("the function \(name)() with a list of columns")
            }
        }
        guard QueryColumns.oneColumn.contains(name) else {
            throw Untranslatable("the function \(name)() in FROM has no equal in \(rules.target) that was tried")
        }
        guard let open = call.first(where: { source.kind($0) == .leftParen }) else {
            throw Untranslatable("a function in FROM that cannot be made out: \(excerpt(call))")
        }
        if name == "generate_series" { try checkSeries(source.inside(open), scope) }
        // Beside SELECT the same names stand for lists.
        writer.copy(item.range.lowerBound..<open + 1)
        try write(source.inside(open), scope, &writer)
        writer.copy(source.closing(of: open)..<call.upperBound)
        writer.names(call.upperBound..<item.range.upperBound, quoting: rules.reserved)
        let hasOrdinality = item.range.contains { source.text($0).lowercased() == "ordinality" }
        if item.aliasColumns.isEmpty, !hasOrdinality {
            // Without an alias the function's name is both.
            let given = item.range.upperBound > call.upperBound
            let alias = source.text(given ? item.range.upperBound - 1 : call.lowerBound)
            writer.insert(given ? " (\(alias))" : " as \(alias) (\(alias))")
        }
    }

    /// `jsonb_to_recordset(j) as t (a integer)` as a query that unfolds the list.
    private func write(
        records: [TypedColumn], _ item: FromItem, _ call: Range<Int>, _ scope: QueryScope, _ writer: inout Writer
    ) throws(Untranslatable) {
        var fields: [String] = []
        for column in records {
            guard let type = column.type, types.family(type) != .json else {
                throw Untranslatable("the column \(column.name) of a list of JSON records")
            }
            fields.append("\"\(column.name)\":\"\(try types.spelled(type).uppercased())\"")
        }
        guard let open = call.first(where: { source.kind($0) == .leftParen }), let alias = item.alias,
            !fields.contains(where: { $0.contains("'") || $0.contains("ENUM") })
        else { throw Untranslatable("a list of JSON records: \(excerpt(call))") }
        let value = try text(source.inside(open), scope)
        // In pieces, so that no line gets too long.
        var pieces: [String] = []
        for field in fields {
            let isFull = pieces.last.map { $0.count + field.count > 50 } ?? true
            if isFull { pieces.append(field) } else { pieces[pieces.count - 1] += ",\(field)" }
        }
        let structure = pieces.count == 1 ? "'[{\(pieces[0])}]'" : "'[{" + pieces.joined(separator: ",' || '") + "}]'"
        writer.add(
            "lateral (select unnest(from_json(\(value), \(structure)), recursive := true)) as \(alias)",
            before: item.range.lowerBound)
    }

    /// `jsonb_to_record(j) as t (a integer)` as a query that picks the fields.
    private func write(
        record: [TypedColumn], _ item: FromItem, _ call: Range<Int>, _ scope: QueryScope, _ writer: inout Writer
    ) throws(Untranslatable) {
        guard let open = call.first(where: { source.kind($0) == .leftParen }), let alias = item.alias else {
            throw Untranslatable("a JSON record: \(excerpt(call))")
        }
        let value = try text(source.inside(open), scope)
        var fields: [String] = []
        for column in record {
            guard let type = column.type, types.family(type) != .json, TypeName.length(type) == nil,
                !column.name.contains("\"")
            else { throw Untranslatable("the field \(column.name) of a JSON record") }
            let field = "json_extract_string(\(value), '$.\"\(column.name)\"')"
            fields.append("cast(\(field) as \(try types.spelled(type))) as \(column.name)")
        }
        writer.add("lateral (select \(fields.joined(separator: ", "))) as \(alias)", before: item.range.lowerBound)
    }
}
