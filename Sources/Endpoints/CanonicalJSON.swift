/// JSON documents as values: keys sorted, blanks gone, numbers exact (`1.0` is `1`, `1e2` is `100`), escapes resolved.
///
/// Of equal keys of an object all are kept, in their order: an engine that keeps only the last one has lost something.
/// Numbers are never read as floating point.
struct CanonicalJSON {
    private var input: UnsafeRawBufferPointer
    private var position = 0
    private var depth = 0

    /// The canonical text, nil where the bytes are no JSON.
    static func canonical(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var reader = CanonicalJSON(input: bytes)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        guard reader.value(&output) else { return nil }
        reader.skipBlanks()
        return reader.position == bytes.count ? output : nil
    }

    private init(input: UnsafeRawBufferPointer) { self.input = input }

    private var byte: UInt8? { position < input.count ? input[position] : nil }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard byte == UInt8(ascii: wanted) else { return false }
        position += 1
        return true
    }

    private mutating func value(_ output: inout [UInt8]) -> Bool {
        skipBlanks()
        guard let byte, depth < 2000 else { return false }
        switch byte {
        case UInt8(ascii: "{"): return object(&output)
        case UInt8(ascii: "["): return array(&output)
        case UInt8(ascii: "\""):
            guard let text = string() else { return false }
            Self.write(text, &output)
            return true
        case UInt8(ascii: "t"): return word("true", &output)
        case UInt8(ascii: "f"): return word("false", &output)
        case UInt8(ascii: "n"): return word("null", &output)
        default: return number(&output)
        }
    }

    private mutating func word(_ word: StaticString, _ output: inout [UInt8]) -> Bool {
        let bytes = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard position + bytes.count <= input.count,
            input[position..<(position + bytes.count)].elementsEqual(bytes)
        else { return false }
        output.append(contentsOf: bytes)
        position += bytes.count
        return true
    }

    private mutating func number(_ output: inout [UInt8]) -> Bool {
        let start = position
        while let byte,
            (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte | 0x20 == 0x65
        {
            position += 1
        }
        let text = input[start..<position]
        guard !text.isEmpty, let number = DecimalText(text), number.special == nil else { return false }
        // Digits without zeros at the ends, and a power of ten.
        var digits = number.digits
        var scale = number.scale
        while digits.last == 0 {
            digits.removeLast()
            scale -= 1
        }
        guard !digits.isEmpty else {
            output.append(0x30)
            return true
        }
        if number.isNegative { output.append(UInt8(ascii: "-")) }
        output.append(contentsOf: digits.map { $0 + 0x30 })
        if scale != 0 {
            output.append(UInt8(ascii: "e"))
            output.append(contentsOf: String(-scale).utf8)
        }
        return true
    }

    private mutating func array(_ output: inout [UInt8]) -> Bool {
        depth += 1
        defer { depth -= 1 }
        position += 1
        output.append(UInt8(ascii: "["))
        skipBlanks()
        if take("]") {
            output.append(UInt8(ascii: "]"))
            return true
        }
        while true {
            guard value(&output) else { return false }
            skipBlanks()
            if take("]") { break }
            guard take(",") else { return false }
            output.append(UInt8(ascii: ","))
        }
        output.append(UInt8(ascii: "]"))
        return true
    }

    private mutating func object(_ output: inout [UInt8]) -> Bool {
        depth += 1
        defer { depth -= 1 }
        position += 1
        var members: [(key: [UInt8], value: [UInt8])] = []
        skipBlanks()
        if !take("}") {
            while true {
                skipBlanks()
                guard byte == UInt8(ascii: "\""), let key = string() else { return false }
                skipBlanks()
                guard take(":") else { return false }
                var member: [UInt8] = []
                guard value(&member) else { return false }
                members.append((key, member))
                skipBlanks()
                if take("}") { break }
                guard take(",") else { return false }
            }
        }
        // Stable: equal keys stay in their order.
        let order = members.indices.sorted {
            members[$0].key == members[$1].key
                ? $0 < $1 : members[$0].key.lexicographicallyPrecedes(members[$1].key)
        }
        output.append(UInt8(ascii: "{"))
        for (place, index) in order.enumerated() {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            Self.write(members[index].key, &output)
            output.append(UInt8(ascii: ":"))
            output.append(contentsOf: members[index].value)
        }
        output.append(UInt8(ascii: "}"))
        return true
    }

    /// A string with its escapes resolved, as UTF-8; a lone surrogate stays as its three bytes.
    private mutating func string() -> [UInt8]? {
        position += 1
        var text: [UInt8] = []
        while let byte {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return text
            case UInt8(ascii: "\\"):
                guard let escape = self.byte else { return nil }
                position += 1
                switch escape {
                case UInt8(ascii: "n"): text.append(0x0A)
                case UInt8(ascii: "t"): text.append(0x09)
                case UInt8(ascii: "r"): text.append(0x0D)
                case UInt8(ascii: "b"): text.append(0x08)
                case UInt8(ascii: "f"): text.append(0x0C)
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
                case UInt8(ascii: "u"):
                    guard var unit = hex4() else { return nil }
                    if (0xD800..<0xDC00).contains(unit), position + 1 < input.count, input[position] == 0x5C,
                        input[position + 1] == UInt8(ascii: "u")
                    {
                        let back = position
                        position += 2
                        if let low = hex4(), (0xDC00..<0xE000).contains(low) {
                            unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                        } else {
                            position = back
                        }
                    }
                    Self.encode(unit, &text)
                default: return nil
                }
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func hex4() -> UInt32? {
        guard position + 4 <= input.count else { return nil }
        var value: UInt32 = 0
        for byte in input[position..<(position + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    private static func encode(_ scalar: UInt32, _ text: inout [UInt8]) {
        switch scalar {
        case 0..<0x80: text.append(UInt8(scalar))
        case 0x80..<0x800: text += [UInt8(0xC0 | scalar >> 6), UInt8(0x80 | scalar & 0x3F)]
        case 0x800..<0x10000:
            text += [UInt8(0xE0 | scalar >> 12), UInt8(0x80 | scalar >> 6 & 0x3F), UInt8(0x80 | scalar & 0x3F)]
        default:
            text += [
                UInt8(0xF0 | scalar >> 18), UInt8(0x80 | scalar >> 12 & 0x3F), UInt8(0x80 | scalar >> 6 & 0x3F),
                UInt8(0x80 | scalar & 0x3F),
            ]
        }
    }

    private static func write(_ text: [UInt8], _ output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                output.append(contentsOf: "\\u00".utf8)
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 15)])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
