/// A routine's code as a tree: what runs in order, what branches, what repeats, what is guarded by handlers.
public indirect enum Region: Sendable {
    case step(Step)
    case branch(Branch)
    case loop(Loop)
    case block(Block)

    /// The tokens it covers.
    public var range: Range<Int> {
        switch self {
        case .step(let step): step.range
        case .branch(let branch): branch.range
        case .loop(let loop): loop.range
        case .block(let block): block.range
        }
    }
}

/// One statement that isn't a control structure.
public struct Step: Sendable {
    /// Which statement it is, with the ranges of its parts.
    public var kind: StepKind
    /// All its tokens, without the semicolon.
    public var range: Range<Int>
    /// Comment lines that stand right before it.
    public var comments: [String]

    /// Makes a step over a range.
    public init(kind: StepKind, range: Range<Int>, comments: [String]) {
        self.kind = kind
        self.range = range
        self.comments = comments
    }
}

/// What a statement does, with the ranges of its parts.
public enum StepKind: Sendable {
    /// A statement that the server itself runs: SELECT, INSERT, CREATE, TRUNCATE and so on.
    case sql
    /// `target := value` (or `=`); the target may have a field or a subscript.
    case assignment(target: Range<Int>, value: Range<Int>)
    case returnValue(Range<Int>?)
    case returnNext(Range<Int>?)
    case returnQuery(Range<Int>)
    /// RETURN QUERY EXECUTE text [USING ..]
    case returnQueryDynamic(DynamicCall)
    /// PERFORM: the range holds what stands in place of the select list and after.
    case perform(Range<Int>)
    /// CALL name(args): the range starts at the name.
    case call(Range<Int>)
    case execute(DynamicCall)
    case getDiagnostics(stacked: Bool, items: [DiagnosticsItem])
    /// RAISE; `level` is `exception` when none is written.
    case raise(level: String, arguments: Range<Int>)
    case assert(Range<Int>)
    case null
    case commit
    case rollback
    /// OPEN cursor [(args)] | OPEN cursor FOR query | OPEN cursor FOR EXECUTE ..
    case open(cursor: String, arguments: Range<Int>?, query: Range<Int>?, dynamic: DynamicCall?)
    case fetch(cursor: String, direction: Range<Int>, into: [Range<Int>], isMove: Bool)
    case close(cursor: String)
    case exit(label: String?, condition: Range<Int>?)
    case `continue`(label: String?, condition: Range<Int>?)
    /// Could not be read; the tokens are kept.
    case opaque
}

/// The parts of EXECUTE and its relatives.
public struct DynamicCall: Sendable {
    /// The expression that yields the text.
    public var text: Range<Int>
    /// Targets of INTO, one range each; empty without INTO.
    public var into: [Range<Int>]
    /// INTO STRICT: anything but exactly one row is an error.
    public var isStrict: Bool
    /// Expressions of USING: `$1` of the text is the first one.
    public var using: [Range<Int>]
}

/// `target = ITEM` of GET DIAGNOSTICS.
public struct DiagnosticsItem: Sendable {
    /// The variable that takes the value.
    public var target: Range<Int>
    /// Lower case: `row_count`, `message_text` and so on.
    public var item: String
}

/// IF or CASE as statements.
public struct Branch: Sendable {
    /// From IF or CASE to END IF or END CASE, without the semicolon.
    public var range: Range<Int>
    /// Comment lines that stand right before it, without their marks.
    public var comments: [String]
    /// The operand of a simple CASE.
    public var subject: Range<Int>?
    /// In written order: the first one that holds runs.
    public var arms: [Arm]
    /// nil when there is no ELSE: IF does nothing then, CASE raises.
    public var otherwise: [Region]?
    /// True for CASE, false for IF.
    public var isCase: Bool

    /// One condition and what it leads to.
    public struct Arm: Sendable {
        /// One condition; a simple CASE may list several values.
        public var conditions: [Range<Int>]
        /// What runs when one of the conditions holds.
        public var body: [Region]
        /// Comment lines before the statement for the first arm of an IF, else those before the arm's own word.
        public var comments: [String]
    }
}

/// A loop with its header.
public struct Loop: Sendable {
    /// What drives the loop.
    public enum Kind: Sendable {
        case forever
        case `while`(Range<Int>)
        case integers(variable: String, from: Range<Int>, to: Range<Int>, by: Range<Int>?, reverse: Bool)
        case query(targets: [Range<Int>], query: Range<Int>)
        case dynamicQuery(targets: [Range<Int>], call: DynamicCall)
        case cursor(variable: String, cursor: String, arguments: Range<Int>?)
        case array(targets: [Range<Int>], slice: Bool, array: Range<Int>)
    }
    /// What drives it, with the ranges of its header's parts.
    public var kind: Kind
    /// The name between `<<` and `>>`, which EXIT and CONTINUE may use; nil without one.
    public var label: String?
    /// What each iteration runs.
    public var body: [Region]
    /// From the header's first word to END LOOP and the label behind it, without the semicolon.
    public var range: Range<Int>
    /// From FOR/WHILE to LOOP.
    public var header: Range<Int>
    /// Comment lines that stand right before it, without their marks.
    public var comments: [String]
}

/// BEGIN .. END with its declarations and handlers.
public struct Block: Sendable {
    /// The name between `<<` and `>>`, which EXIT and qualified variables may use; nil without one.
    public var label: String?
    /// In written order, because an initial value may read the names before it.
    public var declarations: [Declaration]
    /// What runs, up to EXCEPTION or END.
    public var body: [Region]
    /// In written order: the first one that names the error runs. Empty without EXCEPTION.
    public var handlers: [Handler]
    /// From the label or DECLARE to END and the label behind it, without the semicolon.
    public var range: Range<Int>
    /// Comment lines that stand right before it, without their marks.
    public var comments: [String]
}

/// EXCEPTION WHEN a OR b THEN ..
public struct Handler: Sendable {
    /// Condition names in lower case (`others`, `no_data_found`, `sqlstate '23505'`).
    public var conditions: [String]
    /// What runs instead of the rest of the block.
    public var body: [Region]
    /// From WHEN to the end of the body.
    public var range: Range<Int>
}

/// One declared name of a block.
public struct Declaration: Sendable {
    /// What the name stands for.
    public enum Kind: Sendable {
        /// The type as written (may end in %TYPE or %ROWTYPE).
        case variable(type: Range<Int>, isConstant: Bool, notNull: Bool, initial: Range<Int>?)
        case cursor(parameters: Range<Int>?, query: Range<Int>)
        case alias(of: Range<Int>)
    }
    /// As the catalog would store it: lower case unless quoted.
    public var name: String
    /// A variable, a cursor or an alias, with the ranges of its parts.
    public var kind: Kind
    /// From the name to the token before the semicolon.
    public var range: Range<Int>
}
