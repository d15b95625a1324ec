import Catalog
import Findings
import Steps
import Tokens

/// A loop that deletes by batches: `DELETE FROM t WHERE k IN (SELECT k FROM t WHERE p ORDER BY o LIMIT n)`.
///
/// What such a loop carries of the table is a number: how many rows that meet p are left. A batch takes `least(n, left)` of
/// them, which is the ROW_COUNT, and behind the loop the table is without the first rows in the order of o. Precondition: the
/// loop does nothing else with the table, p is the same in all iterations, and k is a key. Without it the loop is lowered like
/// any other.
struct BatchDelete {
    var name: QualifiedName
    var before: TableState
    /// How many rows are left.
    var left: Variable
    /// The state's column of it.
    var column = ""
    /// The statement, with a key in place of ctid.
    var step: Range<Int>
    var limit: Range<Int>
    var text: SourceText
    var alias: String
    var filter: SQLTemplate
    var order: SQLTemplate
    var initial: SQLTemplate
}

extension Lowerer {
    /// The rule's parts when a loop does nothing else with a table.
    func batchDelete(_ name: QualifiedName, _ state: TableState, _ loop: Loop, changed: Set<String>) throws
        -> BatchDelete?
    {
        guard catalog.foreignKeys(to: name).isEmpty, !calleeWrites(loop).contains(name),
            !loop.range.contains(where: { source.keyword($0) == .execute })
        else { return nil }
        let steps = loop.body.flatMap(leaves)
        let mentions = loop.range.filter { source.isName($0) && source.name($0) == name.name }
        guard
            let step = steps.first(where: { step in
                source.keyword(step.range.lowerBound) == .delete && mentions.allSatisfy { step.range.contains($0) }
            })
        else { return nil }
        let text =
            withoutRowAddress(step.range)
            ?? SourceText(
                source.text(step.range), profile: .postgresql, lineOffset: source.line(step.range.lowerBound) - 1)
        guard case .delete(let statement) = readStatement(text, text.all), statement.with == nil,
            statement.using.isEmpty, statement.returning == nil, let filter = statement.filter,
            let inner = batchQuery(filter, text, key: state.uniqueKeys), inner.with.isEmpty, inner.arms.count == 1,
            case .select(let select) = inner.arms[0], select.from.count == 1, !select.isDistinct,
            select.groupBy == nil, select.expressionQueries.allSatisfy({ _ in true }),
            case .relation(let reference) = select.from[0].kind, (try? tableName(reference)) == name,
            let condition = select.filter,
            let limitAt = inner.tail.first(where: { text.keyword($0) == .limit })
        else { return nil }
        let end =
            (limitAt + 1..<inner.tail.upperBound).first { [.for, .offset].contains(text.keyword($0)) }
            ?? inner.tail.upperBound
        guard !inner.tail.contains(where: { text.keyword($0) == .offset }) else { return nil }
        // The set of rows must be the same in all iterations.
        let fixed = Array(condition) + inner.orderBy.flatMap { Array($0) }
        let written = Set(Effects(source: source, region: .loop(loop)).tables.compactMap { try? tableName($0).name })
        guard
            fixed.allSatisfy({
                !text.isName($0) || !changed.contains(text.name($0)) && !written.contains(text.name($0))
            })
        else { return nil }
        sourceOverrides.append(text)
        defer { sourceOverrides.removeLast() }
        let alias = select.from[0].alias ?? reference.exposedName
        let target = RelationReference(
            range: reference.range, schema: reference.schema, name: reference.name,
            alias: select.from[0].alias ?? reference.alias, only: false)
        var rewriter = targetRewriter(target, state, lifted: [:])
        let test = try rewriter.expression(condition)
        let order = try inner.orderBy.map { try rewriter.expression($0) }
        guard !rewriter.isVolatile else { return nil }
        let label = SQLText.identifier(alias)
        let count = scalar(
            "(select count(*) from \(state.version) as \(label) where \(test))", name: "\(name.name)_to_delete",
            type: "bigint")
        return BatchDelete(
            name: name, before: state, left: Variable(name: "\(name.name)_left", type: "bigint", value: count),
            step: step.range, limit: limitAt + 1..<end, text: text, alias: label, filter: test,
            order: .joined(order, separator: ", "), initial: count)
    }

    /// The query of `key IN (..)` or `key = ANY (ARRAY(..))`.
    private func batchQuery(_ filter: Range<Int>, _ text: SourceText, key: [[String]]) -> Query? {
        guard let select = filter.first(where: { text.keyword($0) == .select }) else { return nil }
        var at = filter.lowerBound
        if text.kind(at + 1) == .dot { at += 2 }
        guard key.contains([text.name(at)]) else { return nil }
        let words = (at + 1..<select).map { text.text($0).lowercased() }.joined(separator: " ")
        guard ["in (", "= any ( array (", "= any ( array ( ("].contains(words) else { return nil }
        let open = select - 1
        let inner = text.inside(open)
        guard let query = readQuery(text, inner), case .select(let list)? = query.arms.first, list.items.count == 1
        else {
            return nil
        }
        let item = list.items[0].expression
        guard text.name(item.upperBound - 1) == text.name(at), item.count == 1 || item.count == 3 else { return nil }
        // Nothing else may stand in the condition.
        let rest = text.closing(of: open) + 1..<filter.upperBound
        return rest.allSatisfy { text.kind($0) == .rightParen } ? query : nil
    }

    /// The statement inside the loop: a number goes down.
    func lowerBatch(_ batch: BatchDelete) throws -> WriteEffect {
        sourceOverrides.append(batch.text)
        let limit = try expression(batch.limit).template
        sourceOverrides.removeLast()
        let line = source.line(currentStep.lowerBound)
        let removed = scalar(
            "least(cast((\(limit)) as bigint), \(batch.left.value))", name: "deleted_line_\(line)", type: "bigint")
        store(
            Expression(template: "\(batch.left.value) - \(removed)", taint: [], isVolatile: false, type: "bigint"),
            in: batch.left)
        return WriteEffect(rows: nil, count: removed, alias: batch.alias)
    }

    /// The table behind the loop.
    func putBack(_ batch: BatchDelete, left: SQLTemplate) {
        let state = batch.before
        let list = SQLText.list(state.columns.map(\.name))
        let order: SQLTemplate = batch.order.isEmpty ? "" : " order by \(batch.order)"
        let items = state.columns.map { "\(batch.alias).\(SQLText.identifier($0.name))" }.joined(separator: ", ")
        let ranked = add(
            "select \(items), case when \(batch.filter) then row_number() over (partition by (\(batch.filter)) is true\(order)) end as place_in_batches from \(state.version) as \(batch.alias)",
            name: "\(batch.name.name)_in_batches",
            columns: versionColumns(state) + [VersionColumn("place_in_batches", "bigint")])
        let id = add(
            "select \(list) from \(ranked) where place_in_batches is null or place_in_batches > \(batch.initial) - \(left)",
            name: "\(batch.name.name)_after_loop", columns: versionColumns(state), table: batch.name,
            uniqueKeys: state.uniqueKeys)
        setVersion(batch.name, state, id)
    }
}
