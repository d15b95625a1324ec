/// What may differ in a table without being a difference; everything else is compared exactly.
public struct ComparisonRules: Sendable, Equatable {
    /// Columns that read the clock or chance: compared for being null or not.
    public var volatileColumns: Set<String>
    /// Columns that hold numbers from a sequence, own or copied from another table: compared up to a one-to-one
    /// renaming. The value names the numbers' domain: columns of one domain share one renaming.
    public var surrogateColumns: [String: String]
    /// Columns that identify a row, to pair rows for people; empty when none are known.
    public var key: [String]
    /// At most so many samples.
    public var sampleLimit: Int
    /// Columns of a routine's result have lost their modifiers: `numeric` is as good as `numeric(10,2)` then.
    public var ignoresTypeModifiers: Bool
    /// A scalar result has no name of its own.
    public var ignoresNames: Bool

    /// Numbers of a `numeric` without a scale count to so many digits behind the point, where the other engine has no such
    /// type; nil for all digits.
    public var decimalPlaces: Int?

    /// Exact comparison.
    public init(volatileColumns: Set<String> = [], surrogateColumns: [String: String] = [:], key: [String] = []) {
        self.volatileColumns = volatileColumns
        self.surrogateColumns = surrogateColumns
        self.key = key
        sampleLimit = 20
        ignoresTypeModifiers = false
        ignoresNames = false
    }

    /// The rules in words, for the columns that there are; what `matched with rules` shows.
    func inWords(columns: [RelationReader.Column]) -> [String] {
        columns.compactMap { column in
            if volatileColumns.contains(column.name) { return "\(column.name): null or not" }
            if surrogateColumns[column.name] != nil { return "\(column.name): up to a one-to-one renaming" }
            return isRounded(column) ? "\(column.name): to \(decimalPlaces ?? 0) decimal places" : nil
        }
    }

    func isRounded(_ column: RelationReader.Column) -> Bool { decimalPlaces != nil && column.baseType == "numeric" }
}
