/// Why two datasets cannot be compared; `description` is the one line a person reads.
public enum DiffError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A named column is not there.
    case noSuchColumn(String, side: Side)
    /// Two columns of one side differ in case only, and the other side's name fits both.
    case ambiguousColumn(String, side: Side)
    /// A pair of columns has no common form without loss.
    case incomparable(column: String, left: String, right: String, advice: String)
    /// No column is left to compare.
    case nothingToCompare
    /// The spill files cannot be made, written or read.
    case spill(folder: String, reason: String)
    /// A rule's text cannot be read.
    case badRule(String)
    /// A setting asks for what these two sides can't do.
    case impossible(String)

    /// The one line a person reads, without secrets.
    public var description: String {
        switch self {
        case .noSuchColumn(let name, let side): "there is no column \(name) on the \(side)"
        case .ambiguousColumn(let name, let side):
            "column \(name) fits several columns on the \(side) that differ in case only; say which with --map"
        case .incomparable(let column, let left, let right, let advice):
            "column \(column): \(left) and \(right) have no common form without loss; \(advice)"
        case .nothingToCompare: "the two sides have no column in common; name pairs with --map left=right"
        case .spill(let folder, let reason):
            "cannot keep rows in \(folder): \(reason); free some space, name another folder with TMPDIR, or raise --memory"
        case .badRule(let text): text
        case .impossible(let text): text
        }
    }
}
