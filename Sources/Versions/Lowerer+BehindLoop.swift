import Steps
import Tokens

/// What the variables of a loop's header, and the records that its body sets, hold behind the loop.
extension Lowerer {
    /// A variable of the loop's header, or a record that the body sets.
    struct Kept {
        let variable: Variable
        let isTarget: Bool
        /// Values before the loop, by field; a scalar's under its own name.
        let before: [String: SQLTemplate]
        /// What the end of an iteration leaves.
        var after: [Variable] = []

        init(_ variable: Variable, isTarget: Bool) {
            self.variable = variable
            self.isTarget = isTarget
            before = Dictionary(Self.parts(variable).map { ($0.name, $0.value) }, uniquingKeysWith: { one, _ in one })
        }

        mutating func capture() {
            after = Self.parts(variable).map { part in
                let copy = Variable(name: part.name, type: part.type, value: part.value, taint: part.taint)
                copy.validUnder = part.validUnder
                return copy
            }
        }

        static func parts(_ variable: Variable) -> [Variable] {
            variable.fields ?? (variable.isRecord ? [] : [variable])
        }
    }

    /// What the loop's variables and the records of its body hold behind it.
    func handOn(
        _ kept: [Kept], _ loop: Loop, _ iteration: Iteration, active: Variable?
    ) {
        for item in kept {
            let isRead = isReadLater(item.variable.name, behind: loop)
            let parts = item.after.map { part -> Variable in
                let result = Variable(name: part.name, type: part.type, value: "null", taint: part.taint)
                guard isRead, part.validUnder == nil else {
                    result.validUnder = Variable.never
                    return result
                }
                let before = item.before[part.name] ?? "null"
                let last: SQLTemplate =
                    "(select \(part.value) from \(iteration.version) as it order by it.iteration desc limit 1)"
                var test: SQLTemplate = "exists (select 1 from \(iteration.version))"
                var none = before
                switch loop.kind {
                case .query where item.isTarget, .dynamicQuery where item.isTarget:
                    // No row at all makes them null.
                    none = guarded("null", else: before)
                case .forever where item.isTarget:
                    // So does the FETCH that finds nothing.
                    none = guarded("null", else: before)
                    test =
                        active.map {
                            "(select not \($0.value) from \(iteration.version) as it order by it.iteration desc limit 1)"
                        } ?? "false"
                default: break
                }
                result.value = "(case when \(test) then \(last) else \(none) end)"
                return result
            }
            if item.variable.fields != nil || item.variable.isRecord {
                item.variable.fields = parts
            } else if let only = parts.first, isRead {
                item.variable.value = only.value
                item.variable.taint = only.taint
            }
        }
    }

    /// Whether a name stands anywhere behind the loop, or the loop itself repeats.
    func isReadLater(_ name: String, behind loop: Loop) -> Bool {
        if frames.count > 1 || !loops.isEmpty { return true }
        return (loop.range.upperBound..<max(loop.range.upperBound, source.count)).contains { source.name($0) == name }
            || entry.parameters.contains { $0.name == name }
    }

    /// Whether what the loop has left in a variable is read behind it, not written over first.
    func isReadFirst(_ name: String, behind loop: Loop) -> Bool {
        guard isReadLater(name, behind: loop) else { return false }
        let text = frame.source
        guard
            let index = (loop.range.upperBound..<max(loop.range.upperBound, text.count)).first(where: {
                text.name($0) == name
            })
        else { return true }
        let isWritten = [.into, .for].contains(text.keyword(index - 1)) || text.isSymbol(index + 1, ":=")
        return !isWritten
    }
}
