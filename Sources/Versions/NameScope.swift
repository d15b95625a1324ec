import Steps

/// A stretch of a statement in which the columns of some relations can be seen, for names that are variables, too.
///
/// PL/pgSQL reads such a name as an error unless `plpgsql.variable_conflict` says otherwise (PostgreSQL manual, "Variable
/// Substitution"). What is not known to be visible counts as not visible: then the variable is meant, as before.
struct NameScope {
    /// A relation with what it shows.
    struct Item {
        var range: Range<Int>
        var alias: String?
        var columns: Set<String>
        /// What stands inside sees the items to its left: functions, and queries behind LATERAL.
        var seesLeft: Bool
    }
    private let range: Range<Int>
    private let items: [Item]
    private let hidden: [Range<Int>]

    /// The FROM items of a SELECT, which are visible in all of it.
    init(range: Range<Int>, items: [Item]) {
        self.range = range
        self.items = items
        hidden = []
    }

    /// The target of a statement that writes.
    init(target: String, columns: [String], in source: SourceText, hidden: [FromItem]) {
        range = source.all
        // Its own name is nowhere inside of an item.
        items = [Item(range: 0..<0, alias: target, columns: Set(columns), seesLeft: false)]
        self.hidden = hidden.map(\.range)
    }

    /// A bare name at a token can mean a column.
    func shows(column: String, at index: Int) -> Bool { visible(at: index).contains { $0.columns.contains(column) } }

    /// A qualifier at a token can mean a relation.
    func shows(alias: String, at index: Int) -> Bool { visible(at: index).contains { $0.alias == alias } }

    private func visible(at index: Int) -> ArraySlice<Item> {
        guard range.contains(index), !hidden.contains(where: { $0.contains(index) }) else { return [] }
        guard let own = items.firstIndex(where: { $0.range.contains(index) }) else { return items[...] }
        return items[own].seesLeft ? items[..<own] : []
    }
}

extension FromItem {
    /// Whether what stands in the item sees the items to its left.
    var seesLeft: Bool {
        if case .function = kind { return true }
        return isLateral
    }
}
