import Catalog
import Steps
import Tokens

/// The catalog with the columns of its views, where files alone were read: they hold the views' queries, not what these
/// give.
///
/// A view of which not all types are known stays as it is. Lengths and precisions are those of columns that a view hands
/// on unchanged; what an expression gives has none, as in the server.
public func withViewColumns(_ snapshot: CatalogSnapshot) -> CatalogSnapshot {
    var snapshot = snapshot
    // Views read views: as many rounds as it takes, each of which knows one more level.
    for _ in 0..<8 {
        let index = CatalogIndex(snapshot)
        var isChanged = false
        for position in snapshot.tables.indices {
            let table = snapshot.tables[position]
            guard table.kind == .view || table.kind == .materializedView,
                table.columns.isEmpty || table.columns.contains(where: { $0.type.isEmpty }),
                let found = viewColumns(table, index), !found.isEmpty, found.allSatisfy({ !$0.type.isEmpty }),
                table.columns.isEmpty || table.columns.count == found.count
            else { continue }
            var columns = found
            for (place, named) in table.columns.enumerated() { columns[place].name = named.name }
            guard columns != table.columns else { continue }
            snapshot.tables[position].columns = columns
            isChanged = true
        }
        if !isChanged { break }
    }
    return snapshot
}

private func viewColumns(_ table: Table, _ index: CatalogIndex) -> [Column]? {
    guard let text = table.viewQuery else { return nil }
    let source = SourceText(text, profile: .postgresql)
    var end = source.count
    if end > 0, source.kind(end - 1) == .semicolon { end -= 1 }
    guard let query = readQuery(source, 0..<end) else { return nil }
    // Nothing of it is kept: a reader of one query.
    let lowerer = Lowerer(
        catalog: index, written: [],
        entry: Routine(name: table.name, kind: .function, language: "sql"))
    lowerer.frames.append(lowerer.makeFrame(lowerer.entry))
    guard let columns = (try? lowerer.queryTemplate(query, scope: nil))?.columns else { return nil }
    let names = columns.map(\.name)
    guard Set(names).count == names.count else { return nil }
    let plain = handedOn(query, lowerer)
    return columns.enumerated().map { position, column in
        var type = column.type ?? ""
        if !plain.contains(position), let start = type.firstIndex(of: "("), let end = type.firstIndex(of: ")") {
            // `character` without a length would be one letter.
            if type.hasPrefix("character(") { type = "" } else { type.removeSubrange(start...end) }
        }
        return Column(name: column.name, type: type)
    }
}

/// Positions of items that are a column and nothing else.
private func handedOn(_ query: Query, _ lowerer: Lowerer) -> Set<Int> {
    guard query.with.isEmpty, query.arms.count == 1, case .select(let select) = query.arms[0] else { return [] }
    let finder = ColumnFinder(lowerer, lifted: [:])
    let visible = finder.visible(select.from, source: query.source, scope: nil)
    var result: Set<Int> = []
    var position = 0
    for item in select.items {
        guard item.star == nil else {
            let stars = finder.expand(item, source: query.source, from: select.from, visible: visible)
            guard let count = stars?.count else { return [] }
            result.formUnion(position..<position + count)
            position += count
            continue
        }
        let range = item.expression
        let isColumn =
            range.count == 1 && query.source.isName(range.lowerBound)
            || range.count == 3 && query.source.kind(range.lowerBound + 1) == .dot
        if isColumn { result.insert(position) }
        position += 1
    }
    return result
}
