import Catalog

/// PostgreSQL's rules about types: what is whose base, what turns into what by itself, what several types have in common.
///
/// These follow the "Type Conversion" chapter of PostgreSQL's manual and not what seems sensible, since a guess that is
/// nearly always right is wrong.
struct TypeSystem {
    let userType: (String) -> UserType?
    let builtins = Builtins.shared

    /// The user's type behind a name, nil for PostgreSQL's own and for arrays.
    func definition(_ type: SQLType) -> UserType? {
        type.isUser && !type.isArray ? userType(type.lookupName) : nil
    }

    /// Whether enough is known of the type to reason about it.
    func isKnown(_ type: SQLType) -> Bool { !type.isUser || userType(type.lookupName) != nil }

    /// What is under a domain, all domains taken off; the type itself when it is none.
    func base(_ type: SQLType) -> SQLType {
        var result = type
        // Domains can't be circular, but a broken snapshot might say so.
        for _ in 0..<32 {
            guard let domain = definition(result), domain.kind == .domain, let under = domain.baseType,
                let next = SQLType(formatted: under)
            else { break }
            result = next
        }
        return result
    }

    func isEnum(_ type: SQLType) -> Bool { definition(type)?.kind == .enumeration }

    /// The category letter of a type that is no domain.
    func category(_ type: SQLType) -> Character {
        if type.isArray { return "A" }
        switch definition(type)?.kind {
        case .enumeration: return "E"
        case .composite: return "C"
        case .range: return "R"
        case .domain, nil: return builtins.categories[type.name] ?? "U"
        }
    }

    func isPreferred(_ type: SQLType) -> Bool {
        !type.isUser && !type.isArray && builtins.preferred.contains(type.name)
    }

    static let polymorphic: Set<String> = [
        "any", "anyelement", "anyarray", "anynonarray", "anyenum", "anyrange", "anymultirange", "anycompatible",
        "anycompatiblearray", "anycompatiblenonarray", "anycompatiblerange", "anycompatiblemultirange",
    ]

    func isPolymorphic(_ type: SQLType) -> Bool { !type.isUser && Self.polymorphic.contains(type.name) }

    /// Whether a value turns into `target` without being asked to.
    func converts(_ source: SQLType, to target: SQLType) -> Bool {
        if source.identity == target.identity || source.isUnknown || isPolymorphic(target) { return true }
        let (from, to) = (base(source).identity, base(target).identity)
        if from == to { return true }
        if from.isArray != to.isArray { return false }
        if from.isArray { return converts(from.element, to: to.element) }
        if !to.isUser, to.name == "record" { return category(from) == "C" }
        if from.name == "record", !from.isUser { return category(to) == "C" }
        return !from.isUser && !to.isUser && builtins.implicitCasts[from.name]?.contains(to.name) == true
    }

    /// The type of CASE, COALESCE, ARRAY and so on: with a modifier when all the values have it.
    func common(_ types: [SQLType?]) -> SQLType? {
        var known: [SQLType] = []
        for type in types {
            guard let type else { return nil }
            known.append(type)
        }
        guard let first = known.first, let common = commonIdentity(known) else { return nil }
        let agree = known.allSatisfy { $0.identity == common && $0.modifier == first.modifier }
        return agree ? first : common
    }

    private func commonIdentity(_ types: [SQLType]) -> SQLType? {
        guard let first = types.first else { return nil }
        if !first.isUnknown, types.allSatisfy({ $0.identity == first.identity }) { return first.identity }
        guard types.allSatisfy(isKnown) else { return nil }
        var result = base(first).identity
        for type in types.dropFirst() {
            let next = base(type).identity
            if next.isUnknown || next == result { continue }
            if result.isUnknown {
                result = next
            } else if category(next) != category(result) {
                return nil
            } else if !isPreferred(result), converts(result, to: next), !converts(next, to: result) {
                result = next
            }
        }
        if result.isUnknown { return .text }
        return types.allSatisfy { converts($0, to: result) } ? result : nil
    }

    /// What a range is made of.
    func subtype(ofRange type: SQLType) -> SQLType? {
        if let range = definition(type), range.kind == .range {
            return range.baseType.flatMap(SQLType.init(formatted:))
        }
        guard !type.isArray else { return nil }
        switch type.name {
        case "int4range", "int4multirange": return SQLType("int4")
        case "int8range", "int8multirange": return SQLType("int8")
        case "numrange", "nummultirange": return SQLType("numeric")
        case "tsrange", "tsmultirange": return SQLType("timestamp")
        case "tstzrange", "tstzmultirange": return SQLType("timestamptz")
        case "daterange", "datemultirange": return SQLType("date")
        default: return nil
        }
    }
}
