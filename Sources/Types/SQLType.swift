import Catalog

/// A PostgreSQL type as this module computes with it: what it is, whether it is an array of that, and its modifier.
struct SQLType: Hashable, Sendable {
    /// The catalog's own name of a built-in type (`int4`), or a user type's name as it is printed (`dw."Status"`).
    var name: String
    var isUser = false
    var isArray = false
    /// What `format_type` prints besides the name: `(10,2)`, for intervals also ` day to second(3)`.
    var modifier: String?

    init(_ name: String, isUser: Bool = false, isArray: Bool = false, modifier: String? = nil) {
        self.name = name
        self.isUser = isUser
        self.isArray = isArray
        self.modifier = modifier
    }

    /// A string literal or NULL whose type nothing has decided yet.
    static let unknown = SQLType("unknown")
    static let text = SQLType("text")
    static let boolean = SQLType("bool")
    static let integer = SQLType("int4")

    var isUnknown: Bool { self == .unknown }
    /// Without the modifier: what PostgreSQL calls the type.
    var identity: SQLType { SQLType(name, isUser: isUser, isArray: isArray) }
    /// An element of this array; the modifier belongs to the elements.
    var element: SQLType { SQLType(name, isUser: isUser, modifier: modifier) }
    /// An array of this.
    var array: SQLType { SQLType(name, isUser: isUser, isArray: true, modifier: modifier) }

    /// Names that `format_type` does not print as the catalog stores them.
    private static let printed: [String: String] = [
        "int4": "integer", "int8": "bigint", "int2": "smallint", "float8": "double precision", "float4": "real",
        "bool": "boolean", "varchar": "character varying", "bpchar": "character", "varbit": "bit varying",
        "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
        "timetz": "time with time zone", "time": "time without time zone", "char": "\"char\"",
    ]
    private static let stored: [String: String] = Dictionary(uniqueKeysWithValues: printed.map { ($1, $0) })

    /// As `format_type` prints it.
    var formatted: String {
        let suffix = isArray ? "[]" : ""
        guard !isUser else { return name + (modifier ?? "") + suffix }
        guard let modifier else {
            // Without a length these two would read as one of length 1.
            if name == "bpchar" { return "bpchar" + suffix }
            if name == "bit" { return "\"bit\"" + suffix }
            return (Self.printed[name] ?? name) + suffix
        }
        let printed = Self.printed[name] ?? name
        if name.hasPrefix("time"), let space = printed.firstIndex(of: " ") {
            return printed[..<space] + modifier + printed[space...] + suffix
        }
        return printed + modifier + suffix
    }

    /// Reads what `format_type` printed; nil for what isn't a type of a value (`trigger`, `TABLE(..)`).
    init?(formatted text: String) {
        let normal = TypeName.normalized(text)
        var base = Substring(normal)
        var isArray = false
        while base.hasSuffix("[]") {
            base = base.dropLast(2)
            isArray = true
        }
        guard !base.isEmpty else { return nil }
        var modifier: String?
        if let open = base.firstIndex(of: "("), let close = base.lastIndex(of: ")"), !base[..<open].contains("\"") {
            modifier = String(base[open...close])
            base = base[..<open] + base[base.index(after: close)...]
        }
        if base.hasPrefix("pg_catalog.") { base = base.dropFirst(11) }
        if base.hasPrefix("interval ") {
            self.init("interval", isArray: isArray, modifier: base.dropFirst(8) + (modifier ?? ""))
            return
        }
        let unquoted = base == "\"bit\"" ? "bit" : String(base)
        let name = Self.stored[unquoted] ?? unquoted
        if Builtins.shared.categories[name] != nil || ["int2vector", "oidvector"].contains(name) {
            self.init(name, isArray: isArray, modifier: modifier)
        } else {
            guard !base.contains(" ") || base.contains("\"") else { return nil }
            self.init(String(base), isUser: true, isArray: isArray, modifier: modifier)
        }
    }

    /// A type of the tables in `Builtins`: `int4`, `_int4`.
    init(table text: some StringProtocol) {
        self.init(String(text.hasPrefix("_") ? text.dropFirst() : text[...]), isArray: text.hasPrefix("_"))
    }

    /// A user type's schema and name without quotes, as `TypeContext.userType` wants it.
    var lookupName: String {
        var result = ""
        var isQuoted = false
        for character in name {
            if character == "\"" { isQuoted.toggle() } else { result.append(character) }
        }
        return result
    }

    /// The type of the user's that has this name.
    init(userType: UserType) {
        func quoted(_ part: String) -> String {
            let isPlain = part.utf8.allSatisfy {
                $0 == 0x5F || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
            }
            let startsPlain = part.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
            return isPlain && startsPlain ? part : "\"" + part.replacing("\"", with: "\"\"") + "\""
        }
        let schema = userType.name.schema
        self.init((schema.isEmpty ? "" : quoted(schema) + ".") + quoted(userType.name.name), isUser: true)
    }
}
