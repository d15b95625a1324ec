/// Pairs rows that differ, for people: which row of the one side became which of the other.
struct RowPairing {
    private let legacy: [[String?]]
    private let dbt: [[String?]]
    private let columns: [String]
    private let keyColumns: [Int]
    private let canonicalizer: RowCanonicalizer
    /// Positions in both sides' rows.
    private(set) var pairs: [(legacy: Int, dbt: Int)] = []
    private var onlyLegacy: [Int] = []
    private var onlyDbt: [Int] = []

    /// Without a key, more rows than this are not compared with each other.
    private static let mostGuessed = 200

    init(
        legacy: [[String?]], dbt: [[String?]], columns: [String], rules: ComparisonRules,
        canonicalizer: RowCanonicalizer
    ) {
        self.legacy = legacy
        self.dbt = dbt
        self.columns = columns
        self.canonicalizer = canonicalizer
        // A surrogate or volatile key pairs nothing.
        let isUsable = rules.key.allSatisfy {
            columns.contains($0) && rules.surrogateColumns[$0] == nil && !rules.volatileColumns.contains($0)
        }
        keyColumns = isUsable ? rules.key.compactMap { columns.firstIndex(of: $0) } : []
        if keyColumns.isEmpty { guess() } else { pairByKey() }
    }

    private mutating func pairByKey() {
        var open: [[String?]: [Int]] = [:]
        for (index, row) in dbt.enumerated().reversed() { open[keyColumns.map { row[$0] }, default: []].append(index) }
        var isTaken = Set<Int>()
        for (index, row) in legacy.enumerated() {
            if let partner = open[keyColumns.map { row[$0] }]?.popLast() {
                pairs.append((index, partner))
                isTaken.insert(partner)
            } else {
                onlyLegacy.append(index)
            }
        }
        onlyDbt = dbt.indices.filter { !isTaken.contains($0) }
    }

    /// The most similar rows first; rows that share less than half of their columns are no pair.
    private mutating func guess() {
        guard legacy.count <= Self.mostGuessed, dbt.count <= Self.mostGuessed else {
            onlyLegacy = Array(legacy.indices)
            onlyDbt = Array(dbt.indices)
            return
        }
        var candidates: [(equal: Int, legacy: Int, dbt: Int)] = []
        for left in legacy.indices {
            for right in dbt.indices {
                let equal = columns.indices.count { isEqual(left, right, $0) }
                if equal * 2 >= columns.count && equal > 0 { candidates.append((equal, left, right)) }
            }
        }
        candidates.sort { ($1.equal, $0.legacy, $0.dbt) < ($0.equal, $1.legacy, $1.dbt) }
        var takenLegacy = Set<Int>()
        var takenDbt = Set<Int>()
        for one in candidates where !takenLegacy.contains(one.legacy) && !takenDbt.contains(one.dbt) {
            takenLegacy.insert(one.legacy)
            takenDbt.insert(one.dbt)
            pairs.append((one.legacy, one.dbt))
        }
        onlyLegacy = legacy.indices.filter { !takenLegacy.contains($0) }
        onlyDbt = dbt.indices.filter { !takenDbt.contains($0) }
    }

    private func isEqual(_ left: Int, _ right: Int, _ column: Int) -> Bool {
        canonicalizer.areEqual(legacy[left][column], dbt[right][column], column: column)
    }

    /// In how many pairs each column differs, most first.
    func differingColumns() -> [ColumnDifferences] {
        columns.enumerated()
            .map { index, name in
                ColumnDifferences(column: name, count: pairs.count { !isEqual($0.legacy, $0.dbt, index) })
            }
            .filter { $0.count > 0 }
            .sorted { ($1.count, $0.column) < ($0.count, $1.column) }
    }

    /// Some of each kind, the changed rows first.
    func samples(limit: Int) -> [SampleDifference] {
        let key = keyColumns.map { columns[$0] }
        let changed = pairs.prefix(limit).map { pair in
            sample(.changed, key, legacy[pair.legacy], dbt[pair.dbt]) { !isEqual(pair.legacy, pair.dbt, $0) }
        }
        // A third of the room stays for rows without a partner, if there are any.
        let room = max(limit - changed.count, limit / 3)
        let left = onlyLegacy.prefix(room).map { sample(.onlyLegacy, key, legacy[$0], nil) { _ in true } }
        let right = onlyDbt.prefix(room).map { sample(.onlyDbt, key, nil, dbt[$0]) { _ in true } }
        return changed + left + right
    }

    private func sample(
        _ kind: SampleDifference.Kind, _ key: [String], _ left: [String?]?, _ right: [String?]?,
        differs: (Int) -> Bool
    ) -> SampleDifference {
        func value(_ row: [String?]?, _ column: Int) -> SampleDifference.Value? {
            row.map { $0[column].map(SampleDifference.Value.text) ?? .null }
        }
        let cells = columns.enumerated().map { index, name in
            SampleDifference.Cell(
                column: name, legacy: value(left, index), dbt: value(right, index), differs: differs(index))
        }
        return SampleDifference(kind: kind, key: key, cells: cells)
    }
}
