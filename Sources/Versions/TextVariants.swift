import Catalog
import Steps
import Tokens
import Types

/// One of the texts that an expression may yield: the first one in a list whose condition holds is the one.
struct TextVariant {
    /// A boolean that is never null; nil for all that is left.
    var condition: SQLTemplate?
    var text: DynamicText
}

/// A text hangs on a choice that was not made yet.
struct OpenChoice: Error {
    /// The conditions in order, without the last alternative's: two texts with the same conditions choose together.
    var conditions: [SQLTemplate]
    var count: Int { conditions.count + 1 }
}

/// An alternative that the tests around the statement rule out.
struct ImpossibleChoice: Error {}

/// The values that the code lets through for a variable.
struct TextDomain {
    /// nil: any text but NULL.
    var values: [String]?
    var hasNull: Bool
    /// Where this holds.
    var path: [SQLTemplate]
    var reaches: [Reach]
}

/// As many branches as anybody would read.
private let most = 32

extension Lowerer {
    /// The texts that an expression may yield, by the conditions of IF, CASE and of the tests before it; nil when a piece
    /// is neither known nor a value, or when there are too many.
    ///
    /// A dynamic statement is then one branch for each of them: which one runs is decided by the same conditions.
    func textVariants(_ range: Range<Int>) throws -> [TextVariant] {
        try textVariants(range, choices: [:])
    }

    private func textVariants(_ range: Range<Int>, choices: [[SQLTemplate]: Int]) throws -> [TextVariant] {
        do {
            var folder = TextFolder(lowerer: self, source: source, scope: scope)
            folder.choices = choices
            return [TextVariant(condition: nil, text: try folder.fold(range))]
        } catch let refusal as Refusal where refusal.code == .defect && !choices.isEmpty {
            // A NULL where a name must stand: the text can't be put together.
            return [TextVariant(condition: nil, text: .null)]
        } catch is ImpossibleChoice {
            return []
        } catch let open as OpenChoice {
            var result: [TextVariant] = []
            for position in 0..<open.count {
                var inner = choices
                inner[open.conditions] = position
                let test = open.conditions[safe: position]
                for variant in try textVariants(range, choices: inner) {
                    let all = [test, variant.condition].compactMap { $0 }
                    let condition: SQLTemplate? = all.isEmpty ? nil : .joined(all, separator: " and ")
                    result.append(TextVariant(condition: condition, text: variant.text))
                }
                guard result.count <= most else {
                    throw Refusal(code: .dynamicSQL, detail: "the dynamic SQL has more than \(most) possible texts")
                }
            }
            return result
        }
    }

    /// Runs a body for each of the texts, under the condition that it is the one.
    func forEach(_ variants: [TextVariant], _ body: (DynamicText) throws -> Void) throws {
        var earlier: [SQLTemplate] = []
        let line = source.line(currentStep.lowerBound)
        for (number, variant) in variants.enumerated() {
            let tests = earlier.map { "not \($0)" as SQLTemplate } + (variant.condition.map { ["(\($0))"] } ?? [])
            let applies = condition(
                .joined(tests, separator: " and "), name: "is_text_\(number + 1)_of_line_\(line)", taint: [],
                isVolatile: false)
            try under(applies) {
                if variant.text.isNull {
                    raise("'query string argument of EXECUTE is null'", state: "null_value_not_allowed")
                } else {
                    try body(variant.text)
                }
            }
            earlier.append(applies)
        }
    }

    /// What an assignment leaves of a variable's possible texts.
    func assignedVariants(_ new: [TextVariant]?, type: String?, old: [TextVariant]?) -> [TextVariant]? {
        guard var new, new.count <= most else { return nil }
        for index in new.indices {
            if new[index].text.isNull { continue }
            guard let text = assignedText(new[index].text, to: type)?.text else { return nil }
            new[index].text = text
        }
        guard let condition = guardCondition else { return new }
        // What was assigned under the very same condition is gone.
        let plain: SQLTemplate = "(\(condition))"
        guard let old = old?.filter({ $0.condition != plain }), old.count + new.count <= most else { return nil }
        return new.map { variant in
            TextVariant(
                condition: variant.condition.map { "(\(condition)) and (\($0))" } ?? "(\(condition))",
                text: variant.text)
        } + old
    }

    // MARK: values that tests let through

    /// Behind an IF that leaves the routine unless a variable has one of some values, or inside an arm for such values.
    func learn(behind branch: Branch) {
        if branch.arms.count == 1, branch.otherwise == nil, branch.subject == nil, leavesAlways(branch.arms[0].body) {
            let tests = parts(branch.arms[0].conditions[0], at: .or)
            let nulls = tests.compactMap { nullTest($0, isNot: false) }
            for part in tests {
                guard let found = excluded(part) else { continue }
                restrict(found, hasNull: !nulls.contains { $0 === found.variable })
            }
            for variable in nulls { learnNotNull(variable) }
            return
        }
        let isClosed = branch.otherwise.map(leavesAlways) ?? branch.isCase
        guard isClosed else { return }
        var values: [String] = []
        var name: Variable?
        for arm in branch.arms {
            guard let found = allowed(arm, subject: branch.subject), name == nil || name === found.variable else {
                return
            }
            name = found.variable
            values += found.values
        }
        if let name { restrict((name, values), hasNull: false) }
    }

    /// Inside an arm.
    func learn(from arm: Branch.Arm, subject: Range<Int>?) {
        restrict(allowed(arm, subject: subject), hasNull: false)
        guard subject == nil else { return }
        for part in parts(arm.conditions[0], at: .and) {
            if let variable = nullTest(part, isNot: true) { learnNotNull(variable) }
        }
    }

    private func restrict(_ found: (variable: Variable, values: [String])?, hasNull: Bool) {
        guard let found, !found.values.isEmpty, found.values.count <= most else { return }
        found.variable.domains.append(
            TextDomain(values: found.values, hasNull: hasNull, path: path, reaches: reaches))
    }

    private func learnNotNull(_ variable: Variable) {
        variable.domains.append(TextDomain(values: nil, hasNull: false, path: path, reaches: reaches))
    }

    /// `v is null`, `v is not null`.
    private func nullTest(_ range: Range<Int>, isNot: Bool) -> Variable? {
        guard let first = range.first, range.count == (isNot ? 4 : 3), source.keyword(first + 1) == .is,
            source.keyword(range.upperBound - 1) == .null, !isNot || source.keyword(first + 2) == .not
        else { return nil }
        return textVariable(first)
    }

    private func leavesAlways(_ body: [Region]) -> Bool {
        guard case .step(let step)? = body.last else { return false }
        switch step.kind {
        case .returnValue: return true
        case .raise(let level, _): return level == "exception"
        default: return false
        }
    }

    private func parts(_ range: Range<Int>, at word: Keyword) -> [Range<Int>] {
        var inner = range
        while let first = inner.first, source.kind(first) == .leftParen,
            source.closing(of: first) == inner.upperBound - 1
        {
            inner = source.inside(first)
        }
        // AND binds tighter than OR: splitting at AND is only right without one.
        if word == .and, source.firstTopLevel(in: inner, where: { source.keyword($0) == .or }) != nil { return [inner] }
        var result: [Range<Int>] = []
        var start = inner.lowerBound
        var index = start
        while index < inner.upperBound {
            if source.keyword(index) == word {
                result.append(start..<index)
                start = index + 1
            }
            index = source.next(index)
        }
        return result + [start..<inner.upperBound]
    }

    /// `v not in ('a', 'b')`, `not v in (..)`, `v <> 'a' and v <> 'b'`: where it isn't true, v is one of them or NULL.
    private func excluded(_ range: Range<Int>) -> (variable: Variable, values: [String])? {
        var values: [String] = []
        var variable: Variable?
        for part in parts(range, at: .and) {
            guard let first = part.first else { return nil }
            var found: (Variable, [String])?
            if source.keyword(first) == .not {
                let inner = parts(first + 1..<part.upperBound, at: .and)
                if inner.count == 1 { found = members(inner[0], negated: false) }
            } else if part.count == 3, ["<>", "!="].contains(source.text(first + 1)), let name = textVariable(first),
                let value = literal(first + 2)
            {
                found = (name, [value])
            } else {
                found = members(part, negated: true)
            }
            guard let found, variable == nil || variable === found.0 else { return nil }
            variable = found.0
            values += found.1
        }
        return variable.map { ($0, values) }
    }

    /// `v in ('a', 'b')`, `v = 'a'`, also with further conditions.
    private func allowed(_ arm: Branch.Arm, subject: Range<Int>?) -> (variable: Variable, values: [String])? {
        if let subject {
            guard subject.count == 1, let variable = textVariable(subject.lowerBound) else { return nil }
            let values = arm.conditions.compactMap { $0.count == 1 ? literal($0.lowerBound) : nil }
            return values.count == arm.conditions.count ? (variable, values) : nil
        }
        let found = parts(arm.conditions[0], at: .and).compactMap { part -> (Variable, [String])? in
            if part.count == 3, source.isSymbol(part.lowerBound + 1, "="), let name = textVariable(part.lowerBound),
                let value = literal(part.lowerBound + 2)
            {
                return (name, [value])
            }
            return members(part, negated: false)
        }
        return found.first
    }

    private func members(_ range: Range<Int>, negated: Bool) -> (Variable, [String])? {
        guard let first = range.first, let variable = textVariable(first) else { return nil }
        var at = first + 1
        if negated {
            guard source.keyword(at) == .not else { return nil }
            at += 1
        }
        guard source.keyword(at) == .in, source.kind(at + 1) == .leftParen,
            source.closing(of: at + 1) == range.upperBound - 1
        else { return nil }
        let pieces = source.splitAtCommas(source.inside(at + 1))
        let values = pieces.compactMap { $0.count == 1 ? literal($0.lowerBound) : nil }
        return values.count == pieces.count ? (variable, values) : nil
    }

    private func textVariable(_ index: Int) -> Variable? {
        guard source.isName(index), let variable = scope.find(source.name(index)),
            ["text", "character varying", "name"].contains(variable.type.map(TypeName.base) ?? "")
        else { return nil }
        return variable
    }

    private func literal(_ index: Int) -> String? {
        source.kind(index) == .string ? StringToken.decode(source.text(index)) : nil
    }
}

extension TextFolder {
    /// The text of a variable that is one of several, once the choice is made.
    func chosen(_ variable: Variable) throws -> DynamicText? {
        guard let choices else { return nil }
        let domains = variable.domains.filter { domain in
            domain.path.allSatisfy(lowerer.path.contains)
                && domain.reaches.allSatisfy { old in lowerer.reaches.contains { $0 === old } }
        }
        if let variants = variable.variants, !variants.isEmpty, variants.last?.condition == nil {
            let text = try choose(variants, choices)
            if text.isNull, domains.contains(where: { !$0.hasNull }) { throw ImpossibleChoice() }
            return text
        }
        guard let values = domains.compactMap(\.values).min(by: { $0.count < $1.count }) else { return nil }
        var variants = values.map { value in
            TextVariant(
                condition: "coalesce(\(variable.value) = \(SQLText.literal(value)), false)", text: DynamicText(value))
        }
        if domains.contains(where: { !$0.hasNull }) {
            variants[variants.count - 1].condition = nil
        } else {
            variants.append(TextVariant(condition: nil, text: .null))
        }
        return try choose(variants, choices)
    }

    private func choose(_ variants: [TextVariant], _ choices: [[SQLTemplate]: Int]) throws -> DynamicText {
        if variants.count == 1 { return variants[0].text }
        let conditions = variants.dropLast().compactMap(\.condition)
        guard let position = choices[conditions] else { throw OpenChoice(conditions: conditions) }
        return variants[position].text
    }

    /// CASE with texts for results; nil when it is a value as a whole.
    func caseText(_ range: Range<Int>) throws -> DynamicText? {
        guard let choices, source.keyword(range.lowerBound) == .case, source.keyword(range.upperBound - 1) == .end,
            isRepeatable(range)
        else { return nil }
        var marks: [Int] = []
        var depth = 0
        var index = range.lowerBound
        while index < range.upperBound {
            switch source.keyword(index) {
            case .case: depth += 1
            case .end:
                depth -= 1
                if depth == 0, index != range.upperBound - 1 { return nil }
            case .when, .then, .else: if depth == 1 { marks.append(index) }
            default: break
            }
            index = source.next(index)
        }
        guard let first = marks.first else { return nil }
        marks.append(range.upperBound - 1)
        let subject = range.lowerBound + 1..<first
        let tested = try subject.isEmpty ? nil : lowerer.plainExpression(subject, in: source, scope: scope).template
        var variants: [TextVariant] = []
        var condition: SQLTemplate?
        var hasElse = false
        for (mark, next) in zip(marks, marks.dropFirst()) {
            let part = mark + 1..<next
            switch source.keyword(mark) {
            case .when:
                let value = try lowerer.plainExpression(part, in: source, scope: scope)
                guard !value.isVolatile else { return nil }
                condition =
                    tested.map { "coalesce((\($0)) = (\(value.template)), false)" }
                    ?? "coalesce((\(value.template)), false)"
            default:
                hasElse = hasElse || source.keyword(mark) == .else
                variants.append(
                    TextVariant(
                        condition: source.keyword(mark) == .else ? nil : condition, text: DynamicText()))
            }
        }
        if !hasElse { variants.append(TextVariant(condition: nil, text: .null)) }
        let conditions = variants.dropLast().compactMap(\.condition)
        guard let position = choices[conditions] else { throw OpenChoice(conditions: conditions) }
        // Only the chosen result is read: another one may not be a text that can be followed.
        let results = zip(marks, marks.dropFirst()).filter { source.keyword($0.0) != .when }
        guard position < results.count else { return .null }
        return try fold(results[position].0 + 1..<results[position].1)
    }
}
