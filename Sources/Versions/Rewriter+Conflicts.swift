import Steps

/// Names that are a variable's and a column's at once: where both can be meant, the original stops.
extension Rewriter {
    /// The target of an UPDATE, DELETE or DO UPDATE: its columns can be seen all over the statement, but for its FROM items.
    mutating func addTarget(_ alias: String, columns: [String], hidden: [FromItem] = []) {
        addAlias(alias, columns: columns)
        nameScopes.append(NameScope(target: alias, columns: columns, in: source, hidden: hidden))
    }

    /// FROM items of a statement that writes: what `collect` does, and their columns can be seen all over the statement.
    mutating func collectSources(_ items: [FromItem], _ range: Range<Int>?) throws {
        try collect(items, ctes: [])
        noteNames(items, in: source.all, ctes: [])
        if let range { protectUsing(range) }
    }

    /// `USING (id)` names columns and nothing else.
    mutating func protectUsing(_ range: Range<Int>) {
        for index in range where source.keyword(index) == .using && source.kind(index + 1) == .leftParen {
            protect(index + 2..<source.closing(of: index + 1))
        }
    }

    /// Columns of FROM items, where they can be seen.
    mutating func noteNames(_ items: [FromItem], in range: Range<Int>, ctes: Set<String>) {
        guard !items.isEmpty, scope != nil, lowerer.frame.refusesConflicts else { return }
        let relations = ColumnFinder(lowerer, lifted: lifted).visible(items, source: source, scope: scope)
        let known = zip(items, relations).map { item, relation in
            var columns = relation.columns
            // A common table is no table of the catalog that happens to have its name.
            if case .relation(let reference) = item.kind, reference.schema == nil, ctes.contains(reference.name) {
                columns = nil
            }
            return NameScope.Item(
                range: item.range, alias: relation.name, columns: Set(columns?.map(\.name) ?? []),
                seesLeft: item.seesLeft)
        }
        nameScopes.append(NameScope(range: range, items: known))
    }

    /// A name of a variable that is a column here as well: the original stops when it gets there.
    func refuseConflict(_ name: String, at index: Int) throws {
        guard lowerer.frame.refusesConflicts, scope?.isDynamic == false else { return }
        guard nameScopes.contains(where: { $0.shows(column: name, at: index) }) else { return }
        throw Refusal(
            code: .defect,
            detail: "'\(name)' is a variable and a column here: PostgreSQL stops with \"column reference is ambiguous\""
        )
    }

    /// The same for a qualifier: a record and a relation. With a record that has no such field PostgreSQL takes the column.
    func refuseConflict(alias name: String, field: String, at index: Int) throws {
        guard lowerer.frame.refusesConflicts, aliases.contains(name), let record = scope?.find(name),
            record.fields != nil || record.isRecord
        else { return }
        let isField = record.fields.map { $0.isEmpty || record.field(field) != nil } ?? true
        guard isField, nameScopes.contains(where: { $0.shows(alias: name, at: index) }) else { return }
        throw Refusal(
            code: .defect,
            detail: "'\(name)' is a record and an alias here: PostgreSQL stops with \"column reference is ambiguous\"")
    }
}
