/// Text on its way through Jinja.
enum Jinja {
    /// The text so that Jinja gives it back byte for byte.
    ///
    /// Jinja reads `{{`, `{%` and `{#`, and turns carriage returns into line feeds; closing marks alone are data. A
    /// brace at the very end is escaped too, because what follows may begin with one.
    static func escaped(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "\r") }) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 32)
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\r"):
                result += Array(#"{{ '\r' }}"#.utf8)
            case UInt8(ascii: "{"):
                let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "{")
                switch next {
                case UInt8(ascii: "{") where index + 1 < bytes.count,
                    UInt8(ascii: "%"), UInt8(ascii: "#"):
                    result += Array("{{ '{".utf8) + [next] + Array("' }}".utf8)
                    index += 1
                case UInt8(ascii: "{"): result += Array("{{ '{' }}".utf8)
                default: result.append(bytes[index])
                }
            default: result.append(bytes[index])
            }
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A string literal of Jinja's expression language.
    static func literal(_ text: String) -> String {
        // Single quotes unless the text has some and no double ones: easier to read.
        let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var result = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case _ where Character(scalar) == quote: result += "\\" + String(quote)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + String(quote)
    }
}
