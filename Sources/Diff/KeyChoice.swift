import Endpoints

/// Finds the columns that say which row of one side is which row of the other.
struct KeyChoice {
    let endpoints: Sides<any Endpoint>
    let datasets: Sides<Dataset>
    let schemas: Sides<DatasetSchema>
    let columns: [PlannedColumn]
    /// What the user named.
    let wanted: [String]

    /// A key, or none: then rows are compared as a multiset.
    struct Choice {
        var columns: [String]
        var reason: String
        var faults: Sides<KeyFaults?>
    }

    func choose() throws -> Choice {
        if !wanted.isEmpty {
            let names = try wanted.map { name throws(DiffError) in
                guard
                    let column = columns.first(where: { $0.name == name })
                        ?? columns.first(where: { $0.name.lowercased() == name.lowercased() })
                else { throw .noSuchColumn(name, side: .right) }
                return column.name
            }
            return try checked(names, reason: "named by --key")
        }
        for side in [Side.left, .right] {
            for (place, key) in schemas[side].keys.enumerated() {
                guard let names = commonNames(key, side) else { continue }
                let choice = try checked(
                    names, reason: "\(place == 0 ? "first" : "a") unique constraint of the \(side)")
                if isUnique(choice.faults.left) && isUnique(choice.faults.right) { return choice }
            }
        }
        return try search()
    }

    /// The plan's names of a key's columns, nil where one of them isn't compared.
    private func commonNames(_ key: [String], _ side: Side) -> [String]? {
        let names = key.compactMap { name in columns.first { $0.columns[side].name == name }?.name }
        return names.count == key.count && !names.isEmpty ? names : nil
    }

    private func isUnique(_ faults: KeyFaults?) -> Bool { (faults?.nulls ?? 0) == 0 && (faults?.duplicates ?? 0) == 0 }

    /// Counts NULLs and duplicates where no constraint rules them out.
    private func checked(_ names: [String], reason: String) throws -> Choice {
        var faults = Sides<KeyFaults?>(left: nil, right: nil)
        for side in Side.allCases {
            let key = names.compactMap { name in columns.first { $0.name == name }?.columns[side] }
            let isDeclared =
                schemas[side].keys.contains { Set($0).isSubset(of: key.map(\.name)) }
                && key.allSatisfy { !$0.isNullable }
            if !isDeclared { faults[side] = try endpoints[side].keyFaults(datasets[side], key) }
        }
        return Choice(columns: names, reason: reason, faults: faults)
    }

    /// Tries single columns, the likeliest first, then the first one together with another.
    private func search() throws -> Choice {
        let candidates = columns.enumerated().compactMap { place, column in
            likelihood(column).map { (column: column, score: $0, place: place) }
        }.sorted { ($0.score, $1.place) > ($1.score, $0.place) }.prefix(6).map(\.column.name)
        for name in candidates {
            let choice = try checked([name], reason: "found by search: no NULL and no value twice on either side")
            if isUnique(choice.faults.left) && isUnique(choice.faults.right) { return choice }
        }
        for (index, first) in candidates.prefix(3).enumerated() {
            for second in candidates.dropFirst(index + 1) {
                let choice = try checked(
                    [first, second], reason: "found by search: no NULL and no pair twice on either side")
                if isUnique(choice.faults.left) && isUnique(choice.faults.right) { return choice }
            }
        }
        return Choice(
            columns: [], reason: "none found: rows are compared as a multiset (name one with --key)",
            faults: Sides(left: nil, right: nil))
    }

    /// How much a column looks like a key, nil where it can't be one.
    private func likelihood(_ column: PlannedColumn) -> Int? {
        var score: Int
        switch column.form {
        case .integer, .uuid: score = 3
        case .text, .decimal: score = 2
        case .date, .timestamp: score = 1
        default: return nil
        }
        let name = column.name.lowercased()
        let words = name.split { $0 == "_" || $0 == " " || $0 == "-" }
        if words.contains(where: { ["id", "key", "sk", "uuid", "guid"].contains($0) }) || name.hasSuffix("id") {
            score += 4
        }
        if words.contains(where: { ["code", "no", "nr", "number", "num", "nk", "bk"].contains($0) }) { score += 2 }
        return score
    }
}
