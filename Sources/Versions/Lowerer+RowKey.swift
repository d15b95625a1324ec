import Catalog
import Steps
import Tokens

/// `ctid`, a row's place in the table's file: `DELETE FROM t WHERE ctid IN (SELECT ctid FROM t WHERE .. LIMIT n)`.
///
/// A version has no places. Where the table has a key of one column that is never null, the key names the same rows, so that
/// it stands in for every `ctid` of the statement. Precondition: the statement's only stored table is the one that it writes,
/// or each `ctid` is qualified by that table's name or alias; elsewhere a row number stands for the place (`Lowerer+RowAddress.swift`).
///
/// Source: PostgreSQL manual, "System Columns".
extension Lowerer {
    /// The statement with the table's key in place of `ctid`; nil when it has no such key, or speaks of other tables' places.
    func withoutRowAddress(_ range: Range<Int>) -> SourceText? {
        let places = range.filter { source.isName($0) && source.name($0) == "ctid" }
        guard !places.isEmpty, let target = writtenTable(range), let name = try? tableName(target) else { return nil }
        // Where the order of the places matters, a key is no stand-in for it.
        let isOrdered = places.contains { place in
            let before = source.kind(place - 1) == .dot ? place - 2 : place
            return ["<", ">", "<=", ">="].contains { source.isSymbol(place + 1, $0) || source.isSymbol(before - 1, $0) }
                || source.kind(before - 1) == .leftParen && ["min", "max"].contains(source.name(before - 2))
                || source.keyword(before - 1) == .by
        }
        guard !isOrdered else { return nil }
        let columns = tables[name]?.columns ?? catalog.table(name)?.columns.map(tableColumn) ?? []
        let keys = tables[name]?.uniqueKeys ?? catalog.table(name).map(Lowerer.uniqueKeys) ?? []
        guard
            let key = keys.first(where: { key in
                key.count == 1 && columns.contains { $0.name == key[0] && $0.notNull }
            })?.first
        else { return nil }
        var names: Set<String> = [target.exposedName]
        var others = false
        for index in range
        where source.isName(index) && source.kind(index - 1) != .dot
            && [.from, .join, .using, .update, .into, .only].contains(source.keyword(index - 1))
        {
            guard let reference = readRelationName(source, index), let found = try? tableName(reference) else {
                continue
            }
            if found != name {
                others = true
                continue
            }
            var next = reference.range.upperBound
            if source.keyword(next) == .as { next += 1 }
            let word = source.keyword(next)
            if source.isName(next), ![.where, .set, .using, .order, .limit, .for, .join, .inner, .left].contains(word) {
                names.insert(source.name(next))
            } else {
                names.insert(reference.name)
            }
        }
        let isOwn = places.allSatisfy { source.kind($0 - 1) == .dot && names.contains(source.name($0 - 2)) }
        guard !others || isOwn else { return nil }
        var text = ""
        for index in range {
            if index > range.lowerBound { text += source.triviaBefore(index) }
            text += places.contains(index) ? SQLText.identifier(key) : source.text(index)
        }
        return SourceText(text, profile: .postgresql, lineOffset: source.line(range.lowerBound) - 1)
    }

    /// The table behind DELETE FROM or UPDATE.
    private func writtenTable(_ range: Range<Int>) -> RelationReference? {
        for index in range {
            let at: Int
            switch source.keyword(index) {
            case .delete where source.keyword(index + 1) == .from: at = index + 2
            case .update where source.keyword(index - 1) != .for: at = index + 1
            default: continue
            }
            return readRelationName(source, source.keyword(at) == .only ? at + 1 : at)
        }
        return nil
    }
}
