import Types

/// A text that the code puts together: characters that are known and, between them, values that only the data knows.
///
/// Dynamic SQL whose unknown pieces all stand where a value stands can be read: the values become expressions.
struct DynamicText {
    /// A run of characters, or a value printed into the text.
    enum Piece {
        case known(String)
        case value(DynamicValue)
    }
    private(set) var pieces: [Piece] = []
    /// Known to be NULL.
    var isNull = false

    init() {}
    init(_ text: String) { append(text) }
    init(_ value: DynamicValue) { pieces = [.value(value)] }
    static var null: DynamicText {
        var text = DynamicText()
        text.isNull = true
        return text
    }

    mutating func append(_ text: String) {
        if text.isEmpty { return }
        if case .known(let old)? = pieces.last {
            pieces[pieces.count - 1] = .known(old + text)
        } else {
            pieces.append(.known(text))
        }
    }
    mutating func append(_ other: DynamicText) {
        for piece in other.pieces {
            switch piece {
            case .known(let text): append(text)
            case .value: pieces.append(piece)
            }
        }
    }

    /// The characters when every one of them is known.
    var known: String? {
        guard !isNull else { return nil }
        var result = ""
        for piece in pieces {
            guard case .known(let text) = piece else { return nil }
            result += text
        }
        return result
    }
    /// The values in it.
    var values: [DynamicValue] { pieces.compactMap { if case .value(let value) = $0 { value } else { nil } } }
    /// The value when there is nothing else.
    var only: DynamicValue? {
        guard pieces.count == 1, case .value(let value) = pieces[0] else { return nil }
        return value
    }
}

/// A value that is printed into a dynamic text.
struct DynamicValue {
    /// How it gets its quotes.
    enum Quoting {
        /// As it is: `|| v`, `%s`.
        case none
        /// As a literal: `quote_literal(v)`, `%L`.
        case literal
    }
    /// What a NULL makes of the text around it.
    enum WhenNull {
        /// The whole text becomes NULL, and EXECUTE fails.
        case fails
        /// The word NULL.
        case null
        /// Nothing is printed.
        case empty
    }
    /// An operand.
    var value: SQLTemplate
    /// As `format_type` prints it.
    var type: String?
    var taint: Taint
    var quoting = Quoting.none
    var whenNull = WhenNull.fails
    /// Printed by the type's output function (`format`, `concat`) and not by a cast to text: booleans and padded
    /// strings come out otherwise.
    var isFormatted = false
    /// The expression is never NULL.
    var isNotNull = false
    /// As the routine wrote it, for messages.
    var source: String

    /// The characters that are printed, without quotes; NULL for NULL.
    var text: SQLTemplate {
        let base = type.map(TypeName.base)
        switch base {
        case "text": return value
        case "boolean" where isFormatted: return "(case when \(value) then 't' when not \(value) then 'f' end)"
        case "character" where isFormatted, "bpchar" where isFormatted:
            return "(case when \(value) is not null then concat(\(value)) end)"
        default: return "cast(\(value) as text)"
        }
    }

    /// Types whose printed values hold neither quotes nor backslashes.
    var isPrintedWithoutQuotes: Bool {
        guard let type else { return false }
        return isInteger
            || ["numeric", "real", "double precision", "date", "boolean", "uuid", "interval"].contains(
                TypeName.base(type))
            || type.hasPrefix("timestamp") || type.hasPrefix("time")
    }
    var isInteger: Bool { ["integer", "bigint", "smallint"].contains(type ?? "") }
    var isText: Bool { ["text", "character varying"].contains(type.map(TypeName.base) ?? "") }
}

/// What PostgreSQL makes of a string token.
enum StringToken {
    /// The characters of `'..'`, `E'..'` or `$q$..$q$`; nil for other forms (`U&'..'`, bit strings).
    static func decode(_ token: String) -> String? {
        if token.hasPrefix("$") {
            guard let end = token.dropFirst().firstIndex(of: "$") else { return nil }
            let tag = token[...end]
            guard token.count >= 2 * tag.count, token.hasSuffix(tag) else { return nil }
            return String(token.dropFirst(tag.count).dropLast(tag.count))
        }
        guard let quote = token.firstIndex(of: "'") else { return nil }
        let prefix = token[..<quote].lowercased()
        guard ["", "e", "n"].contains(prefix) else { return nil }
        return scan(Array(token[quote...]), escapes: prefix == "e")
    }

    /// Reads `'..' '..'`: pieces with only blanks between them are one string.
    private static func scan(_ text: [Character], escapes: Bool) -> String? {
        var result = ""
        var index = 0
        var isInside = false
        while index < text.count {
            let character = text[index]
            index += 1
            if !isInside {
                if character == "'" { isInside = true } else if !character.isWhitespace { return nil }
            } else if character == "'" {
                if index < text.count, text[index] == "'" {
                    result.append("'")
                    index += 1
                } else {
                    isInside = false
                }
            } else if escapes, character == "\\" {
                guard let escaped = escape(text, &index) else { return nil }
                result.append(escaped)
            } else {
                result.append(character)
            }
        }
        return isInside ? nil : result
    }

    private static func escape(_ text: [Character], _ index: inout Int) -> Character? {
        guard index < text.count else { return nil }
        let character = text[index]
        index += 1
        switch character {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "u", "U":
            let length = character == "u" ? 4 : 8
            guard index + length <= text.count, let code = UInt32(String(text[index..<index + length]), radix: 16),
                let scalar = Unicode.Scalar(code)
            else { return nil }
            index += length
            return Character(scalar)
        case "x", "0"..."7": return nil  // bytes: rare, and their meaning hangs on the encoding
        default: return character
        }
    }
}
