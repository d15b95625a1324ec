/// Canonical values as text for people, in the notation of PostgreSQL.
public enum CanonicalText {
    /// The text of a field; nil where the form has none of its own (then: hexadecimal digits).
    public static func render(_ field: UnsafeRawBufferPointer, as form: CanonicalForm) -> String {
        if let misfit = RowBatch.misfitText(field) { return String(decoding: misfit, as: UTF8.self) }
        switch form {
        case .boolean: return field.first == 1 ? "true" : "false"
        case .integer(let bytes): return String(integer(field, bytes: bytes))
        case .decimal: return decimal(field)
        case .float32:
            return float(Double(Float(bitPattern: load(field))), shortest: Float(bitPattern: load(field)).description)
        case .float64:
            let value = Double(bitPattern: load(field))
            return float(value, shortest: value.description)
        case .text, .json: return String(decoding: field, as: UTF8.self)
        case .bytes: return "\\x" + hexadecimal(field)
        case .opaque:
            // Labels of enums and the like are text; anything else is shown as bytes.
            if let text = String(validating: field, as: UTF8.self), text.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
            {
                return text
            }
            return "\\x" + hexadecimal(field)
        case .date:
            let days: Int32 = load(field)
            return days == .max ? "infinity" : days == .min ? "-infinity" : date(Int64(days))
        case .time: return clock(load(field))
        case .timeWithZone:
            let zone: Int32 = load(field, at: 8)
            return clock(load(field)) + offset(Int(-zone))
        case .timestamp: return timestamp(load(field))
        case .instantNanos: return timestamp(load(field), nanos: Int(load(field, at: 8) as Int16))
        case .interval: return interval(micros: load(field), days: load(field, at: 8), months: load(field, at: 12))
        case .uuid:
            var text = hexadecimal(field)
            for place in [20, 16, 12, 8] where place < text.utf8.count {
                text.insert("-", at: text.index(text.startIndex, offsetBy: place))
            }
            return text
        case .array(let element): return array(field, element)
        }
    }

    /// A big-endian number at a place of a field; zero where the field is too short.
    static func load<I: FixedWidthInteger>(_ field: UnsafeRawBufferPointer, at offset: Int = 0) -> I {
        guard offset + MemoryLayout<I>.size <= field.count else { return 0 }
        return I(bigEndian: field.loadUnaligned(fromByteOffset: offset, as: I.self))
    }

    static func integer(_ field: UnsafeRawBufferPointer, bytes: Int) -> Int64 {
        switch bytes {
        case 2: Int64(load(field) as Int16)
        case 4: Int64(load(field) as Int32)
        default: load(field)
        }
    }

    static func decimal(_ field: UnsafeRawBufferPointer) -> String {
        let count = Int(load(field) as Int16)
        let weight = Int(load(field, at: 2) as Int16)
        switch load(field, at: 4) as UInt16 {
        case DecimalSign.notANumber: return "NaN"
        case DecimalSign.infinity: return "Infinity"
        case DecimalSign.negativeInfinity: return "-Infinity"
        case let sign:
            guard count > 0 else { return "0" }
            var whole = ""
            var fraction = ""
            for place in 0..<max(count, weight + 1) {
                let group: UInt16 = place < count ? load(field, at: 8 + 2 * place) : 0
                let text = String(group)
                let padded = String(repeating: "0", count: 4 - text.count) + text
                if place <= weight { whole += whole.isEmpty ? text : padded } else { fraction += padded }
            }
            if weight < -1 { fraction = String(repeating: "0000", count: -1 - weight) + fraction }
            while fraction.last == "0" { fraction.removeLast() }
            let text = (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : ".\(fraction)")
            return sign == DecimalSign.negative ? "-" + text : text
        }
    }

    private static func float(_ value: Double, shortest: String) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "Infinity" : "-Infinity" }
        return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
    }

    /// `2024-02-29`, years before 1 as `0044-03-15 BC`.
    public static func date(_ days: Int64) -> String {
        let (year, month, day) = CalendarTime.civil(Int(days))
        let shown = year > 0 ? year : 1 - year
        return "\(padded(shown, 4))-\(padded(month, 2))-\(padded(day, 2))\(year > 0 ? "" : " BC")"
    }

    static func clock(_ micros: Int64, nanos: Int = 0) -> String {
        let seconds = Int(micros / 1_000_000)
        var fraction = String(Int(micros % 1_000_000) * 1000 + nanos + 1_000_000_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        let time = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        return fraction.isEmpty ? time : "\(time).\(fraction)"
    }

    /// `2024-02-29 12:30:00.5`, in microseconds since 2000.
    public static func timestamp(_ micros: Int64, nanos: Int = 0) -> String {
        if micros == .max { return "infinity" }
        if micros == .min { return "-infinity" }
        var (days, rest) = micros.quotientAndRemainder(dividingBy: CalendarTime.dayMicros)
        if rest < 0 { (days, rest) = (days - 1, rest + CalendarTime.dayMicros) }
        let text = date(days)
        let time = clock(rest, nanos: nanos)
        return text.hasSuffix(" BC") ? "\(text.dropLast(3)) \(time) BC" : "\(text) \(time)"
    }

    private static func interval(micros: Int64, days: Int32, months: Int32) -> String {
        var parts: [String] = []
        if months / 12 != 0 { parts.append("\(months / 12) years") }
        if months % 12 != 0 { parts.append("\(months % 12) mons") }
        if days != 0 { parts.append("\(days) days") }
        if micros != 0 || parts.isEmpty {
            parts.append((micros < 0 ? "-" : "") + clock(Int64(clamping: micros.magnitude)))
        }
        return parts.joined(separator: " ")
    }

    private static func offset(_ seconds: Int) -> String {
        let size = abs(seconds)
        let minutes = size / 60 % 60
        return "\(seconds < 0 ? "-" : "+")\(padded(size / 3600, 2))" + (minutes == 0 ? "" : ":\(padded(minutes, 2))")
    }

    private static func array(_ field: UnsafeRawBufferPointer, _ element: CanonicalForm) -> String {
        let dimensions = Int(load(field) as Int32)
        guard dimensions > 0, field.count >= 4 + 8 * dimensions else { return "{}" }
        let lengths = (0..<dimensions).map { Int(load(field, at: 4 + 8 * $0) as Int32) }
        var position = 4 + 8 * dimensions
        func level(_ depth: Int) -> String {
            let items = (0..<lengths[depth]).map { _ -> String in
                if depth + 1 < dimensions { return level(depth + 1) }
                let length = Int(load(field, at: position) as Int32)
                position += 4
                guard length >= 0, position + length <= field.count else { return "NULL" }
                let value = UnsafeRawBufferPointer(rebasing: field[position..<(position + length)])
                position += length
                let text = render(value, as: element)
                let isPlain =
                    !text.isEmpty && text.uppercased() != "NULL"
                    && text.utf8.allSatisfy { !Array("{},\"\\ \t\n\r".utf8).contains($0) }
                return isPlain
                    ? text
                    : "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            }
            return "{\(items.joined(separator: ","))}"
        }
        return level(0)
    }

    static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return text.count < width ? String(repeating: "0", count: width - text.count) + text : text
    }
}
