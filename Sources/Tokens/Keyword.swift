/// Words that some reader of ours asks about, in any dialect. A keyword is never reserved here: what it means is the
/// reader's business. Raw values are positions in alphabetical order after `none`, so that a sorted table finds them.
public enum Keyword: UInt16, Sendable, CaseIterable {
    case none = 0
    case all
    case alter
    case always
    case analyze
    case and
    case any
    case array
    case `as`
    case asc
    case assert
    case atomic
    case authorization
    case backward
    case begin
    case between
    case both
    case bulk
    case by
    case call
    case cascade
    case `case`
    case cast
    case check
    case close
    case cluster
    case collate
    case collect
    case comment
    case commit
    case concurrently
    case conflict
    case connect
    case constant
    case constraint
    case `continue`
    case copy
    case create
    case cross
    case cube
    case current
    case cursor
    case cycle
    case data
    case database
    case deallocate
    case declare
    case `default`
    case delete
    case desc
    case detach
    case diagnostics
    case dimension
    case distinct
    case `do`
    case drop
    case each
    case `else`
    case elseif
    case elsif
    case empty
    case end
    case errors
    case except
    case exception
    case exec
    case execute
    case exists
    case exit
    case explain
    case `extension`
    case `false`
    case fetch
    case filter
    case first
    case following
    case `for`
    case forall
    case foreach
    case foreign
    case format
    case forward
    case found
    case from
    case full
    case function
    case get
    case global
    case goto
    case grant
    case group
    case grouping
    case handler
    case having
    case identity
    case `if`
    case ignore
    case ilike
    case immediate
    case immutable
    case `in`
    case including
    case index
    case info
    case inner
    case `inout`
    case insert
    case instead
    case intersect
    case interval
    case into
    case `is`
    case isnull
    case iterate
    case join
    case key
    case language
    case last
    case lateral
    case leading
    case leave
    case left
    case like
    case limit
    case list
    case local
    case lock
    case log
    case loop
    case match
    case matched
    case materialized
    case merge
    case minus
    case move
    case natural
    case next
    case no
    case not
    case nothing
    case notice
    case notify
    case notnull
    case null
    case nulls
    case of
    case off
    case offset
    case on
    case only
    case open
    case option
    case or
    case order
    case ordinality
    case others
    case out
    case outer
    case over
    case overriding
    case package
    case partition
    case perform
    case pivot
    case plan
    case preceding
    case precision
    case prepare
    case primary
    case print
    case prior
    case proc
    case procedure
    case query
    case raise
    case range
    case read
    case record
    case recursive
    case refcursor
    case references
    case refresh
    case reindex
    case rename
    case `repeat`
    case replace
    case reset
    case resignal
    case restart
    case restrict
    case result
    case `return`
    case returning
    case returns
    case reverse
    case revoke
    case right
    case rollback
    case rollup
    case row
    case rowCount
    case rowcount
    case rows
    case rowtype
    case savepoint
    case schema
    case scroll
    case security
    case select
    case sequence
    case serializable
    case session
    case set
    case setof
    case sets
    case share
    case show
    case signal
    case similar
    case slice
    case some
    case sql
    case sqlstate
    case stable
    case start
    case statement
    case strict
    case subpartition
    case synonym
    case system
    case table
    case tablesample
    case temp
    case temporary
    case then
    case `throw`
    case to
    case top
    case trailing
    case transaction
    case trigger
    case `true`
    case truncate
    case `try`
    case type
    case unbounded
    case union
    case unique
    case unlogged
    case unpivot
    case until
    case update
    case upsert
    case use
    case using
    case vacuum
    case values
    case variable
    case variadic
    case varying
    case view
    case volatile
    case wait
    case warning
    case when
    case `where`
    case `while`
    case window
    case with
    case within
    case without
    case work
    case write
    case zone

    /// The word in lower case; empty for `none`.
    public var word: String { self == .none ? "" : Keyword.words[Int(rawValue) - 1] }

    /// All words in lower case, sorted; index + 1 is the raw value.
    static let words: [String] = [
        "all", "alter", "always", "analyze", "and", "any", "array", "as", "asc", "assert", "atomic",
        "authorization", "backward", "begin", "between", "both", "bulk", "by", "call", "cascade", "case", "cast",
        "check", "close", "cluster", "collate", "collect", "comment", "commit", "concurrently", "conflict",
        "connect", "constant", "constraint", "continue", "copy", "create", "cross", "cube", "current", "cursor",
        "cycle", "data", "database", "deallocate", "declare", "default", "delete", "desc", "detach", "diagnostics",
        "dimension", "distinct", "do", "drop", "each", "else", "elseif", "elsif", "empty", "end", "errors",
        "except", "exception", "exec", "execute", "exists", "exit", "explain", "extension", "false", "fetch",
        "filter", "first", "following", "for", "forall", "foreach", "foreign", "format", "forward", "found", "from",
        "full", "function", "get", "global", "goto", "grant", "group", "grouping", "handler", "having", "identity",
        "if", "ignore", "ilike", "immediate", "immutable", "in", "including", "index", "info", "inner", "inout",
        "insert", "instead", "intersect", "interval", "into", "is", "isnull", "iterate", "join", "key", "language",
        "last", "lateral", "leading", "leave", "left", "like", "limit", "list", "local", "lock", "log", "loop",
        "match", "matched", "materialized", "merge", "minus", "move", "natural", "next", "no", "not", "nothing",
        "notice", "notify", "notnull", "null", "nulls", "of", "off", "offset", "on", "only", "open", "option", "or",
        "order", "ordinality", "others", "out", "outer", "over", "overriding", "package", "partition", "perform",
        "pivot", "plan", "preceding", "precision", "prepare", "primary", "print", "prior", "proc", "procedure",
        "query", "raise", "range", "read", "record", "recursive", "refcursor", "references", "refresh", "reindex",
        "rename", "repeat", "replace", "reset", "resignal", "restart", "restrict", "result", "return", "returning",
        "returns", "reverse", "revoke", "right", "rollback", "rollup", "row", "row_count", "rowcount", "rows",
        "rowtype",
        "savepoint", "schema", "scroll", "security", "select", "sequence", "serializable", "session", "set",
        "setof", "sets", "share", "show", "signal", "similar", "slice", "some", "sql", "sqlstate", "stable",
        "start", "statement", "strict", "subpartition", "synonym", "system", "table", "tablesample", "temp",
        "temporary", "then", "throw", "to", "top", "trailing", "transaction", "trigger", "true", "truncate", "try",
        "type", "unbounded", "union", "unique", "unlogged", "unpivot", "until", "update", "upsert", "use", "using",
        "vacuum", "values", "variable", "variadic", "varying", "view", "volatile", "wait", "warning", "when",
        "where", "while", "window", "with", "within", "without", "work", "write", "zone",
    ]
}
