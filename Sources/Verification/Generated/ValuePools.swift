import Catalog

/// Values worth trying, by the names that are compared with each other and by what the column can hold.
struct ValuePools {
    /// Values that columns of this name, or of one that is compared with it, hold in the starting state.
    private var donors: [Place: [String]] = [:]
    /// Literals that the text compares names of this class with.
    private let literals: [String: [ComparedLiterals.Literal]]
    /// All literals.
    let allLiterals: [ComparedLiterals.Literal]
    /// The text reads the clock.
    let readsClock: Bool
    private let leaders: [String: String]
    /// How many tables have a column of the class.
    private var spread: [String: Int] = [:]

    private struct Place: Hashable {
        var name: String
        var family: ColumnKind.Family
    }

    init(_ scope: PipelineScope, _ texts: [String]) {
        let found = ComparedLiterals(texts)
        allLiterals = found.all
        readsClock = found.readsClock
        leaders = Self.joined(found.pairs)
        var literals: [String: [ComparedLiterals.Literal]] = [:]
        for (name, values) in found.byName.sorted(by: { $0.key < $1.key }) {
            literals[leaders[name] ?? name, default: []] += values
        }
        self.literals = literals
        for table in scope.tables {
            for name in Set(table.columns.map { leader($0.name) }) { spread[name, default: 0] += 1 }
        }
    }

    /// The name that stands for all names that are compared with this one.
    func leader(_ name: String) -> String { leaders[name.lowercased()] ?? name.lowercased() }

    /// Several tables have such a column, or an argument is compared with it: equal values meet.
    func isShared(_ name: String) -> Bool { spread[leader(name), default: 0] > 1 }

    func literals(for name: String) -> [ComparedLiterals.Literal] { literals[leader(name)] ?? [] }

    func donors(for name: String, _ family: ColumnKind.Family) -> [String] {
        donors[Place(name: leader(name), family: family)] ?? []
    }

    mutating func add(_ value: String, _ name: String, _ family: ColumnKind.Family) {
        let place = Place(name: leader(name), family: family)
        // More of them would make equal values rare.
        guard donors[place, default: []].count < 60, !donors[place, default: []].contains(value) else { return }
        donors[place, default: []].append(value)
    }

    /// Union-find by repeated renaming; names that are in no pair stand for themselves.
    private static func joined(_ pairs: [(String, String)]) -> [String: String] {
        var parents: [String: String] = [:]
        func root(_ name: String) -> String {
            var name = name
            while let parent = parents[name] { name = parent }
            return name
        }
        for (left, right) in pairs {
            let (first, second) = (root(left), root(right))
            if first != second { parents[max(first, second)] = min(first, second) }
        }
        return Dictionary(parents.keys.map { ($0, root($0)) }) { first, _ in first }
    }
}
