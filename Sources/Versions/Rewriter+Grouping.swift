import Catalog
import Steps
import Tokens

extension Rewriter {
    /// GROUP BY of a table's primary key lets the query use its other columns; a version has no key that the server knows,
    /// so that the columns in use join the list. They are the same in all rows of a group: the groups stay what they are.
    ///
    /// Source: PostgreSQL manual, SELECT, "GROUP BY Clause": functional dependency on the primary key.
    /// - Returns: what to put behind the list; nil when there is nothing to add.
    func dependentColumns(_ select: Select) -> (behind: Int, text: String)? {
        guard let groupBy = select.groupBy, !groupBy.isEmpty else { return nil }
        let sets: Set<Keyword> = [.grouping, .rollup, .cube]
        guard !groupBy.contains(where: { sets.contains(source.keyword($0)) }) else { return nil }
        var grouped: Set<String> = []
        for piece in source.splitAtCommas(groupBy) {
            if piece.count == 1, source.isName(piece.lowerBound) { grouped.insert(source.name(piece.lowerBound)) }
            if piece.count == 3, source.kind(piece.lowerBound + 1) == .dot {
                grouped.insert("\(source.name(piece.lowerBound)).\(source.name(piece.lowerBound + 2))")
            }
        }
        let tables = select.from.map { item -> (alias: String, table: Table)? in
            guard case .relation(let reference) = item.kind, lifted[reference.name] == nil || reference.schema != nil,
                let name = try? lowerer.tableName(reference), let table = lowerer.catalog.table(name)
            else { return nil }
            return (item.alias ?? reference.exposedName, table)
        }
        var added: [String] = []
        for case let (alias, table)? in tables where !table.primaryKey.isEmpty {
            let others = tables.filter { $0?.alias != alias }
            // A bare name is this table's when it stands alone in FROM, or all others are known and lack it.
            func isOwn(_ column: String) -> Bool {
                others.allSatisfy { other in
                    other.map { !$0.table.columns.contains { $0.name == column } } ?? false
                }
            }
            func isGrouped(_ column: String) -> Bool {
                grouped.contains("\(alias).\(column)") || grouped.contains(column) && isOwn(column)
            }
            guard table.primaryKey.allSatisfy(isGrouped) else { continue }
            let own = Set(table.columns.map(\.name))
            for range in select.items.map(\.expression) + [select.having].compactMap({ $0 }) {
                for index in outsideAggregates(range) where source.isName(index) {
                    var column = source.name(index)
                    var isQualified = false
                    if source.kind(index - 1) == .dot { continue }
                    if source.kind(index + 1) == .dot {
                        guard column == alias else { continue }
                        column = source.name(index + 2)
                        isQualified = true
                    } else if source.kind(index + 1) == .leftParen || !isOwn(column) {
                        continue
                    }
                    guard own.contains(column), !isGrouped(column), isQualified || scope?.find(column) == nil else {
                        continue
                    }
                    let text =
                        isQualified
                        ? "\(SQLText.identifier(alias)).\(SQLText.identifier(column))" : SQLText.identifier(column)
                    if !added.contains(text) { added.append(text) }
                }
            }
        }
        return added.isEmpty ? nil : (groupBy.upperBound - 1, ", " + added.joined(separator: ", "))
    }

    /// Tokens of an expression that stand in no aggregate and in no nested query.
    private func outsideAggregates(_ range: Range<Int>) -> [Int] {
        let aggregates: Set<String> = [
            "count", "sum", "min", "max", "avg", "string_agg", "array_agg", "bool_and", "bool_or", "every", "json_agg",
            "jsonb_agg", "json_object_agg", "jsonb_object_agg", "stddev", "stddev_pop", "stddev_samp", "variance",
            "var_pop", "var_samp", "percentile_cont", "percentile_disc", "mode", "bit_and", "bit_or", "corr",
        ]
        var result: [Int] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if source.isName(index), source.kind(index + 1) == .leftParen, aggregates.contains(source.name(index)) {
                index = source.closing(of: index + 1) + 1
                continue
            }
            result.append(index)
            index += 1
        }
        return result
    }
}
