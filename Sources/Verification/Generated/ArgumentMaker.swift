import Catalog

/// Makes arguments up: those of the scenario, literals that the parameter is compared with, values of the columns that it
/// is compared with, NULL, and the default.
struct ArgumentMaker {
    let routine: Routine
    let catalog: CatalogSnapshot
    /// By parameter, from the scenario's calls.
    let known: [String: [String?]]

    /// Parameters that may be left out all together.
    var hasDefaults: Bool { inputs.contains { $0.defaultExpression != nil } }

    var inputs: [Parameter] {
        routine.parameters.filter { $0.mode != .out && $0.mode != .table && $0.mode != .variadic }
    }

    /// Arguments for all inputs, or for those without a default.
    func arguments(leavingOutDefaults: Bool, _ values: ValueMaker, _ random: inout Randomness) -> [String: String?] {
        var arguments: [String: String?] = [:]
        for parameter in inputs where !(leavingOutDefaults && parameter.defaultExpression != nil) {
            arguments[parameter.name] = .some(argument(parameter, values, &random))
        }
        return arguments
    }

    private func argument(_ parameter: Parameter, _ values: ValueMaker, _ random: inout Randomness) -> String? {
        let known = known[parameter.name] ?? []
        let dice = random.below(100)
        if dice < 7 { return nil }
        if dice < 45, let value = random.pick(known) { return value }
        let kind = ColumnKind(parameter.type, catalog: catalog)
        guard let value = values.value(parameter.name, kind, &random) else { return random.pick(known) ?? nil }
        // A counter of a loop: a large one would only take long.
        if kind.family == .integer, let number = Int(value), abs(number) > 400, !known.contains(value) {
            return String(number % 50)
        }
        return value
    }
}
