import Catalog
import Databases

/// Small parts of the starting state whose rows belong together: an order with its lines, their products, its customer.
///
/// Rows that are drawn table by table rarely meet in a join of five tables. A slice begins with one row and takes, table by
/// table, the rows that share most values with it in columns of the same name or of names that the text compares.
struct StateSlices {
    /// Rows by table.
    typealias Slice = [QualifiedName: [[String?]]]

    private let targets: [StateMaker.Target]
    private let pools: ValuePools
    private let state: PostgresConnection

    /// Slices of a pipeline, and rows of a table in one.
    private static let mostSlices = 6
    private static let mostRows = 5

    private init(_ targets: [StateMaker.Target], _ pools: ValuePools, _ state: PostgresConnection) {
        self.targets = targets
        self.pools = pools
        self.state = state
    }

    /// A few slices that begin in different tables; none for a state without rows.
    static func read(
        _ targets: [StateMaker.Target], pools: ValuePools, state: PostgresConnection
    ) throws -> [Slice] {
        let slices = StateSlices(targets, pools, state)
        // Where most can be joined: tables whose columns many others have.
        let starts = targets.filter { !$0.donors.isEmpty && $0.isSource }.sorted { left, right in
            let (first, second) = (slices.shared(left).count, slices.shared(right).count)
            return first == second ? left.table.name < right.table.name : first > second
        }
        guard !starts.isEmpty else { return [] }
        var result: [Slice] = []
        for index in 0..<mostSlices {
            let start = starts[index % min(starts.count, 3)]
            let donor = start.donors[(index * 7) % start.donors.count]
            result.append(try slices.slice(from: start, donor))
        }
        return result
    }

    private func shared(_ target: StateMaker.Target) -> [Int] {
        target.columns.indices.filter { index in
            let family = target.kinds[index].family
            return pools.isShared(target.columns[index].name) && family != .boolean && family != .enumeration
        }
    }

    private func slice(from start: StateMaker.Target, _ row: [String?]) throws -> Slice {
        var slice: Slice = [start.table.name: [row]]
        var values: [String: Set<String>] = [:]
        func learn(_ target: StateMaker.Target, _ rows: [[String?]]) {
            for index in shared(target) {
                let name = pools.leader(target.columns[index].name)
                for row in rows { if let value = row[index] { values[name, default: []].insert(value) } }
            }
        }
        learn(start, [row])
        // Twice: what the first round finds leads on.
        for _ in 0..<2 {
            for target in targets where slice[target.table.name] == nil {
                let rows = try matching(target, values)
                guard !rows.isEmpty else { continue }
                slice[target.table.name] = rows
                learn(target, rows)
            }
        }
        return slice
    }

    /// Rows with the most columns whose values are known.
    private func matching(_ target: StateMaker.Target, _ values: [String: Set<String>]) throws -> [[String?]] {
        var tests: [String] = []
        for index in shared(target) {
            guard let known = values[pools.leader(target.columns[index].name)], !known.isEmpty else { continue }
            let list = known.sorted().prefix(30).map(PostgresConnection.quoteLiteral).joined(separator: ", ")
            tests.append(
                "coalesce((\(PostgresConnection.quoteIdentifier(target.columns[index].name))::text IN (\(list)))::int, 0)"
            )
        }
        guard !tests.isEmpty else { return [] }
        let list = target.columns.map { PostgresConnection.quoteIdentifier($0.name) + "::text" }.joined(separator: ", ")
        let name = PostgresConnection.quoteIdentifier(target.table.name.schema, target.table.name.name)
        let found = try state.query(
            """
            SELECT \(list) FROM \(name) AS t WHERE \(tests.joined(separator: " + ")) > 0
            ORDER BY \(tests.joined(separator: " + ")) DESC, md5(t::text) LIMIT \(Self.mostRows)
            """)
        return found.rows.map { row in target.columns.indices.map { found[row, $0] } }
    }
}
