/// Looks for a one-to-one renaming of surrogate values that makes both sides' rows equal, in all tables at once.
///
/// First the nodes of both sides are coloured by all that can be said about them (colour refinement): which rows hold
/// them, which other nodes stand there. Then rows of equal colour are paired, and each pair fixes the renaming of its
/// nodes, which decides about further rows. A pair that contradicts the renaming is never made, so that what is accepted
/// is a renaming, with nothing taken on trust. The reverse does not hold: where many rows look alike *and* refer to each
/// other in circles, a choice made too early can miss a renaming that exists, and a difference is reported. Tables that
/// refer to each other like trees, as facts refer to dimensions, are always decided right.
struct SurrogateMatching {
    /// A table that takes part.
    struct Table {
        /// `schema.table`.
        var name: String
        var legacy: RelationReader
        var dbt: RelationReader
        var rules: ComparisonRules
    }

    private struct Place: Hashable {
        var color: RowHash
        var place: Int
        var node: Int32
    }

    private let left: SurrogateGraph
    private let right: SurrogateGraph
    private let leftColors: [RowHash]
    private var partner: [Int32: Int32] = [:]
    private var reverse: [Int32: Int32] = [:]
    private var isUsed: [Bool]
    private var isDone: [Bool]
    /// Unused rows of the right side by colour, and by colour and one node at its place.
    private var rowsByColor: [RowHash: [Int]] = [:]
    private var rowsByPlace: [Place: [Int]] = [:]
    private var rowsOfNode: [Int32: [Int]] = [:]
    /// Legacy rows that no row of the other side can stand for.
    private var unmatched: [Int] = []

    /// The scan positions of the legacy rows that contradict every renaming tried, by table; empty when there is one.
    static func contradictions(_ tables: [Table]) throws -> [Int: [Int]] {
        var left = SurrogateGraph()
        var right = SurrogateGraph()
        for (index, table) in tables.enumerated() {
            try left.add(table: index, table.legacy, table.rules)
            try right.add(table: index, table.dbt, table.rules)
        }
        var count = -1
        // Each round tells more nodes apart or is the last one.
        while left.colorCount + right.colorCount > count {
            count = left.colorCount + right.colorCount
            left.refine()
            right.refine()
        }
        var matching = SurrogateMatching(left, right)
        matching.run()
        let rows = matching.unmatched.map { left.rows[$0] }
        return Dictionary(grouping: rows, by: \.table).mapValues { $0.map(\.ordinal) }
    }

    private init(_ left: SurrogateGraph, _ right: SurrogateGraph) {
        self.left = left
        self.right = right
        leftColors = left.rows.indices.map { left.color(of: $0) }
        isUsed = Array(repeating: false, count: right.rows.count)
        isDone = Array(repeating: false, count: left.rows.count)
        for row in right.rows.indices.reversed() {
            let color = right.color(of: row)
            rowsByColor[color, default: []].append(row)
            for (place, node) in right.nodes(of: row).enumerated() where node >= 0 {
                rowsByPlace[Place(color: color, place: place, node: node), default: []].append(row)
            }
        }
        for row in left.rows.indices {
            for node in left.nodes(of: row) where node >= 0 { rowsOfNode[node, default: []].append(row) }
        }
    }

    private mutating func run() {
        // Rows that look like no other decide the most: they go first.
        let order = left.rows.indices.sorted { sizeOfClass($0) < sizeOfClass($1) }
        for start in order {
            var open = [start]
            while let row = open.popLast() {
                if isDone[row] { continue }
                isDone[row] = true
                guard let found = candidate(for: row) else {
                    unmatched.append(row)
                    continue
                }
                isUsed[found] = true
                for (node, other) in zip(left.nodes(of: row), right.nodes(of: found)) where node >= 0 {
                    guard partner[node] == nil else { continue }
                    partner[node] = other
                    reverse[other] = node
                    open += rowsOfNode[node] ?? []
                }
            }
        }
    }

    private func sizeOfClass(_ row: Int) -> Int { rowsByColor[leftColors[row]]?.count ?? 0 }

    /// An unused row of the same colour whose nodes agree with the renaming so far.
    private mutating func candidate(for row: Int) -> Int? {
        let color = leftColors[row]
        var shortest: Place?
        for (place, node) in left.nodes(of: row).enumerated() {
            guard node >= 0, let other = partner[node] else { continue }
            let key = Place(color: color, place: place, node: other)
            let isShorter = (rowsByPlace[key]?.count ?? 0) < (shortest.flatMap { rowsByPlace[$0]?.count } ?? .max)
            if isShorter { shortest = key }
        }
        // Taken out of the dictionary, not copied from it: these lists can be long.
        var list =
            (shortest.map { rowsByPlace.removeValue(forKey: $0) } ?? rowsByColor.removeValue(forKey: color)) ?? []
        var aside: [Int] = []
        var found: Int?
        while found == nil, let next = list.popLast() {
            if isUsed[next] { continue }
            if agrees(row, next) { found = next } else { aside.append(next) }
        }
        list += aside.reversed()
        if let shortest { rowsByPlace[shortest] = list } else { rowsByColor[color] = list }
        return found
    }

    private func agrees(_ row: Int, _ other: Int) -> Bool {
        var new: [Int32: Int32] = [:]
        var newReverse: [Int32: Int32] = [:]
        for (node, candidate) in zip(left.nodes(of: row), right.nodes(of: other)) {
            if node < 0 || candidate < 0 {
                if node != candidate { return false }
                continue
            }
            let expected = partner[node] ?? new[node]
            let expectedReverse = reverse[candidate] ?? newReverse[candidate]
            if expected == nil && expectedReverse == nil {
                new[node] = candidate
                newReverse[candidate] = node
            } else if expected != candidate || expectedReverse != node {
                return false
            }
        }
        return true
    }
}
