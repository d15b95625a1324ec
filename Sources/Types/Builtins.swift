/// PostgreSQL's own types, implicit casts, operators and functions, as `scripts/types/builtins.py` prints them.
///
/// The tables are words: `name:` followed by its entries. A function's or operator's entry is its argument types and its
/// result (`text,int4>text`); an argument with `?` has a default, one with `*` is variadic, `_x` is an array of x. Every
/// overload of a name is there, because a missing one would change which of the others is chosen.
struct Builtins: Sendable {
    /// One overload.
    struct Signature: Sendable {
        let arguments: [SQLType]
        let result: SQLType
        /// How many arguments may be left out.
        let defaults: Int
        let isVariadic: Bool
    }

    static let shared = Builtins()

    let functions: [String: [Signature]]
    let operators: [String: [Signature]]
    /// A type's category letter.
    let categories: [String: Character]
    /// Types that win within their category.
    let preferred: Set<String>
    /// Targets of implicit casts by source type.
    let implicitCasts: [String: Set<String>]

    private init() {
        functions = Self.signatures(Self.functionsAM + " " + Self.functionsNZ + " " + Self.newerFunctions)
        operators = Self.signatures(Self.operatorTable)
        var categories: [String: Character] = [:]
        var preferred: Set<String> = []
        for (category, names) in Self.entries(Self.typeTable) {
            for name in names {
                let plain = name.hasSuffix("!") ? String(name.dropLast()) : String(name)
                if plain != name { preferred.insert(plain) }
                categories[plain] = category.first
            }
        }
        self.categories = categories
        self.preferred = preferred
        implicitCasts = Self.entries(Self.castTable).mapValues { Set($0.map(String.init)) }
    }

    /// What PostgreSQL 16 to 18 added to the server's tables. None of it changes what an older call returns.
    private static let newerFunctions = """
        any_value: anyelement>anyelement array_reverse: anyarray>anyarray array_sample: anyarray,int4>anyarray
        array_shuffle: anyarray>anyarray array_sort: anyarray>anyarray anyarray,bool>anyarray
        anyarray,bool,bool>anyarray casefold: text>text crc32: bytea>int8 crc32c: bytea>int8
        date_add: timestamptz,interval>timestamptz timestamptz,interval,text>timestamptz
        date_subtract: timestamptz,interval>timestamptz timestamptz,interval,text>timestamptz erf: float8>float8
        erfc: float8>float8 gamma: float8>float8 lgamma: float8>float8 max: bytea>bytea min: bytea>bytea
        pg_input_is_valid: text,text>bool random: int4,int4>int4 int8,int8>int8 numeric,numeric>numeric
        random_normal: float8?,float8?>float8 reverse: bytea>bytea to_bin: int4>text int8>text to_oct: int4>text
        int8>text uuid_extract_timestamp: uuid>timestamptz uuid_extract_version: uuid>int2 uuidv4: >uuid
        uuidv7: >uuid interval>uuid xmltext: text>xml
        """

    private static func entries(_ table: String) -> [String: [Substring]] {
        var result: [String: [Substring]] = [:]
        var name = ""
        for word in table.split(whereSeparator: \.isWhitespace) {
            if word.hasSuffix(":") { name = String(word.dropLast()) } else { result[name, default: []].append(word) }
        }
        return result
    }

    private static func signatures(_ table: String) -> [String: [Signature]] {
        entries(table).mapValues { $0.compactMap(signature) }
    }

    private static func signature(_ entry: Substring) -> Signature? {
        guard let arrow = entry.lastIndex(of: ">") else { return nil }
        var defaults = 0
        var isVariadic = false
        let arguments = entry[..<arrow].split(separator: ",").map { word in
            var word = word
            if word.hasSuffix("?") {
                defaults += 1
                word = word.dropLast()
            }
            if word.hasPrefix("*") {
                isVariadic = true
                word = word.dropFirst()
            }
            return SQLType(table: word)
        }
        return Signature(
            arguments: arguments, result: SQLType(table: entry[entry.index(after: arrow)...]), defaults: defaults,
            isVariadic: isVariadic)
    }
}
