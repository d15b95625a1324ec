/// How much a finding weighs.
public enum Severity: String, Codable, Sendable, Comparable {
    /// Worth knowing; nothing is lost.
    case note
    /// The result may differ under circumstances that the message names.
    case warning
    /// A part is not converted; the models that need it are disabled.
    case error

    /// note < warning < error.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    private var rank: Int { self == .note ? 0 : self == .warning ? 1 : 2 }
}

/// Something the program has to tell a person about one place of a routine.
///
/// `code` is `P2D-` and three digits and never changes its meaning; `docs/findings.md` explains each.
public struct Finding: Codable, Sendable, Hashable {
    /// `P2D-` and three digits: what kind of matter it is.
    public var code: String
    /// How much it weighs in this place: only an error disables models.
    public var severity: Severity
    /// `schema.routine`, or the table when the finding is about a table.
    public var routine: String
    /// What is the matter and what to do, in one sentence or two.
    public var message: String
    /// First and last line, counted from 1 in the routine's text.
    public var line: Int
    /// Last line it is about; `line` when there is only one.
    public var endLine: Int

    /// Makes a finding; `endLine` is `line` unless told.
    public init(
        code: String, severity: Severity, routine: String, message: String, line: Int, endLine: Int? = nil
    ) {
        self.code = code
        self.severity = severity
        self.routine = routine
        self.message = message
        self.line = line
        self.endLine = endLine ?? line
    }

    enum CodingKeys: String, CodingKey {
        case code, severity, routine, message, line
        case endLine = "end_line"
    }
}
