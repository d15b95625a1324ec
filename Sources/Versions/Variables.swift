import Catalog
import Steps

/// A PL/pgSQL variable, parameter or field: what its value is now.
final class Variable {
    let name: String
    /// As `format_type` prints it; nil for records and unknown types.
    let type: String?
    /// An SQL expression that can stand anywhere an operand can.
    var value: SQLTemplate {
        didSet {
            text = nil
            known = nil
            variants = nil
            textHangsOnChoice = false
            domains = []
        }
    }
    /// The last assignment's value, for readers that can only be reached through it.
    var known: KnownValue?
    /// The texts that it may have, when assignments under conditions have left several.
    var variants: [TextVariant]?
    /// The newest assignment alone leaves several.
    var textHangsOnChoice = false
    /// What tests have let through.
    var domains: [TextDomain] = []
    /// What is known of the characters of `value`; nil when that must be read from `value` itself, if at all.
    var text: AssignedText?
    var taint: Taint
    /// Fields of a record or row variable; nil for scalars.
    var fields: [Variable]?
    /// Declared as RECORD: takes the shape of what is put into it.
    var isRecord = false
    /// Inside a loop: the conditions under which this iteration has set it, when not always; an older value is not known.
    var validUnder: [SQLTemplate]?
    /// It holds what the system catalog has answered: nobody can read it here.
    var unanswered: Refusal?
    /// Conditions that never hold.
    static let never: [SQLTemplate] = ["never"]
    /// A declared cursor's query.
    var cursor: CursorDefinition?
    /// An OUT parameter: the caller fetches from it.
    var isResult = false
    /// What OPEN made of it.
    var openCursor: OpenCursor?

    init(name: String, type: String?, value: SQLTemplate, taint: Taint = []) {
        self.name = name
        self.type = type
        self.value = value
        self.taint = taint
    }

    /// Field by name.
    func field(_ name: String) -> Variable? { fields?.first { $0.name == name } }
}

/// What an assignment gave to a variable, without what it was elsewhere.
struct KnownValue {
    var value: SQLTemplate
    /// The conditions under which the assignment ran.
    var path: [SQLTemplate]
    var reaches: [Reach]
}

/// The text that an assignment gave to a variable, and where that assignment is the one that counts.
struct AssignedText {
    var text: DynamicText
    /// The conditions under which the assignment ran.
    var path: [SQLTemplate]
    var reaches: [Reach]
}

/// A bound cursor: its query and parameters.
struct CursorDefinition {
    var source: SourceText
    var parameters: Range<Int>?
    var query: Range<Int>
}

/// A cursor's rows as they were when it was opened, and how far it has been fetched.
struct OpenCursor {
    var driver: Lowerer.Driver
    var position: Int
    /// The position where it is not known before the call: a bigint, 0 before the first row.
    var place: Variable?
    /// A loop has fetched from it and left it somewhere.
    var isLost = false
    /// Conditions under which it was opened: fetching under others would make the position unknown.
    var guardCondition: SQLTemplate?
    /// Loops of states around the OPEN.
    var depth = 0
}

/// Names that a block declares.
final class Scope {
    let label: String?
    var variables: [String: Variable] = [:]
    let parent: Scope?
    /// The parameters of a dynamic text, which sees nothing of the routine's own, FOUND included.
    var isDynamic = false

    init(label: String?, parent: Scope?) {
        self.label = label
        self.parent = parent
    }

    /// The innermost variable of a name.
    func find(_ name: String) -> Variable? { variables[name] ?? parent?.find(name) }

    /// The variable of a labelled block (`label.name`).
    func find(label: String, _ name: String) -> Variable? {
        self.label == label ? variables[name] ?? parent?.find(label: label, name) : parent?.find(label: label, name)
    }

    /// Whether a block or routine has this label.
    func hasLabel(_ label: String) -> Bool { self.label == label || (parent?.hasLabel(label) ?? false) }
}

/// Whether control can still reach what follows: RETURN, RAISE and EXIT under a condition switch the rest off.
final class Reach {
    /// A boolean that is never null; nil while nothing has switched anything off.
    var condition: SQLTemplate?
    /// Nothing behind this point runs.
    var isDead = false
    /// A block with handlers: explicit failures end here.
    var catches = false
    /// Names that stand in the block's handlers.
    var handlerNames: Set<String> = []
    /// The conditions that the block's handlers name.
    var handled: [String] = []
    var raises: [Raised] = []
}

/// A routine that is being lowered: the entry or an inlined callee.
final class Frame {
    let routine: Routine
    var routineName: String { routine.name.description }
    let source: SourceText
    let searchPath: [String]?
    let reach = Reach()
    /// `#variable_conflict use_column`.
    let prefersColumns: Bool
    /// `#variable_conflict error`, PL/pgSQL's default: a name that a variable and a column share stops the original.
    var refusesConflicts = false
    /// Rows returned so far by RETURN QUERY / RETURN NEXT.
    var returnedRows: [VersionID] = []
    /// The value of RETURN expr.
    var returnValue: Variable?
    /// A routine that is inlined twice is counted once.
    var countsSteps = true

    init(routine: Routine, source: SourceText, searchPath: [String]?, prefersColumns: Bool) {
        self.routine = routine
        self.source = source
        self.searchPath = searchPath
        self.prefersColumns = prefersColumns
    }
}
