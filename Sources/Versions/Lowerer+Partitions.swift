import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    /// A partition is a part of its table: a statement on it is one on the table, with the partition's bound as a
    /// condition. Followed for plain columns as keys, RANGE and LIST and DEFAULT; anything else is refused (P2D-115).
    ///
    /// Source: PostgreSQL manual, "Table Partitioning", and CREATE TABLE, "PARTITION OF".
    struct PartitionFilter {
        /// The bound over the columns of a relation of this (quoted) name.
        var predicate: (String) -> String
    }

    /// The partitioned table that holds a partition's rows; any other table holds its own.
    func rootOfPartition(_ name: QualifiedName) -> QualifiedName { catalog.root(of: name) }

    /// Whether a row belongs to a partition, all levels of it.
    func partitionFilter(_ name: QualifiedName) throws -> PartitionFilter {
        var tests: [(String) -> String] = []
        var current = name
        while let table = catalog.table(current), table.partitionBound != nil, let parent = table.parents.first {
            guard let test = bound(of: table, in: parent) else {
                throw Refusal(
                    code: .unwritable, detail: "'\(name)' is a partition whose bound is not a comparison of a column")
            }
            tests.append(test)
            current = parent
        }
        return PartitionFilter(predicate: { relation in tests.map { $0(relation) }.joined(separator: " and ") })
    }

    private func bound(of table: Table, in parent: QualifiedName) -> ((String) -> String)? {
        guard let key = catalog.table(parent)?.partitionKey, let text = table.partitionBound,
            let column = partitionColumn(key)
        else { return nil }
        let source = SourceText(text, profile: .postgresql)
        if source.keyword(0) == .default {
            let siblings = catalog.children(of: parent).compactMap { catalog.table($0) }.filter {
                $0.name != table.name && $0.partitionBound != nil
            }
            let tests = siblings.map { bound(of: $0, in: parent) }
            guard tests.allSatisfy({ $0 != nil }) else { return nil }
            return { relation in
                let others = tests.compactMap { $0 }.map { "(\($0(relation)))" }
                return others.isEmpty ? "true" : "(\(others.joined(separator: " or "))) is not true"
            }
        }
        let words = source.all.filter { source.kind($0) == .leftParen }
        func list(_ open: Int) -> [String] { source.splitAtCommas(source.inside(open)).map { source.text($0) } }
        if key.uppercased().hasPrefix("LIST"), words.count == 1 {
            let values = list(words[0])
            let plain = values.filter { $0.uppercased() != "NULL" }
            return { relation in
                var tests = plain.isEmpty ? [] : ["\(relation).\(column) in (\(plain.joined(separator: ", ")))"]
                if plain.count < values.count { tests.append("\(relation).\(column) is null") }
                return tests.count == 1 ? tests[0] : "(\(tests.joined(separator: " or ")))"
            }
        }
        if key.uppercased().hasPrefix("RANGE"), words.count == 2 {
            guard let low = list(words[0]).first, let high = list(words[1]).first else { return nil }
            return { relation in
                var tests: [String] = []
                if low.uppercased() != "MINVALUE" { tests.append("\(relation).\(column) >= \(low)") }
                if high.uppercased() != "MAXVALUE" { tests.append("\(relation).\(column) < \(high)") }
                return tests.isEmpty ? "\(relation).\(column) is not null" : tests.joined(separator: " and ")
            }
        }
        return nil
    }

    /// The only column of `RANGE (day)`; nil for lists, expressions and HASH.
    private func partitionColumn(_ key: String) -> String? {
        let source = SourceText(key, profile: .postgresql)
        guard source.count == 4, source.kind(1) == .leftParen, source.isName(2) else { return nil }
        return SQLText.identifier(source.name(2))
    }

    /// A partition as the target of a write: the state of its table, with the bound as a condition.
    func partitionState(
        _ table: Table, reads: Bool, event: TriggerDefinition.Event?
    ) throws -> (QualifiedName, TableState) {
        guard iterations.isEmpty, event != nil else {
            throw Refusal(code: .unwritable, detail: "'\(table.name)' is a partition: write its table instead")
        }
        guard !table.triggers.contains(where: { isActive($0, on: table.name) }) else {
            throw Refusal(code: .trigger, detail: "a trigger acts on the partition '\(table.name)' alone")
        }
        let filter = try partitionFilter(table.name)
        let root = rootOfPartition(table.name)
        let reference = RelationReference(range: 0..<0, schema: root.schema, name: root.name, alias: nil, only: false)
        var (name, state) = try stateForWriting(reference, reads: reads, event: event)
        state.partition = filter
        note(
            "'\(table.name)' is a partition: its rows are those of '\(root)' within its bound", code: "P2D-322",
            range: currentStep)
        return (name, state)
    }

    /// A partition as a reader sees it.
    func readPartition(_ table: Table) throws -> VersionID {
        let root = rootOfPartition(table.name)
        guard written.contains(root) || tables[root] != nil else {
            return inputVersion(table.name, table: table)
        }
        let reference = RelationReference(range: 0..<0, schema: root.schema, name: root.name, alias: nil, only: false)
        let whole = try read(reference)
        let known = Dictionary(columns(whole).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let filter = try partitionFilter(table.name)
        return add(
            "select \(SQLText.list(table.columns.map(\.name))) from \(whole) as whole where \(SQLTemplate(filter.predicate("whole")))",
            name: table.name.name, columns: table.columns.map { known[$0.name] ?? VersionColumn($0.name, $0.type) },
            uniqueKeys: versions[whole.rawValue].uniqueKeys)
    }

    /// Rows outside the bound of the partition that an INSERT names make it fail.
    func refuseRowsOutside(_ partition: PartitionFilter, _ rows: VersionID, line: Int) {
        let found = add(
            "select count(*) as row_count from \(rows) as new_row where (\(SQLTemplate(partition.predicate("new_row")))) is not true",
            name: "rows_outside_line_\(line)", columns: [VersionColumn("row_count", "bigint")], isScalar: true)
        under("\(read(found, column: "row_count")) > 0") {
            raise("'new row violates the partition constraint'", state: "check_violation")
        }
    }

    // MARK: partitions that come and go

    /// `CREATE TABLE p PARTITION OF t ..`: storage for rows to come, and no rows.
    func isPartitionCreated(_ source: SourceText, _ range: Range<Int>) -> Bool {
        guard source.keyword(range.lowerBound) == .create else { return false }
        var index = range.lowerBound + 1
        if source.keyword(index) == .unlogged { index += 1 }
        guard source.keyword(index) == .table else { return false }
        guard let of = range.first(where: { source.keyword($0) == .partition && source.keyword($0 + 1) == .of }) else {
            return false
        }
        return source.isName(of + 2)
    }

    /// EXECUTE of a text whose names are computed, but which makes nothing but a partition of a table that is named.
    ///
    /// The literals of the expression (or of all that is assigned to the variable) are read one after the other.
    func executesPartitionDDL(_ range: Range<Int>) -> Bool { executes(range, isPartitionCreated) }

    /// EXECUTE of a text that makes indexes, collects statistics or grants rights: whatever its names are, no row changes.
    func executesUpkeep(_ range: Range<Int>) -> Bool {
        executes(range) { text, range in
            let first = text.keyword(range.lowerBound)
            if first == .create {
                return text.keyword(range.lowerBound + 1) == .index
                    || text.keyword(range.lowerBound + 1) == .unique && text.keyword(range.lowerBound + 2) == .index
            }
            return ["analyze", "vacuum", "reindex", "cluster", "comment", "grant", "revoke"].contains(
                text.name(range.lowerBound))
        }
    }

    /// Whether the text of an EXECUTE, with its unknown names filled in, is one statement of a kind.
    private func executes(_ range: Range<Int>, _ isOfKind: (SourceText, Range<Int>) -> Bool) -> Bool {
        func holds(_ range: Range<Int>, in source: SourceText) -> Bool {
            let texts = range.filter { source.kind($0) == .string }.compactMap { StringToken.decode(source.text($0)) }
            let text = SourceText(
                texts.joined(separator: " name ").replacing("%I", with: "name").replacing("%s", with: "name").replacing(
                    "%L", with: "'value'"), profile: .postgresql)
            let isWhole = text.all.first { text.kind($0) == .semicolon } ?? text.count
            guard isWhole >= text.count - 1, !texts.isEmpty else { return false }
            return isOfKind(text, text.all)
        }
        if range.count == 1, source.isName(range.lowerBound), sourceOverrides.isEmpty {
            let name = source.name(range.lowerBound)
            let assigned = source.all.filter {
                source.name($0) == name && (source.isSymbol($0 + 1, ":=") || source.isSymbol($0 + 1, "="))
            }
            // SELECT .. INTO gives it a text that is not seen here.
            let isSelected = source.all.contains { source.keyword($0) == .into && source.name($0 + 1) == name }
            return !assigned.isEmpty && !isSelected
                && assigned.allSatisfy { index in
                    let end = source.firstTopLevel(in: index..<source.count) { source.kind($0) == .semicolon }
                    return holds(index + 2..<(end ?? source.count), in: source)
                }
        }
        return holds(range, in: source)
    }
}
