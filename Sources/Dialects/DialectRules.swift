import Foundation
import Yams

/// What a data file says about one pair of dialects: from PostgreSQL, which models are lowered to, to the target's.
public struct DialectRules: Sendable {
    /// How one function is called in the target.
    public struct FunctionRule: Sendable, Equatable {
        /// The function's name.
        public var name: String
        /// For each argument the families that fit; nil for any.
        public var arguments: [Set<String>?]
        /// What the call becomes, with `$1`.. for the arguments and `$tail` for FILTER and OVER.
        public var replacement: String
        /// `replacement` says itself where FILTER and OVER go.
        public var takesTail: Bool
        /// Expressions that give the same value in both.
        public var examples: [String]
    }

    /// An operator whose meaning depends on its operands.
    public struct OperatorRule: Sendable, Equatable {
        /// Families that stand to its left and right.
        public var left: Set<String>, right: Set<String>
        /// The operator.
        public var symbol: String
        /// What it becomes, with `$1` and `$2`.
        public var replacement: String
        /// Expressions that give the same value in both.
        public var examples: [String]
    }

    /// The target's name.
    public let target: String
    /// PostgreSQL's types without modifiers, and the target's.
    public let types: [String: String]
    /// Functions that need no change.
    public let sameFunctions: Set<String>
    /// Functions that do, by name.
    public let functions: [String: [FunctionRule]]
    /// Operators that mean the same.
    public let operators: Set<String>
    /// Operators that depend on what they stand between, in the order in which they are tried.
    public let typedOperators: [OperatorRule]
    /// Words that need quotes where they are names.
    public let reserved: Set<String>
    /// Words that PostgreSQL reads as calls, and what they become.
    public let names: [String: String]
    /// Fields of EXTRACT that are whole numbers.
    public let wholeFields: Set<String>
    /// Fields of EXTRACT with a fraction.
    public let secondFields: Set<String>
    /// Fields of DATE_TRUNC.
    public let truncations: Set<String>
    /// Pieces of a to_char() format and the target's, longest first.
    public let formats: [(piece: String, code: String)]

    /// Why a data file cannot be read.
    public struct Malformed: Error, CustomStringConvertible {
        /// What is wrong.
        public var description: String
    }

    /// The names of the targets that have rules.
    public static let targets = ["duckdb"]

    /// The rules of a target; nil for one that needs none, PostgreSQL itself. Throws for a file that cannot be read.
    public static func rules(for target: String) throws -> DialectRules? {
        guard target == "duckdb" else { return nil }
        return try DialectRules(yaml: String(decoding: PackageResources.duckdb_yml, as: UTF8.self))
    }

    private struct File: Decodable {
        struct Rule: Decodable {
            var call: String
            var replacement: String
            var takesTail: Bool?
            var examples: [String]?
            enum CodingKeys: String, CodingKey {
                case call, takesTail, examples
                case replacement = "as"
            }
        }
        struct Fields: Decodable {
            var whole: [String]
            var seconds: [String]
        }
        struct TypedOperator: Decodable {
            var left: String
            var symbol: String
            var right: String
            var replacement: String
            var examples: [String]?
            enum CodingKeys: String, CodingKey {
                case left, right, examples
                case symbol = "operator"
                case replacement = "as"
            }
        }
        var target: String
        var types: [String: String]
        var same: [String]
        var functions: [Rule]
        var operators: [String]
        var names: [String: String]
        var reserved: [String]
        var typedOperators: [TypedOperator]
        var fields: Fields
        var truncations: [String]
        var formats: [[String]]
    }

    init(yaml: String) throws {
        let file = try YAMLDecoder().decode(File.self, from: yaml)
        target = file.target
        types = file.types
        sameFunctions = Set(file.same)
        operators = Set(file.operators)
        names = file.names
        reserved = Set(file.reserved)
        typedOperators = file.typedOperators.map {
            OperatorRule(
                left: Self.families($0.left), right: Self.families($0.right), symbol: $0.symbol,
                replacement: $0.replacement, examples: $0.examples ?? [])
        }
        wholeFields = Set(file.fields.whole)
        secondFields = Set(file.fields.seconds)
        truncations = Set(file.truncations)
        formats = try file.formats.map { pair in
            guard pair.count == 2 else { throw Malformed(description: "a format needs a piece and a code: \(pair)") }
            return (pair[0], pair[1])
        }
        var functions: [String: [FunctionRule]] = [:]
        for rule in file.functions {
            guard let open = rule.call.firstIndex(of: "("), rule.call.last == ")" else {
                throw Malformed(description: "a call needs parentheses: \(rule.call)")
            }
            let name = String(rule.call[..<open])
            let inside = rule.call[rule.call.index(after: open)...].dropLast()
            let arguments = inside.split(separator: ",").map { part -> Set<String>? in
                let families = Self.families(String(part))
                return families == ["any"] ? nil : families
            }
            functions[name, default: []].append(
                FunctionRule(
                    name: name, arguments: arguments, replacement: rule.replacement,
                    takesTail: rule.takesTail ?? false, examples: rule.examples ?? []))
        }
        self.functions = functions
    }

    private static func families(_ text: String) -> Set<String> {
        Set(text.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) })
    }
}
