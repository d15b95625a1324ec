import Findings
import Versions

/// `report.json`: what became of each routine.
struct ConversionReport: Codable, Equatable {
    /// Version of this format.
    var version = 1
    /// The dbt project's name.
    var project: String
    /// By name.
    var routines: [RoutineReport]
    /// What is about tables or the whole project.
    var findings: [Finding]

    /// Every routine is converted as a whole.
    var isComplete: Bool { routines.allSatisfy { $0.status == .converted } }
}

/// One routine of the report.
struct RoutineReport: Codable, Equatable {
    /// How much of a routine is converted; the later, the worse.
    enum Status: String, Codable, Comparable, CaseIterable {
        case converted, partial, refused

        static func < (left: Status, right: Status) -> Bool { left.rank < right.rank }
        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// `schema.routine`, with the argument types where the name is overloaded.
    var name: String
    var status: Status
    var steps: StepCounts
    /// Enabled models, in the order in which they are built.
    var models: [String]
    var findings: [RoutineFinding]
}

/// A finding in the report of its routine.
struct RoutineFinding: Codable, Hashable {
    var code: String
    var severity: Severity
    var message: String
    var line: Int
    var endLine: Int

    init(_ finding: Finding) {
        code = finding.code
        severity = finding.severity
        message = finding.message
        line = finding.line
        endLine = finding.endLine
    }

    enum CodingKeys: String, CodingKey {
        case code, severity, message, line
        case endLine = "end_line"
    }
}
