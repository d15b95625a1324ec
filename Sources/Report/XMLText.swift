/// Text that XML 1.0 can carry.
enum XMLText {
    /// Control characters and other code points that no XML 1.0 document may hold, not even as `&#1;`, become `\u{1}`.
    ///
    /// The backslash of a real `\u{` is left alone: the text is for people, not for reading back.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !isAllowed($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isAllowed(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return result
    }

    /// At most `limit` characters, with a word that says that something is missing.
    static func clipped(_ text: String, to limit: Int) -> String {
        guard let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex), end < text.endIndex
        else { return text }
        return "\(text[..<end]) [cut]"
    }

    /// The `Char` production of XML 1.0, without the C1 controls, which are allowed but not shown by anything; a carriage
    /// return would come back as a line feed.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
