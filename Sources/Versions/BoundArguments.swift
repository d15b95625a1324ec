import Catalog
import Steps
import Tokens
import Types

/// A function's parameters with the values that a call gives them.
///
/// Inside the function's own queries a column name of an argument could come to mean one of their columns. Then the
/// arguments are computed in a derived table of their own, and the body reads that table's columns by a name that
/// nothing else has.
struct BoundArguments {
    var scope: Scope
    /// Operands, in the order of the parameters.
    var values: [SQLTemplate]
    /// `(select .. as p_a, .. as p_b) as f_arguments`, to stand in FROM; nil when the values stand by themselves.
    var derived: SQLTemplate?

    /// The values in place of the parameters.
    static func direct(_ lowerer: Lowerer, _ routine: Routine, _ arguments: [SQLTemplate]) -> BoundArguments {
        BoundArguments(lowerer, routine, values: arguments.map { "(\($0))" }, derived: nil)
    }

    /// The values as columns of a derived table.
    static func derived(
        _ lowerer: Lowerer, _ routine: Routine, _ arguments: [SQLTemplate], taken: Set<String>
    ) -> BoundArguments {
        var alias = routine.name.name + "_arguments"
        while taken.contains(alias) || routine.body.contains(alias) { alias += "_" }
        let label = SQLText.identifier(alias)
        let names = lowerer.callParameters(routine).enumerated().map { position, parameter in
            SQLText.identifier(parameter.name.isEmpty ? "argument_\(position + 1)" : parameter.name)
        }
        let items: [SQLTemplate] = zip(arguments, names).map { "\($0) as \($1)" }
        return BoundArguments(
            lowerer, routine, values: names.map { SQLTemplate("\(label).\($0)") },
            derived: "(select \(.joined(items, separator: ", "))) as \(label)")
    }

    private init(_ lowerer: Lowerer, _ routine: Routine, values: [SQLTemplate], derived: SQLTemplate?) {
        self.values = values
        self.derived = derived
        scope = Scope(label: routine.name.name, parent: nil)
        for (position, (parameter, value)) in zip(lowerer.callParameters(routine), values).enumerated() {
            let type = lowerer.qualifiedType(TypeName.ofSignature(parameter.type))
            let variable = Variable(name: parameter.name, type: type, value: value)
            if !parameter.name.isEmpty { scope.variables[parameter.name] = variable }
            scope.variables["$\(position + 1)"] = variable
        }
    }

    /// Whether a body has queries with a FROM clause; `extract(x from y)` and IS DISTINCT FROM are none.
    static func hasFromClause(_ source: SourceText) -> Bool {
        source.all.contains { isFromClause($0, source) }
    }

    /// Whether a token is FROM of a query.
    static func isFromClause(_ index: Int, _ source: SourceText) -> Bool {
        guard source.keyword(index) == .from, source.keyword(index - 1) != .distinct else { return false }
        var open = index - 1
        while open >= 0, source.kind(open) != .leftParen || source.closing(of: open) < index { open -= 1 }
        return open < 1 || !["extract", "substring", "trim", "overlay"].contains(source.name(open - 1))
    }
}
