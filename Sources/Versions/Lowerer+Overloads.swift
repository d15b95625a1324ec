import Catalog
import Steps
import Tokens
import Types

extension Lowerer {
    /// Parameters that a call lists: a procedure's OUT parameters have places too.
    func callParameters(_ routine: Routine) -> [Parameter] {
        routine.parameters.filter { $0.mode != .table && (routine.kind == .procedure || $0.mode != .out) }
    }

    /// Whether a call with so many arguments in order and these by name can mean the routine.
    func takes(_ routine: Routine, positional: Int, named: [String]) -> Bool {
        let inputs = callParameters(routine)
        // Named arguments do not go together with gathered ones.
        if inputs.last?.mode == .variadic, !named.isEmpty, !named.contains(inputs[inputs.count - 1].name) {
            return false
        }
        // A VARIADIC parameter takes one argument at least, or its default.
        if positional > inputs.count { return inputs.last?.mode == .variadic && named.isEmpty }
        let rest = inputs.dropFirst(positional)
        return named.allSatisfy { name in rest.contains { $0.name == name } }
            && rest.allSatisfy { $0.defaultExpression != nil || $0.mode == .out || named.contains($0.name) }
    }

    /// The routine that a call means, and its arguments by position; refuses what the types don't decide.
    ///
    /// Source: PostgreSQL manual, "Function Type Resolution".
    func choose(
        _ candidates: [Routine], _ pieces: [Range<Int>], source: SourceText, visible: [VisibleRelation], scope: Scope?
    ) throws -> RoutineCall {
        var positional: [Range<Int>] = []
        var named: [(name: String, value: Range<Int>)] = []
        for piece in pieces {
            let mark = source.text(piece.lowerBound + 1)
            if piece.count >= 3, source.isName(piece.lowerBound), mark == "=>" || mark == ":=" {
                named.append((source.name(piece.lowerBound), piece.lowerBound + 2..<piece.upperBound))
            } else {
                positional.append(piece)
            }
        }
        let name = candidates.first?.name.name ?? ""
        let fitting = candidates.filter { takes($0, positional: positional.count, named: named.map(\.name)) }
        guard !fitting.isEmpty else {
            throw Refusal(code: .defect, detail: "no '\(name)' takes these \(pieces.count) arguments")
        }
        var chosen = fitting[0]
        if fitting.count > 1 {
            let values = positional + named.map(\.value)
            let types = values.map { argumentType($0, source: source, visible: visible, scope: scope) }
            guard let found = overload(fitting, types, positional: positional.count, named: named.map(\.name)) else {
                throw Refusal(
                    code: .call, detail: "which of the \(fitting.count) overloads of '\(name)' is called isn't certain")
            }
            chosen = found
        }
        let parameters = callParameters(chosen)
        var arguments = [Range<Int>?](repeating: nil, count: parameters.count)
        var gathered: [Range<Int>]?
        if let last = parameters.last, last.mode == .variadic {
            guard fitting.count == 1, !TypeName.ofSignature(last.type).hasPrefix("any") else {
                throw Refusal(code: .call, detail: "'\(chosen.name)' is variadic and polymorphic or overloaded")
            }
            let place = parameters.count - 1
            if let piece = positional.dropFirst(place).first, source.keyword(piece.lowerBound) == .variadic {
                positional[place] = piece.dropFirst()
            } else if positional.count > place {
                gathered = Array(positional[place...])
                positional.removeSubrange(place...)
            }
        }
        for (position, piece) in positional.enumerated() { arguments[position] = piece }
        for (name, value) in named {
            if let position = parameters.firstIndex(where: { $0.name == name }) { arguments[position] = value }
        }
        return RoutineCall(routine: chosen, arguments: arguments, gathered: gathered)
    }

    /// As `chooseOverload` wants it: bare strings and NULL are `unknown`.
    private func argumentType(
        _ range: Range<Int>, source: SourceText, visible: [VisibleRelation], scope: Scope?
    ) -> String? {
        if range.count == 1, source.kind(range.lowerBound) == .string || source.keyword(range.lowerBound) == .null {
            return "unknown"
        }
        return inferType(source, range, visible: visible, scope: scope)
    }

    private func overload(_ fitting: [Routine], _ types: [String?], positional: Int, named: [String]) -> Routine? {
        guard !fitting.contains(where: { $0.parameters.contains { $0.mode == .variadic } }) else { return nil }
        let lists = fitting.map { routine -> [String] in
            let parameters = callParameters(routine)
            let inOrder =
                parameters.prefix(positional) + named.compactMap { name in parameters.first { $0.name == name } }
            return inOrder.map { qualifiedType(TypeName.normalized($0.type)) }
        }
        // Two that differ in their defaults only: the one without defaults in the call wins, else it is ambiguous.
        var kept: [Int] = []
        for position in lists.indices {
            guard let same = kept.firstIndex(where: { lists[$0] == lists[position] }) else {
                kept.append(position)
                continue
            }
            let exact = [kept[same], position].filter { callParameters(fitting[$0]).count == types.count }
            guard exact.count == 1 else { return nil }
            kept[same] = exact[0]
        }
        if kept.count == 1 { return fitting[kept[0]] }
        return chooseOverload(kept.map { lists[$0] }, types, typeContext).map { fitting[kept[$0]] }
    }
}
