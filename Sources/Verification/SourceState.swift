import Foundation

/// Where the rows that a verification starts from come from.
public enum SourceState: Sendable {
    /// A database of the user's, read in one read-only snapshot and never written.
    case database(connectionString: String)
    /// SQL files that make everything: tables, routines, rows. `settings` are set in the session that runs them.
    case sqlFiles([URL], settings: [String: String] = [:])
    /// The catalog's tables, without a row.
    case empty
}
