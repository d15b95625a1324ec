import Catalog
import Databases

/// Makes the rows of a starting state and the changes between the calls.
///
/// Tables have no row, a few, or a dozen. A row is one of the starting state's, changed here and there; a twin of another
/// row under a new key, so that there are ties; or made up column by column. Foreign keys point at rows that exist. What
/// a constraint still forbids is refused by the database, row by row.
struct StateMaker {
    /// A table with all that making its rows needs.
    struct Target: Sendable {
        let table: Table
        /// Columns that a row gives a value.
        let columns: [Column]
        let kinds: [ColumnKind]
        /// Rows of the starting state, as text.
        let donors: [[String?]]
        /// Columns of primary keys and unique constraints.
        let keys: Set<String>
        /// Columns that point at rows of other tables.
        let references: [Reference]
        /// The values that a CHECK allows, by column.
        let lists: [String: [String]]
        /// No routine writes it.
        let isSource: Bool
        /// Deleting here would change rows elsewhere.
        let isReferencedWithAction: Bool
    }
    /// Columns whose values are those of another table's row.
    struct Reference: Sendable {
        let columns: [String]
        let table: QualifiedName
        let referenced: [String]
    }
    let targets: [Target]
    let pools: ValuePools
    /// Rows of the starting state that belong together.
    let slices: [StateSlices.Slice]
    let today: Day

    /// The rows, by table, and the statements that insert them.
    struct State {
        var rows: [String: [[String?]]] = [:]
        var statements: [String] = []
    }

    func state(_ number: Int, _ random: inout Randomness) -> State {
        var state = State()
        var values = ValueMaker(pools: pools, today: today)
        // Every third case: what belongs together, with some of it changed.
        let slice = number > 3 && number % 3 == 0 ? random.pick(slices) : nil
        for target in targets {
            var rows: [[String?]] = []
            for donor in slice?[target.table.name] ?? [] where random.chance(90) {
                let row = changed(target, donor, values, &random)
                rows.append(row)
                state.statements.append(insert(target, row))
            }
            let count = slice == nil ? size(target, number, &random) : random.below(3)
            for _ in 0..<count {
                guard let row = row(target, rows, state, values, &random) else { continue }
                rows.append(row)
                state.statements.append(insert(target, row))
            }
            state.rows[target.table.name.description] = rows
            values = learned(values, target, rows)
        }
        return state
    }

    /// A row of a slice; now and then a value that is no key is another one.
    private func changed(
        _ target: Target, _ donor: [String?], _ values: ValueMaker, _ random: inout Randomness
    ) -> [String?] {
        let references = Set(target.references.flatMap(\.columns))
        return target.columns.indices.map { index in
            let name = target.columns[index].name
            let isFree = !target.keys.contains(name) && !references.contains(name)
            return isFree && random.chance(6) ? made(target, index, values, &random) : donor[index]
        }
    }

    /// Columns of other tables that are compared with these find the same values.
    private func learned(_ values: ValueMaker, _ target: Target, _ rows: [[String?]]) -> ValueMaker {
        var pools = values.pools
        for (index, column) in target.columns.enumerated() where pools.isShared(column.name) {
            for row in rows { if let value = row[index] { pools.add(value, column.name, target.kinds[index].family) } }
        }
        return ValueMaker(pools: pools, today: today)
    }

    /// The first cases are the bare ones: nothing at all, no sources, no targets.
    private func size(_ target: Target, _ number: Int, _ random: inout Randomness) -> Int {
        switch number {
        case 1: return 0
        case 2 where target.isSource, 3 where !target.isSource: return 0
        default: break
        }
        switch random.below(10) {
        case 0 where number > 3: return 0
        case 0, 1: return 1
        case 2, 3: return 2 + random.below(2)
        case 9: return 8 + random.below(5)
        default: return 3 + random.below(5)
        }
    }

    private func row(
        _ target: Target, _ rows: [[String?]], _ state: State, _ values: ValueMaker, _ random: inout Randomness
    ) -> [String?]? {
        let dice = random.below(100)
        let isTwin = dice >= 50 && dice < 70 && !rows.isEmpty
        let base = dice < 50 ? random.pick(target.donors) : isTwin ? random.pick(rows) : nil
        var row = base ?? []
        for (index, column) in target.columns.enumerated() {
            let isKey = target.keys.contains(column.name)
            if base == nil {
                row.append(made(target, index, values, &random))
            } else if isTwin ? isKey || random.chance(15) : random.chance(isKey ? 40 : 20) {
                row[index] = made(target, index, values, &random)
            }
        }
        return withParents(target, row, state, &random)
    }

    /// A new value for a column, NULL among them.
    private func made(_ target: Target, _ index: Int, _ values: ValueMaker, _ random: inout Randomness) -> String? {
        let column = target.columns[index]
        if !column.notNull, random.chance(15) { return nil }
        if let list = target.lists[column.name], random.chance(95) { return random.pick(list) }
        return target.keys.contains(column.name)
            ? values.key(column.name, target.kinds[index], &random)
            : values.value(column.name, target.kinds[index], &random)
    }

    /// Points each foreign key at a row that exists, or nowhere; nil when it must and there is none.
    private func withParents(
        _ target: Target, _ row: [String?], _ state: State, _ random: inout Randomness
    ) -> [String?]? {
        var row = row
        for reference in target.references {
            guard let parent = targets.first(where: { $0.table.name == reference.table }) else { continue }
            let places = reference.columns.compactMap { name in target.columns.firstIndex { $0.name == name } }
            let sources = reference.referenced.compactMap { name in parent.columns.firstIndex { $0.name == name } }
            guard places.count == sources.count, places.count == reference.columns.count else { continue }
            let canBeNull = places.contains { !target.columns[$0].notNull }
            let parents = state.rows[parent.table.name.description] ?? []
            if canBeNull, random.chance(10) || parents.isEmpty {
                for place in places where !target.columns[place].notNull { row[place] = nil }
            } else if let chosen = random.pick(parents) {
                for (place, source) in zip(places, sources) { row[place] = chosen[source] }
            } else if parent.table.name != target.table.name {
                return nil
            }
        }
        return row
    }

    func insert(_ target: Target, _ row: [String?]) -> String {
        let names = target.columns.map { PostgresConnection.quoteIdentifier($0.name) }.joined(separator: ", ")
        let hasIdentity = target.columns.contains { $0.identity == .always }
        let values = row.map { $0.map(PostgresConnection.quoteLiteral) ?? "NULL" }.joined(separator: ", ")
        return
            "INSERT INTO \(name(target)) (\(names))\(hasIdentity ? " OVERRIDING SYSTEM VALUE" : "") VALUES (\(values))"
    }

    private func name(_ target: Target) -> String {
        PostgresConnection.quoteIdentifier(target.table.name.schema, target.table.name.name)
    }

    /// What a day does to the sources: some rows go, some change, some come.
    func changes(_ state: inout State, _ random: inout Randomness) -> [String] {
        var statements: [String] = []
        let values = ValueMaker(pools: pools, today: today)
        for target in targets where target.isSource && target.table.triggers.isEmpty {
            let name = target.table.name.description
            var rows = state.rows[name] ?? []
            if !target.isReferencedWithAction, random.chance(40), !rows.isEmpty {
                let gone = rows.remove(at: random.below(rows.count))
                statements.append("DELETE FROM \(self.name(target)) WHERE \(condition(target, gone))")
            }
            for _ in 0..<random.below(3) where !rows.isEmpty {
                let index = random.below(rows.count)
                let old = rows[index]
                let free = target.columns.indices.filter {
                    !target.keys.contains(target.columns[$0].name) && target.columns[$0].identity != .always
                }
                guard let place = random.pick(free) else { continue }
                rows[index][place] = made(target, place, values, &random)
                guard let repaired = withParents(target, rows[index], state, &random) else { continue }
                rows[index] = repaired
                let set = free.filter { old[$0] != repaired[$0] }.map { place in
                    "\(PostgresConnection.quoteIdentifier(target.columns[place].name)) = "
                        + (repaired[place].map(PostgresConnection.quoteLiteral) ?? "NULL")
                }
                guard !set.isEmpty else { continue }
                statements.append(
                    "UPDATE \(self.name(target)) SET \(set.joined(separator: ", ")) WHERE \(condition(target, old))")
            }
            for _ in 0..<random.below(4) {
                guard let row = row(target, rows, state, values, &random) else { continue }
                rows.append(row)
                statements.append(insert(target, row))
            }
            state.rows[name] = rows
        }
        return statements
    }

    /// The row with these values: by its key when it has one.
    private func condition(_ target: Target, _ row: [String?]) -> String {
        let key = target.table.primaryKey
        let places = target.columns.indices.filter { key.isEmpty || key.contains(target.columns[$0].name) }
        return places.map { place in
            let column = target.columns[place]
            // As text: not every type has an equality.
            let value = row[place].map { "\(PostgresConnection.quoteLiteral($0))::\(column.type)::text" } ?? "NULL"
            return "\(PostgresConnection.quoteIdentifier(column.name))::text IS NOT DISTINCT FROM \(value)"
        }.joined(separator: " AND ")
    }
}
