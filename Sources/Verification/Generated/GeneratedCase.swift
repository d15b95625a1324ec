/// A starting state, three calls, and what happens to the sources between them.
struct GeneratedCase: Sendable {
    /// One call on both sides.
    struct Call: Sendable {
        /// By parameter name; what is left out takes its default.
        var arguments: [String: String?]
        /// Statements run before the call, each on its own; one that a constraint forbids is skipped on both sides.
        var changes: [String]
    }
    /// Counted from 1.
    var number: Int
    /// INSERT statements of one row each, parents first.
    var rows: [String]
    var calls: [Call]
}
