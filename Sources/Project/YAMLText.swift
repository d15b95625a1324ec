/// Scalars for YAML files, right for any text.
enum YAMLText {
    /// A scalar that reads back as exactly this text, whatever reader and YAML version: plain where nobody could take
    /// it for anything else, otherwise double-quoted with JSON's escapes.
    static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// A scalar for a place where dbt renders Jinja.
    static func rendered(_ text: String) -> String { scalar(Jinja.escaped(text)) }

    /// A text of several lines as a literal block, when that reads back the same; else a quoted scalar.
    ///
    /// - Parameter indent: blanks before each line: more than the key's own.
    static func block(_ text: String, indent: Int) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 1, isBlockSafe(text, lines) else { return scalar(text) }
        let blanks = String(repeating: " ", count: indent)
        return "|-\n" + lines.map { $0.isEmpty ? "" : blanks + $0 }.joined(separator: "\n")
    }

    /// Double-quoted, with JSON's escapes.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where needsEscape(scalar):
                let hex = String(scalar.value, radix: 16, uppercase: true)
                result +=
                    scalar.value > 0xFFFF
                    ? "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
                    : "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    // Not printable in YAML's sense, or a line break to some reader.
    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    private static func isBlockSafe(_ text: String, _ lines: [Substring]) -> Bool {
        guard let first = lines.first, let last = lines.last, !first.isEmpty, !last.isEmpty else { return false }
        if first.first == " " { return false }
        return !text.unicodeScalars.contains { $0 != "\n" && needsEscape($0) } && !lines.contains { $0.last == " " }
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "_") else { return false }
        guard let last = text.utf8.last, last != UInt8(ascii: " ") else { return false }
        let allowed = text.utf8.allSatisfy {
            isLetter($0) || (0x30...0x39).contains($0) || Array("_.(), -/".utf8).contains($0)
        }
        return allowed && !readAsSomethingElse.contains(text.lowercased())
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    // Words that some YAML version reads as a boolean or null.
    private static let readAsSomethingElse: Set<String> = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf",
    ]
}
