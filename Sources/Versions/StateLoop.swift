import Catalog
import Steps

/// A loop as a chain of states, for bodies that no simpler rule takes: one recursive CTE whose row n holds what iteration n
/// has left behind, variables as columns and the tables that the loop reads and writes as JSON arrays of their rows.
///
/// The body is lowered like any other code, over the columns of the state before it; the versions that this makes become the
/// CTEs of one lateral step. Hence statements, nested loops, handlers and calls need no rules of their own here.
/// Precondition: what an iteration leaves behind is a value (no sequence, no table made inside). Refusal: P2D-105.
///
/// Source: PostgreSQL manual, "WITH Queries", "Recursive Queries": the recursive part sees the rows of the step before.
final class StateLoop {
    let loop: Loop
    let line: Int
    /// Alias of the state that an iteration starts with.
    let prior: String
    /// Alias of the row that drives an iteration.
    let row: String
    var driver = Lowerer.Driver()
    /// Versions from here on belong to the body.
    var start = 0
    var columns: [Column] = []
    var variables: [Carried] = []
    var tables: [Written] = []
    var results: [Returned] = []
    var batches: [BatchDelete] = []
    /// Sequences that the body draws from, with the column of the last number.
    var sequences: [(name: QualifiedName, column: String, initial: SQLTemplate)] = []
    var raises: [Failure] = []
    var leaves: [(reach: Reach, flag: String)] = []
    /// Conditions under which no further iteration runs.
    var stops: [SQLTemplate] = []
    var test: SQLTemplate?
    var outerGuard: SQLTemplate?
    var outcome: Diagnostics?
    private var names: Set<String> = ["iteration", "is_running", "row_count", "found"]

    /// A column of the state.
    struct Column {
        var name: String
        var type: String
        var initial: SQLTemplate
        var out: SQLTemplate
        /// Somebody behind the loop reads it.
        var isRead: Bool
    }

    /// A failure that somebody around the loop takes, with the columns that hold what is known of it.
    struct Failure {
        var reach: Reach
        var raised: Raised
        var flag: String
        var message: String
        var detail: String?
        var hint: String?
    }

    /// A variable that the body changes.
    struct Carried {
        var variable: Variable
        var isTarget: Bool
        var before: (value: SQLTemplate, taint: Taint, fields: [Variable]?, validUnder: [SQLTemplate]?)
        /// Columns by field; a scalar's under the empty name.
        var columns: [String: String] = [:]
    }

    /// A table that the body writes.
    struct Written {
        var name: QualifiedName
        var before: TableState
        var column: String
        /// Only added to and not read inside: each state holds its own iteration's rows alone.
        var isEmitted: Bool
        /// Added to and read inside: the state holds the rows that the loop has added so far.
        var isGrowing = false
        var after: [VersionColumn] = []
        /// The version with which the body starts.
        var input = VersionID(0)
        /// The body's last version of it.
        var version = VersionID(0)
    }

    /// Rows that the body returns.
    struct Returned {
        var frame: Frame
        var column: String
        var columns: [VersionColumn]
        var version: VersionID
    }

    /// Names of the body's versions as CTEs of a step.
    var stepNames: [VersionID: String] = [:]

    init(loop: Loop, line: Int, prior: String, row: String) {
        self.loop = loop
        self.line = line
        self.prior = prior
        self.row = row
    }

    /// A column name that is not taken.
    func unique(_ wanted: String) -> String {
        var name = wanted
        var number = 2
        while !names.insert(name).inserted {
            name = "\(wanted)_\(number)"
            number += 1
        }
        return name
    }

    /// A value of the state before.
    func old(_ column: String) -> SQLTemplate { SQLTemplate("\(prior).\(SQLText.identifier(column))") }
}

/// What a chain of states has to carry; found by lowering the body until nothing new comes.
struct StateCarry: Equatable {
    var variables: [ObjectIdentifier: [Field]] = [:]
    var tables: [QualifiedName: [VersionColumn]] = [:]
    /// Tables whose rows change otherwise than by INSERT.
    var whole: Set<QualifiedName> = []
    /// Sequences that the body draws numbers from.
    var sequences: Set<QualifiedName> = []

    /// A scalar (with an empty name) or a record's field.
    struct Field: Equatable {
        var name: String
        var type: String?
        var taint: Taint
        /// A loop inside has left it in a state that is not known.
        var isUnknown = false
    }
}
