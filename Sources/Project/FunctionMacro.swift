import Catalog
import Models
import Versions

/// A macro that makes a legacy function in the target schema; a hook at the start of each run calls it.
///
/// No function node of dbt's (1.11 and up): `--select config.meta.routine:..` does not find those, so that a build of one
/// routine would lack them.
struct FunctionMacro {
    private let planned: PlannedFunction
    private let lookup: PlanLookup

    init(_ planned: PlannedFunction, _ lookup: PlanLookup) {
        self.planned = planned
        self.lookup = lookup
    }

    /// The text between the quotes of CREATE FUNCTION, as Jinja.
    var body: String {
        get throws {
            try planned.function.body.parts.map { part in
                switch part {
                case .text(let text): return Jinja.escaped(text)
                case .function(let signature):
                    guard let name = lookup.functions[signature] else {
                        throw ProjectError.unknownFunction(model: planned.name, function: signature)
                    }
                    return "{{ target.schema }}.\(name)"
                case .legacyTable(let table):
                    return "{{ \(try lookup.source(table, model: planned.name).call) }}"
                case .relation, .parameter, .parameterText, .callTimestamp:
                    throw ProjectError.unknownFunction(model: planned.name, function: "what a function cannot read")
                }
            }.joined().trimmingBlankLines
        }
    }

    func context() throws -> TemplateContext {
        let routine = planned.function.routine
        let arguments = zip(routine.parameters, planned.function.argumentTypes)
            .filter { parameter, _ in parameter.mode != .table }
            .map { parameter, type in
                (parameter.mode == .out ? "out " : "")
                    + (parameter.name.isEmpty ? "" : "\(Names.quoted(parameter.name)) ") + type
            }
        let text = routine.comment ?? routine.headerComment ?? ""
        let volatility =
            planned.function.isVolatile ? "volatile" : routine.volatility == "immutable" ? "immutable" : "stable"
        return [
            "name": planned.name, "arguments": Jinja.escaped(arguments.joined(separator: ", ")),
            "type": Jinja.escaped(planned.function.resultType), "language": routine.language,
            "volatility": volatility, "isStrict": routine.isStrict, "body": try body,
            "description": Description.yaml(
                text,
                fallback:
                    "Makes the function \(routine.name) of the legacy database in the target schema, at the start of a run.",
                indent: 6),
        ]
    }
}

extension String {
    /// Without empty lines at either end.
    fileprivate var trimmingBlankLines: String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false)
        while let first = lines.first, first.allSatisfy(\.isWhitespace) { lines.removeFirst() }
        while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
