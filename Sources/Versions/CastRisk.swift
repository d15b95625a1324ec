import Catalog
import Steps
import Types

/// A failure that some rows cause.
struct FailureCondition {
    /// Condition name in lower case.
    var state: String
    /// Over the row's values; never fails itself.
    var condition: SQLTemplate
    /// The server's message, over the row's values.
    var message: SQLTemplate
    /// The message is the same whatever the row.
    var isFixedMessage: Bool
    /// Only foretold where a handler names it.
    var isRare = false
}

/// When a cast of a text or an assignment to a narrower type fails, as a condition over the value.
///
/// PostgreSQL 16 and later answer the question themselves (`pg_input_error_info`). For older servers the conditions hold
/// only for texts that no version takes; for the few others the cast itself decides, and a build stops there.
/// Source: PostgreSQL manual, "Data Types" (input syntax, ranges), "Data Validity Checking Functions".
struct CastRisk {
    /// 0 when not known.
    let serverMajor: Int

    init(serverVersion: String) {
        serverMajor = Int(serverVersion.prefix { $0.isNumber }) ?? 0
    }

    private var asksServer: Bool { serverMajor >= 16 }
    private static let texts: Set<String> = ["text", "character varying", "character", "bpchar"]

    /// Whether a cast reads a text that may not be a value of the type.
    private func isInput(_ from: String, _ to: String) -> Bool {
        let type = TypeName.base(to)
        return Self.texts.contains(TypeName.base(from))
            && (Self.inputs[type] != nil || type.hasPrefix("timestamp") || type == "date"
                || asksServer && ["uuid", "json", "jsonb", "interval"].contains(type))
    }

    /// The operand in a form that makes the cast NULL instead of failing; nil when the cast can't fail in a known way.
    func safeOperand(_ value: SQLTemplate, from: String, to: String) -> SQLTemplate? {
        guard isInput(from, to) else { return nil }
        if asksServer {
            return "case when pg_input_is_valid(\(text(value, from)), \(SQLText.literal(to))) then \(value) end"
        }
        let failing = inputFailures(value, from: from, to: to).map(\.condition)
        guard !failing.isEmpty else { return nil }
        return "case when not (\(.joined(failing, separator: " or "))) then \(value) end"
    }

    private func text(_ value: SQLTemplate, _ from: String) -> SQLTemplate {
        from == "text" ? value : "cast(\(value) as text)"
    }

    /// Failures of an explicit cast.
    func castFailures(_ value: SQLTemplate, from: String, to: String) -> [FailureCondition] {
        isInput(from, to) ? inputFailures(value, from: from, to: to) : rangeFailures(value, from: from, to: to)
    }

    /// Failures of an assignment to a column or variable.
    func assignmentFailures(_ value: SQLTemplate, from: String, to: String) -> [FailureCondition] {
        guard Self.texts.contains(TypeName.base(from)), let length = TypeName.length(to) else {
            return rangeFailures(value, from: from, to: to)
        }
        if let own = TypeName.length(from), own <= length { return [] }
        return [
            FailureCondition(
                state: "string_data_right_truncation",
                condition: "char_length(rtrim(\(value))) > \(length)",
                message: SQLTemplate(SQLText.literal("value too long for type \(to)")), isFixedMessage: true)
        ]
    }

    // MARK: texts

    /// Spellings that some version takes.
    private static let inputs: [String: String] = [
        "integer": whole, "bigint": whole, "smallint": whole, "numeric": number, "double precision": number,
        "real": number,
        "boolean": #"^\s*(t|tr|tru|true|y|ye|yes|on|1|f|fa|fal|fals|false|n|no|of|off|0)\s*$"#,
    ]
    private static let whole = #"^\s*[-+]?([0-9][0-9_]*|0[xob][0-9a-f_]+)\s*$"#
    private static let number =
        #"^\s*([-+]?(([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(e[-+]?[0-9_]+)?|0[xob][0-9a-fp_.+-]+|inf|infinity)|nan)\s*$"#

    private func inputFailures(_ value: SQLTemplate, from: String, to: String) -> [FailureCondition] {
        let base = TypeName.base(to)
        let isTime = base == "date" || base.hasPrefix("timestamp")
        let malformed = isTime ? "invalid_datetime_format" : "invalid_text_representation"
        if asksServer {
            let input = text(value, from)
            let info: SQLTemplate = "pg_input_error_info(\(input), \(SQLText.literal(to)))"
            let states =
                isTime
                ? [(malformed, false), ("datetime_field_overflow", false)]
                : [(malformed, false), ("numeric_value_out_of_range", true)]
            return states.map { state, isRare in
                FailureCondition(
                    state: state,
                    condition: "(select sql_error_code from \(info)) = '\(FailureCodes.code(of: state) ?? "")'",
                    message: "(select message from \(info))", isFixedMessage: false, isRare: isRare)
            }
        }
        let input = text(value, from)
        let message: SQLTemplate = "'invalid input syntax for type \(base): \"' || \(input) || '\"'"
        guard isTime else {
            guard let pattern = Self.inputs[base] else { return [] }
            return [
                FailureCondition(
                    state: malformed, condition: "\(input) !~* \(SQLTemplate("'\(pattern)'"))", message: message,
                    isFixedMessage: false)
            ]
        }
        let words = "(epoch|infinity|now|today|tomorrow|yesterday)"
        return [
            FailureCondition(
                state: malformed, condition: "(\(input) !~ '[0-9]' and \(input) !~* '\(words)')", message: message,
                isFixedMessage: false),
            FailureCondition(
                state: "datetime_field_overflow",
                condition: """
                    case when \(input) !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then false \
                    when substr(\(input), 6, 2) not between '01' and '12' or substr(\(input), 1, 4) = '0000' then true \
                    else substr(\(input), 9, 2) = '00' or cast(substr(\(input), 9, 2) as integer) \
                    > extract(day from to_date(substr(\(input), 1, 7), 'YYYY-MM') + interval '1 month - 1 day') end
                    """, message: "'date/time field value out of range: \"' || \(input) || '\"'",
                isFixedMessage: false),
        ]
    }

    // MARK: numbers

    private static let limits: [String: (String, String)] = [
        "smallint": ("-32768", "32767"), "integer": ("-2147483648", "2147483647"),
        "bigint": ("-9223372036854775808", "9223372036854775807"),
    ]
    private static let digits = ["smallint": 5, "integer": 10, "bigint": 19]

    private func rangeFailures(_ value: SQLTemplate, from: String, to: String) -> [FailureCondition] {
        let base = TypeName.base(to)
        let source = TypeName.base(from)
        let isNumber = source == "numeric" || source == "double precision" || source == "real"
        func failure(_ condition: SQLTemplate, _ message: String) -> [FailureCondition] {
            [
                FailureCondition(
                    state: "numeric_value_out_of_range", condition: condition,
                    message: SQLTemplate(SQLText.literal(message)), isFixedMessage: true, isRare: true)
            ]
        }
        if let (low, high) = Self.limits[base] {
            let order = ["smallint", "integer", "bigint"]
            if let from = order.firstIndex(of: source), let to = order.firstIndex(of: base) {
                guard from > to else { return [] }
                return failure("\(value) not between \(low) and \(high)", "\(base) out of range")
            }
            guard isNumber else { return [] }
            return failure("round(\(value)) not between \(low) and \(high)", "\(base) out of range")
        }
        guard base == "numeric", let (precision, scale) = Self.precision(to), precision > scale else { return [] }
        if let digits = Self.digits[source] {
            guard digits > precision - scale else { return [] }
        } else if let (own, ownScale) = Self.precision(from) {
            // Rounding to a smaller scale may carry into one digit more.
            let extra = ownScale > scale ? 1 : 0
            guard own - ownScale + extra > precision - scale else { return [] }
        } else {
            guard isNumber else { return [] }
        }
        let limit = "1" + String(repeating: "0", count: precision - scale)
        return failure("abs(round(cast(\(value) as numeric), \(scale))) >= \(limit)", "numeric field overflow")
    }

    /// `numeric(10,2)`.
    static func precision(_ type: String) -> (Int, Int)? {
        guard type.hasPrefix("numeric("), type.hasSuffix(")") else { return nil }
        let parts = type.dropFirst(8).dropLast().split(separator: ",").compactMap { Int($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}
