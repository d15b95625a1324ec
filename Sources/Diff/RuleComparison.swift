import Endpoints

/// Decides whether two values that are not equal are equal under a rule. Nothing is rounded and then compared, except where the
/// rule itself is a precision.
struct RuleComparison {
    let form: CanonicalForm
    let rule: ColumnRule
    private let predicate: SQLPredicate?

    /// Throws where the rule's SQL cannot be read.
    init(form: CanonicalForm, rule: ColumnRule) throws {
        self.form = form
        self.rule = rule
        predicate = try rule.predicate.map { try SQLPredicate($0) }
    }

    /// Both fields, nil for NULL.
    func areEqual(_ left: UnsafeRawBufferPointer?, _ right: UnsafeRawBufferPointer?) -> Bool {
        if rule.isExact { return false }
        if let predicate, predicate.holds(left, right, form) { return true }
        if rule.emptyIsNull, isEmpty(left), isEmpty(right) { return true }
        guard let left, let right, RowBatch.misfitText(left) == nil, RowBatch.misfitText(right) == nil else {
            return false
        }
        switch form {
        case .text: return adapted(left) == adapted(right)
        case .integer, .decimal, .float32, .float64: return areNear(left, right)
        case .timestamp, .time:
            return areNear(Self.number(left), Self.number(right))
        case .instantNanos:
            return areNear(
                Self.number(UnsafeRawBufferPointer(rebasing: left.prefix(8))),
                Self.number(UnsafeRawBufferPointer(rebasing: right.prefix(8))))
        case .array where rule.unordered: return elements(left) == elements(right)
        default: return false
        }
    }

    private func isEmpty(_ field: UnsafeRawBufferPointer?) -> Bool {
        guard let field else { return true }
        return form == .text && adapted(field).isEmpty
    }

    private func adapted(_ field: UnsafeRawBufferPointer) -> [UInt8] {
        var text = field[...]
        if rule.trims {
            let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
            while let byte = text.first, isBlank(byte) { text = text.dropFirst() }
            while let byte = text.last, isBlank(byte) { text = text.dropLast() }
        }
        if rule.ignoresCase { return Array(String(decoding: text, as: UTF8.self).lowercased().utf8) }
        return Array(text)
    }

    private func areNear(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard rule.absolute != nil || rule.relative != nil,
            let a = ExactDecimal(CanonicalText.render(left, as: form)),
            let b = ExactDecimal(CanonicalText.render(right, as: form))
        else { return false }
        let distance = ExactDecimal.distance(a, b)
        if let bound = rule.absolute, !ExactDecimal.magnitudeIsLess(bound, distance) { return true }
        if let share = rule.relative {
            let larger = ExactDecimal.magnitudeIsLess(a, b) ? b : a
            return !ExactDecimal.magnitudeIsLess((share * larger).magnitude, distance)
        }
        return false
    }

    private func areNear(_ left: Int64, _ right: Int64) -> Bool {
        guard left != .max, left != .min, right != .max, right != .min else { return false }
        if let tolerance = rule.timeTolerance {
            let (distance, overflow) = left.subtractingReportingOverflow(right)
            if !overflow && distance.magnitude <= UInt64(tolerance) { return true }
        }
        if let digits = rule.timePrecision, digits <= 6 {
            let unit = (0..<(6 - digits)).reduce(Int64(1)) { unit, _ in unit * 10 }
            return Self.floored(left, unit) == Self.floored(right, unit)
        }
        return rule.timePrecision.map { $0 > 6 } == true && left == right
    }

    private static func floored(_ value: Int64, _ unit: Int64) -> Int64 {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: unit)
        return rest < 0 ? quotient - 1 : quotient
    }

    private static func number(_ field: UnsafeRawBufferPointer) -> Int64 {
        field.reduce(0) { $0 << 8 | Int64($1) }
    }

    /// The elements' bytes, sorted; the dimensions come first.
    private func elements(_ field: UnsafeRawBufferPointer) -> [[UInt8]] {
        let dimensions = max(0, Int(field.prefix(4).reduce(0) { $0 << 8 | Int32($1) }))
        let start = 4 + 8 * dimensions
        guard start <= field.count else { return [Array(field)] }
        var items: [[UInt8]] = []
        var position = start
        while position + 4 <= field.count {
            let length = max(0, Int(field[position..<(position + 4)].reduce(0) { $0 << 8 | Int32($1) }))
            let end = min(field.count, position + 4 + length)
            items.append(Array(field[position..<end]))
            position = end
        }
        return [Array(field[..<start])] + items.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
