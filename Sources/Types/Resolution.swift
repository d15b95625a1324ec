/// Chooses the overload that PostgreSQL would call, and what it returns.
struct Resolution {
    let types: TypeSystem

    /// One overload spread over the arguments of a call.
    private struct Candidate {
        let arguments: [SQLType]
        let result: SQLType
    }

    // MARK: functions

    /// The result of a built-in function; an argument without a known type is nil.
    func function(_ name: String, _ arguments: [SQLType?], isVariadic: Bool) -> SQLType? {
        let candidates = (types.builtins.functions[name] ?? []).compactMap {
            spread($0, over: arguments.count, asArray: isVariadic)
        }
        guard let known = all(arguments) else { return unanimous(candidates, arguments) }
        if let exact = candidates.first(where: { $0.arguments == known }) { return result(exact, known) }
        let matching = candidates.filter { accepts($0, known) }
        if let best = select(matching, known) { return result(best, known) }
        // A type's name called like a function is a cast; where there are functions of that name they return the type.
        return known.count == 1 && isCast(name) ? SQLType(name) : nil
    }

    private func isCast(_ name: String) -> Bool {
        types.builtins.categories[name].map { !"PXZ".contains($0) } ?? false
    }

    /// The one result that all overloads have that take so many arguments; for calls with argument names.
    func function(_ name: String, count: Int) -> SQLType? {
        let signatures = (types.builtins.functions[name] ?? []).filter { $0.arguments.count >= count }
        guard let first = signatures.first?.result, !types.isPolymorphic(first) else { return nil }
        return signatures.allSatisfy { $0.result == first } ? first : nil
    }

    private func spread(_ signature: Builtins.Signature, over count: Int, asArray: Bool) -> Candidate? {
        var arguments = signature.arguments
        if signature.isVariadic, !asArray, let last = arguments.popLast() {
            guard count > arguments.count else { return nil }
            let one = last.isArray ? last.element : last
            arguments += Array(repeating: one, count: count - arguments.count)
        }
        guard count <= arguments.count, count >= arguments.count - signature.defaults else { return nil }
        return Candidate(arguments: Array(arguments.prefix(count)), result: signature.result)
    }

    /// The position of the one overload that a call with these arguments takes; nil when the server would call it
    /// ambiguous, or when an argument's type isn't known.
    func overload(_ overloads: [[SQLType]], _ arguments: [SQLType?]) -> Int? {
        guard let known = all(arguments) else { return nil }
        // The position travels as the result's name.
        let candidates = overloads.enumerated().map {
            Candidate(arguments: $1.map(\.identity), result: SQLType(String($0)))
        }
        let exact = candidates.filter { $0.arguments == known }
        if !exact.isEmpty { return exact.count == 1 ? Int(exact[0].result.name) : nil }
        return select(candidates.filter { accepts($0, known) }, known).flatMap { Int($0.result.name) }
    }

    // MARK: operators

    /// The result of a built-in operator over one or two operands.
    func op(_ symbol: String, _ operands: [SQLType?]) -> SQLType? {
        let candidates = (types.builtins.operators[symbol] ?? [])
            .filter { $0.arguments.count == operands.count }
            .map { Candidate(arguments: $0.arguments, result: $0.result) }
        guard let known = all(operands) else { return unanimous(candidates, operands) }
        return chosen(candidates, known).flatMap { result($0, known) }
    }

    /// The type that NULLIF gives: its first side as the `=` of both sides takes it.
    func nullif(_ left: SQLType, _ right: SQLType) -> SQLType? {
        guard let known = all([left, right]) else { return nil }
        let candidates = (types.builtins.operators["="] ?? [])
            .filter { $0.arguments.count == 2 }
            .map { Candidate(arguments: $0.arguments, result: $0.result) }
        guard let candidate = chosen(candidates, known) else { return nil }
        let declared = candidate.arguments[0]
        if types.isPolymorphic(declared) {
            if known[0].isUnknown { return known[1] }
            return declared.name == "anyarray" ? (types.base(left).isArray ? withoutDomain(left) : nil) : left
        }
        // A composite stays what it is when it is compared as a record.
        if declared.name == "record" { return types.category(known[0]) == "C" ? left : nil }
        return known[0] == declared ? left : declared
    }

    private func withoutDomain(_ type: SQLType) -> SQLType {
        types.definition(type)?.kind == .domain ? types.base(type).identity : type
    }

    private func chosen(_ candidates: [Candidate], _ known: [SQLType]) -> Candidate? {
        if let exact = exact(candidates, known) { return exact }
        return select(candidates.filter { accepts($0, known) }, known)
    }

    /// The operator for these very types. A side without a type is taken to be of the other's.
    private func exact(_ candidates: [Candidate], _ known: [SQLType]) -> Candidate? {
        func find(_ sides: [SQLType]) -> Candidate? { candidates.first { $0.arguments == sides } }
        if let exact = find(known) { return exact }
        guard known.count == 2, known[0].isUnknown != known[1].isUnknown else { return nil }
        let side = known[0].isUnknown ? known[1] : known[0]
        if let same = find([side, side]) { return same }
        let base = types.base(side).identity
        return base == side ? nil : find([base, base])
    }

    // MARK: candidates

    private func all(_ arguments: [SQLType?]) -> [SQLType]? {
        var known: [SQLType] = []
        for argument in arguments {
            guard let argument, types.isKnown(argument) else { return nil }
            known.append(argument.identity)
        }
        return known
    }

    private func accepts(_ candidate: Candidate, _ arguments: [SQLType]) -> Bool {
        for (have, want) in zip(arguments, candidate.arguments) where !types.converts(have, to: want) { return false }
        return Polymorphism(types: types).bind(candidate.arguments, arguments) != nil
    }

    /// With an argument of an unknown type only what all remaining overloads agree on can be said.
    private func unanimous(_ candidates: [Candidate], _ arguments: [SQLType?]) -> SQLType? {
        let possible = candidates.filter { candidate in
            zip(arguments, candidate.arguments).allSatisfy { have, want in
                guard let have, types.isKnown(have) else { return true }
                return types.converts(have, to: want)
            }
        }
        guard let first = possible.first?.result, !types.isPolymorphic(first) else { return nil }
        return possible.allSatisfy { $0.result == first } ? first : nil
    }

    private func result(_ candidate: Candidate, _ arguments: [SQLType]) -> SQLType? {
        guard types.isPolymorphic(candidate.result) else { return candidate.result }
        return Polymorphism(types: types).bind(candidate.arguments, arguments)?.type(candidate.result)
    }

    /// The best of the overloads that would do; nil when the server would call them ambiguous.
    private func select(_ all: [Candidate], _ arguments: [SQLType]) -> Candidate? {
        guard all.count > 1 else { return all.first }
        let inputs = arguments.map { $0.isUnknown ? $0 : types.base($0).identity }
        var rest = best(all) { candidate in
            zip(inputs, candidate.arguments).count { !$0.isUnknown && $0 == $1 }
        }
        if rest.count == 1 { return rest[0] }
        let categories = inputs.map { types.category($0) }
        rest = best(rest) { candidate in
            inputs.indices.count { index in
                guard !inputs[index].isUnknown else { return false }
                let want = candidate.arguments[index]
                return want == inputs[index] || types.category(want) == categories[index] && types.isPreferred(want)
            }
        }
        if rest.count == 1 { return rest[0] }
        guard inputs.contains(where: \.isUnknown) else { return nil }
        if let narrowed = byUnknowns(rest, inputs) {
            rest = narrowed
            if rest.count == 1 { return rest[0] }
        }
        // Last: take the untyped ones to be of the one type that the others have.
        let known = Set(inputs.filter { !$0.isUnknown })
        guard known.count == 1, let only = known.first else { return nil }
        let fitting = rest.filter { accepts($0, Array(repeating: only, count: inputs.count)) }
        return fitting.count == 1 ? fitting[0] : nil
    }

    private func best(_ candidates: [Candidate], _ score: (Candidate) -> Int) -> [Candidate] {
        let scores = candidates.map(score)
        guard let highest = scores.max() else { return [] }
        return zip(candidates, scores).filter { $0.1 == highest }.map(\.0)
    }

    /// Keeps the overloads that take untyped arguments in the category that wins there: strings, if any takes one.
    private func byUnknowns(_ candidates: [Candidate], _ inputs: [SQLType]) -> [Candidate]? {
        var wanted: [(index: Int, category: Character, preferred: Bool)] = []
        for index in inputs.indices where inputs[index].isUnknown {
            let there = candidates.map { $0.arguments[index] }
            let categories = Set(there.map { types.category($0) })
            guard let category = categories.contains("S") ? "S" : categories.count == 1 ? categories.first : nil else {
                return nil
            }
            let preferred = there.contains { types.category($0) == category && types.isPreferred($0) }
            wanted.append((index, category, preferred))
        }
        let kept = candidates.filter { candidate in
            wanted.allSatisfy { want in
                let type = candidate.arguments[want.index]
                return types.category(type) == want.category && (!want.preferred || types.isPreferred(type))
            }
        }
        return kept.isEmpty ? nil : kept
    }
}
