/// What `anyelement`, `anyarray` and their kin stand for in one call.
struct Polymorphism {
    let types: TypeSystem

    /// The types found for a call.
    struct Binding {
        fileprivate var element: SQLType?
        fileprivate var array: SQLType?
        fileprivate var range: SQLType?
        fileprivate var compatible: [SQLType] = []
        fileprivate var common: SQLType?
        fileprivate var compatibleRange: SQLType?

        /// A declared type with what it stands for put in.
        func type(_ declared: SQLType) -> SQLType? {
            switch declared.name {
            case "anyelement", "anynonarray", "anyenum": element
            case "anyarray": element.flatMap { $0.isArray ? nil : $0.array }
            case "anyrange": range.flatMap { Self.changed($0, toMany: false) }
            case "anymultirange": range.flatMap { Self.changed($0, toMany: true) }
            case "anycompatible", "anycompatiblenonarray": common
            case "anycompatiblearray": common.flatMap { $0.isArray ? nil : $0.array }
            case "anycompatiblerange": compatibleRange.flatMap { Self.changed($0, toMany: false) }
            case "anycompatiblemultirange": compatibleRange.flatMap { Self.changed($0, toMany: true) }
            case "any": nil
            default: declared
            }
        }

        /// The range type of a multirange type or the other way round; of the user's own only the ranges are known.
        private static func changed(_ range: SQLType, toMany: Bool) -> SQLType? {
            if range.isUser { return toMany ? nil : range }
            let isMany = range.name.hasSuffix("multirange")
            if isMany == toMany { return range }
            return SQLType(
                isMany
                    ? range.name.replacing("multirange", with: "range")
                    : range.name.dropLast(5) + "multirange")
        }
    }

    /// Matches declared types with actual ones; nil when they contradict each other.
    func bind(_ declared: [SQLType], _ actual: [SQLType]) -> Binding? {
        var binding = Binding()
        for (want, have) in zip(declared, actual) where types.isPolymorphic(want) && !have.isUnknown {
            guard take(want.name, have, &binding) else { return nil }
        }
        if let array = binding.array {
            guard binding.element == nil || binding.element == array.element else { return nil }
            binding.element = array.element
        }
        if let range = binding.range {
            guard let subtype = types.subtype(ofRange: range) else { return nil }
            guard binding.element == nil || binding.element == subtype else { return nil }
            binding.element = subtype
        }
        if let element = binding.element {
            if declared.contains(where: { $0.name == "anynonarray" }), types.base(element).isArray { return nil }
            if declared.contains(where: { $0.name == "anyenum" }), !types.isEnum(element) { return nil }
        }
        if declared.contains(where: { $0.name.hasPrefix("anycompatible") }) {
            guard let common = binding.compatible.isEmpty ? .text : types.common(binding.compatible)?.identity else {
                return nil
            }
            if declared.contains(where: { $0.name == "anycompatiblenonarray" }), types.base(common).isArray {
                return nil
            }
            binding.common = common
        }
        return binding
    }

    private func take(_ want: String, _ have: SQLType, _ binding: inout Binding) -> Bool {
        switch want {
        case "anyelement", "anynonarray", "anyenum":
            guard binding.element == nil || binding.element == have else { return false }
            binding.element = have
        case "anyarray":
            let array = types.base(have).identity
            guard array.isArray, binding.array == nil || binding.array == array else { return false }
            binding.array = array
        case "anyrange", "anymultirange":
            let range = types.base(have).identity
            guard isRange(range, many: want == "anymultirange") else { return false }
            guard binding.range.map({ types.subtype(ofRange: $0) == types.subtype(ofRange: range) }) ?? true else {
                return false
            }
            binding.range = range
        case "anycompatible", "anycompatiblenonarray": binding.compatible.append(have)
        case "anycompatiblearray":
            let array = types.base(have).identity
            guard array.isArray else { return false }
            binding.compatible.append(array.element)
        case "anycompatiblerange", "anycompatiblemultirange":
            let range = types.base(have).identity
            guard isRange(range, many: want == "anycompatiblemultirange"), let subtype = types.subtype(ofRange: range)
            else { return false }
            binding.compatibleRange = range
            binding.compatible.append(subtype)
        default: break
        }
        return true
    }

    private func isRange(_ type: SQLType, many: Bool) -> Bool {
        guard types.subtype(ofRange: type) != nil else { return false }
        return type.isUser ? !many : type.name.hasSuffix("multirange") == many
    }
}
