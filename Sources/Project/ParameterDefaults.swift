import Foundation
import Models

/// A parameter's default when it is a plain literal, which then lives under `vars:` of dbt_project.yml.
enum LiteralDefault: Equatable {
    case null
    case boolean(Bool)
    /// Digits that YAML reads back as the very same number.
    case number(String)
    case text(String)

    /// The default as a literal; nil when it is an expression that SQL must compute.
    ///
    /// Conservative: a literal whose cast does anything but give it the parameter's own type stays an expression.
    init?(expression: String, type: String) {
        var text = expression.trimmingCharacters(in: .whitespacesAndNewlines)
        let type = type.lowercased()
        var casts: [String] = []
        if text.hasPrefix("'") {
            guard let (value, rest) = Self.stringLiteral(text) else { return nil }
            guard let castTypes = Self.casts(rest) else { return nil }
            let stringTypes: Set<String> = ["text", "character varying", "varchar", "unknown"]
            guard castTypes.allSatisfy({ $0 == type || stringTypes.contains($0) }) else { return nil }
            self = .text(value)
            return
        }
        if let range = text.range(of: "::") {
            guard let castTypes = Self.casts(String(text[range.lowerBound...])) else { return nil }
            casts = castTypes
            text = String(text[..<range.lowerBound])
        }
        if text.hasPrefix("("), text.hasSuffix(")") { text = String(text.dropFirst().dropLast()) }
        guard casts.allSatisfy({ $0 == type }) else { return nil }
        switch text.lowercased() {
        case "null": self = .null
        case "true" where type == "boolean": self = .boolean(true)
        case "false" where type == "boolean": self = .boolean(false)
        default:
            guard let number = Self.number(text, type: type) else { return nil }
            self = number
        }
    }

    /// The value as YAML. dbt renders variables that are texts, so Jinja's marks are escaped.
    var yaml: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .text(let value): YAMLText.quoted(Jinja.escaped(value))
        }
    }

    // `'it''s'::text` into its value and `::text`.
    private static func stringLiteral(_ text: String) -> (value: String, rest: String)? {
        var value = ""
        var rest = text.dropFirst()
        while let quote = rest.firstIndex(of: "'") {
            value += rest[..<quote]
            rest = rest[rest.index(after: quote)...]
            guard rest.first == "'" else { return (value, String(rest)) }
            value += "'"
            rest = rest.dropFirst()
        }
        return nil
    }

    // `::text::varchar` into its types; nil when anything else is there.
    private static func casts(_ text: String) -> [String]? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.isEmpty { return [] }
        guard text.hasPrefix("::") else { return nil }
        let types = text.dropFirst(2).components(separatedBy: "::").map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        let isTypeByte: (Unicode.Scalar) -> Bool = {
            CharacterSet.alphanumerics.contains($0) || "_ .\"[]".unicodeScalars.contains($0)
        }
        return types.allSatisfy { !$0.isEmpty && $0.unicodeScalars.allSatisfy(isTypeByte) } ? types : nil
    }

    private static func number(_ text: String, type: String) -> LiteralDefault? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        let isInteger = ["smallint", "integer", "bigint"].contains(type)
        let isNumber =
            isInteger || ["real", "double precision", "float", "double"].contains(type) || type.hasPrefix("numeric")
            || type.hasPrefix("decimal")
        guard isNumber, !(isInteger && parts.count == 2) else { return nil }
        if parts.count == 1 {
            return parts[0].count > 1 && parts[0].first == "0" ? .text(text) : .number(text)
        }
        // Python reads a YAML decimal as a double: only where that loses nothing, trailing zeros included.
        return Double(text).map { "\($0)" } == text ? .number(text) : .text(text)
    }
}

/// Defaults of all the variables of a project.
struct ParameterDefaults {
    /// Variables with a literal default, by name.
    private(set) var literals: [String: LiteralDefault] = [:]
    /// Defaults that SQL computes, as Jinja, by variable; the macro `parameter` knows them.
    private(set) var expressions: [String: String] = [:]

    /// Collects them; a variable that pipelines give different defaults keeps none, each call then brings its own.
    init(_ plan: PlannedProject) {
        var clashes: Set<String> = []
        for parameter in plan.pipelines.flatMap(\.parameters) + plan.models.flatMap(\.parameters) {
            let literal = parameter.defaultExpression.flatMap {
                LiteralDefault(expression: $0, type: parameter.type)
            }
            guard let literal else {
                clashes.insert(parameter.variable)
                continue
            }
            if let known = literals[parameter.variable], known != literal { clashes.insert(parameter.variable) }
            literals[parameter.variable] = literal
        }
        for variable in clashes { literals[variable] = nil }
        var defaults: [String: Set<String>] = [:]
        for parameter in plan.pipelines.flatMap(\.parameters) + plan.models.flatMap(\.parameters)
        where literals[parameter.variable] == nil {
            defaults[parameter.variable, default: []].insert(
                parameter.defaultExpression.map(ClockExpression.jinja) ?? "")
        }
        // Different defaults of pipelines that share a name stay with their calls.
        for (variable, texts) in defaults where texts.count == 1 && texts != [""] {
            expressions[variable] = texts.first
        }
    }

    /// What the template of the macro `parameter` shows.
    var context: TemplateContext {
        let computed: [TemplateContext] = expressions.sorted { $0.key < $1.key }.map {
            ["name": Jinja.literal($0.key), "expression": $0.value]
        }
        return ["hasComputed": !computed.isEmpty, "computed": computed]
    }

    /// The Jinja call that stands for a parameter in SQL.
    func call(_ parameter: PlannedParameter) -> String {
        var arguments = [Jinja.literal(parameter.variable), Jinja.literal(parameter.type)]
        if literals[parameter.variable] == nil, expressions[parameter.variable] == nil,
            let expression = parameter.defaultExpression
        {
            arguments.append("default=" + ClockExpression.jinja(expression))
        }
        return "{{ parameter(\(arguments.joined(separator: ", "))) }}"
    }
}
