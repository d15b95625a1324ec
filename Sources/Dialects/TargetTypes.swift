import Catalog
import Types
import Versions

/// PostgreSQL's types as the target spells them.
struct TargetTypes {
    let rules: DialectRules
    /// Dates print as `2024-05-06` in the source's sessions, as they do in the target.
    var printsISODates = true
    /// The user's types by `schema.name` and, where it is one of a kind, by name.
    private let userTypes: [String: UserType]

    init(rules: DialectRules, types: [UserType]) {
        self.rules = rules
        var found: [String: UserType] = [:]
        for type in types {
            found[type.name.description] = type
            // A bare name that two schemas have says nothing.
            found[type.name.name] = found[type.name.name] == nil ? type : nil
        }
        userTypes = found
    }

    /// A name as SQL has it: in quotes where the target would read it as a word of its own.
    func identifier(_ name: String) -> String {
        rules.reserved.contains(name) ? "\"\(name)\"" : SQLText.identifier(name)
    }

    func userType(_ name: String) -> UserType? { userTypes[name.replacing("\"", with: "")] }

    func family(_ type: String?) -> TypeFamily? { type.map { TypeFamily($0, userType: userType) } }

    /// The domain's base type, through domains on domains; the type itself when it is none.
    func underDomains(_ type: String) -> String {
        var result = type
        // Domains can't be circular, but a broken snapshot might say so.
        for _ in 0..<32 {
            guard let user = userType(TypeName.base(result)), user.kind == .domain, let base = user.baseType else {
                break
            }
            result = base
        }
        return result
    }

    /// The type in the target's words. Lengths of texts are dropped, since the target does not keep them: the caller
    /// cuts or checks.
    func spelled(_ type: String) throws(Untranslatable) -> String {
        let type = underDomains(TypeName.normalized(type))
        if type.hasSuffix("[]") { return try spelled(String(type.dropLast(2))) + "[]" }
        let base = TypeName.base(type)
        if let user = userType(base), user.kind == .enumeration {
            let labels = user.labels.map { "'\($0.replacing("'", with: "''"))'" }
            return "enum(\(labels.joined(separator: ", ")))"
        }
        guard let known = rules.types[base] else {
            throw Untranslatable("the type \(type) has no equal in \(rules.target)")
        }
        guard let modifier = Self.modifier(type) else { return known }
        switch base {
        case "numeric":
            let numbers = modifier.split(separator: ",").compactMap { Int($0) }
            guard numbers.count == 2, numbers[0] <= 38, numbers[1] >= 0, numbers[1] <= numbers[0] else {
                throw Untranslatable("\(type) has more digits than a decimal of \(rules.target)")
            }
            return "decimal(\(numbers[0]), \(numbers[1]))"
        case "character varying", "character": return known
        case _ where base.hasPrefix("timestamp") && modifier == "6": return known
        default: throw Untranslatable("\(type) is rounded differently in \(rules.target)")
        }
    }

    static func modifier(_ type: String) -> String? {
        guard let open = type.firstIndex(of: "("), let close = type.firstIndex(of: ")") else { return nil }
        return type[type.index(after: open)..<close].filter { $0 != " " }
    }
}

/// Types of PostgreSQL in another warehouse's words, for callers that have values to move.
public struct TypeTranslation: Sendable {
    private let types: TargetTypes

    /// Why a type has no equal.
    public struct Missing: Error, CustomStringConvertible {
        /// The type and the reason.
        public var description: String
    }

    /// Throws for a target without rules.
    public init(target: String, catalog: CatalogSnapshot) throws {
        guard let rules = try DialectRules.rules(for: target) else {
            throw Missing(description: "there are no rules for \(target)")
        }
        types = TargetTypes(rules: rules, types: catalog.types)
    }

    /// The target's type for one as `format_type` prints it; throws `Missing`.
    public func target(_ type: String) throws -> String {
        do throws(Untranslatable) {
            return try types.spelled(type)
        } catch {
            throw Missing(description: error.description)
        }
    }
}
