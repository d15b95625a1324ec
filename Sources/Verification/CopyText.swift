/// Rows in COPY's text format: tabs between the fields, `\N` for NULL, backslashes before what is special.
enum CopyText {
    private static let tab = UInt8(ascii: "\t")
    private static let newline = UInt8(ascii: "\n")
    private static let backslash = UInt8(ascii: "\\")

    /// Calls `body` with each field of a row as it stands there, still escaped; nil for NULL.
    static func forEachField(
        _ row: UnsafeRawBufferPointer, _ body: (_ index: Int, _ field: UnsafeRawBufferPointer?) -> Void
    ) {
        var end = row.count
        if end > 0, row[end - 1] == newline { end -= 1 }
        var start = 0
        var index = 0
        for position in 0...end where position == end || row[position] == tab {
            let field = UnsafeRawBufferPointer(rebasing: row[start..<position])
            let isNull = field.count == 2 && field[0] == backslash && field[1] == UInt8(ascii: "N")
            body(index, isNull ? nil : field)
            start = position + 1
            index += 1
        }
    }

    /// The field's value; COPY TO writes no other escapes than these.
    static func unescaped(_ field: UnsafeRawBufferPointer) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(field.count)
        var isEscaped = false
        for byte in field {
            if isEscaped {
                value.append(controls[byte] ?? byte)
                isEscaped = false
            } else if byte == backslash {
                isEscaped = true
            } else {
                value.append(byte)
            }
        }
        return value
    }

    /// The row's values.
    static func values(_ row: UnsafeRawBufferPointer) -> [String?] {
        var values: [String?] = []
        forEachField(row) { _, field in values.append(field.map { String(decoding: unescaped($0), as: UTF8.self) }) }
        return values
    }

    private static let controls: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
        UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
    ]
}

extension CopyText {
    /// A value as a field of COPY FROM.
    static func escaped(_ value: String?) -> String {
        guard let value else { return "\\N" }
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 9 || $0 == 10 || $0 == 13 }) else { return value }
        var field = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": field += "\\\\"
            case "\t": field += "\\t"
            case "\n": field += "\\n"
            case "\r": field += "\\r"
            default: field.unicodeScalars.append(scalar)
            }
        }
        return field
    }
}
