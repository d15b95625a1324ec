/// Values of any engine on their way into canonical form. What a form cannot hold is written as a misfit, so that it equals
/// nothing but the same misfit and is counted.
extension RowBatch {
    /// A boolean.
    public mutating func append(_ value: Bool, as form: CanonicalForm, column: Int) {
        switch form {
        case .boolean: appendField(value ? 1 : 0 as UInt8)
        case .text: appendField((value ? "true" : "false").utf8)
        default: append(integer: value ? 1 : 0 as Int64, as: form, column: column)
        }
    }

    /// A whole number.
    public mutating func append<I: FixedWidthInteger>(integer value: I, as form: CanonicalForm, column: Int) {
        switch form {
        case .integer(bytes: 8):
            if let narrow = Int64(exactly: value) { return appendField(narrow) }
        case .integer(bytes: 4):
            if let narrow = Int32(exactly: value) { return appendField(narrow) }
        case .integer(bytes: 2):
            if let narrow = Int16(exactly: value) { return appendField(narrow) }
        case .decimal: return appendDecimal(value)
        case .float64:
            if let double = Double(exactly: value) { return append(double: double, as: form, column: column) }
        case .boolean:
            if value == 0 || value == 1 { return appendField(UInt8(truncatingIfNeeded: value)) }
        case .text: return appendField(String(value).utf8)
        default: break
        }
        appendMisfit(String(value), column: column)
    }

    /// A floating-point number of 64 bits.
    public mutating func append(double value: Double, as form: CanonicalForm, column: Int) {
        switch form {
        case .float64: appendField(Self.canonical(value).bitPattern)
        case .float32:
            if value.isNaN || Double(Float(value)) == value {
                appendField(Self.canonical(Float(value)).bitPattern)
            } else {
                appendMisfit(value.description, column: column)
            }
        case .decimal: appendDecimal(shortest: value)
        case .text: appendField(value.description.utf8)
        default:
            if let whole = Int64(exactly: value) {
                append(integer: whole, as: form, column: column)
            } else {
                appendMisfit(value.description, column: column)
            }
        }
    }

    /// A floating-point number of 32 bits.
    public mutating func append(float value: Float, as form: CanonicalForm, column: Int) {
        switch form {
        case .float32: appendField(Self.canonical(value).bitPattern)
        case .decimal: appendDecimal(shortest: value)
        case .text: appendField(value.description.utf8)
        default: append(double: Double(value), as: form, column: column)
        }
    }

    /// An exact decimal: `mantissa` times ten to the power of minus `scale`.
    public mutating func append(mantissa: Int128, scale: Int, as form: CanonicalForm, column: Int) {
        switch form {
        case .decimal: appendDecimal(mantissa, scale: scale)
        default:
            let text = Self.decimalText(mantissa, scale: scale)
            if scale == 0 { return append(integer: mantissa, as: form, column: column) }
            append(text: Array(text.utf8), as: form, column: column)
        }
    }

    /// Text: as it is, or read as what the form holds.
    public mutating func append(text: UnsafeRawBufferPointer, as form: CanonicalForm, column: Int) {
        switch form {
        case .text, .bytes, .opaque: appendField(text)
        case .json:
            if let canonical = CanonicalJSON.canonical(text) {
                appendField(canonical)
            } else {
                appendMisfit(text, column: column)
            }
        default: if !appendParsed(text, as: form, column: column) { appendMisfit(text, column: column) }
        }
    }

    /// Text: as it is, or read as what the form holds.
    public mutating func append(text: [UInt8], as form: CanonicalForm, column: Int) {
        text.withUnsafeBytes { append(text: $0, as: form, column: column) }
    }

    private mutating func appendParsed(_ text: UnsafeRawBufferPointer, as form: CanonicalForm, column: Int) -> Bool {
        switch form {
        case .decimal: return appendDecimal(text: text)
        case .integer:
            guard let number = DecimalText(text), number.special == nil, number.digits.count - number.scale <= 38 else {
                return false
            }
            var digits = number.digits[...]
            var scale = number.scale
            while scale > 0, digits.last == 0 || digits.isEmpty {
                digits = digits.dropLast()
                scale -= 1
            }
            guard scale <= 0 else { return false }
            var value = digits.reduce(into: 0 as Int128) { $0 = $0 * 10 + Int128($1) }
            for _ in 0..<(-scale) { value *= 10 }
            append(integer: number.isNegative ? -value : value, as: form, column: column)
            return true
        case .float64, .float32:
            guard let value = Double(String(decoding: text, as: UTF8.self)) else { return false }
            append(double: value, as: form, column: column)
            return true
        case .boolean:
            switch String(decoding: text, as: UTF8.self).lowercased() {
            case "t", "true", "y", "yes", "on", "1": appendField(1 as UInt8)
            case "f", "false", "n", "no", "off", "0": appendField(0 as UInt8)
            default: return false
            }
            return true
        case .uuid:
            guard let uuid = Self.uuid(text) else { return false }
            appendField(uuid)
            return true
        case .date, .time, .timestamp, .instantNanos:
            guard let time = TimeText(text) else { return false }
            return append(time: time, as: form)
        default: return false
        }
    }

    /// A time that was read from text; false where it has another shape than the form.
    mutating func append(time: TimeText, as form: CanonicalForm) -> Bool {
        if time.infinity != 0 {
            switch form {
            case .date: appendField(time.infinity > 0 ? Int32.max : Int32.min)
            case .timestamp: appendField(time.infinity > 0 ? Int64.max : Int64.min)
            case .instantNanos: appendNanos(micros: time.infinity > 0 ? Int64.max : Int64.min, nanos: 0)
            default: return false
            }
            return true
        }
        let zone = Int64(time.zone ?? 0) * 1_000_000
        switch form {
        case .date:
            guard let days = time.days, time.nanos ?? 0 == 0, let narrow = Int32(exactly: days) else { return false }
            appendField(narrow)
        case .time:
            guard time.days == nil, time.zone == nil, let nanos = time.nanos, nanos % 1000 == 0 else { return false }
            appendField(nanos / 1000)
        case .timestamp:
            guard let days = time.days, (time.nanos ?? 0) % 1000 == 0 else { return false }
            appendField(Int64(days) * CalendarTime.dayMicros + (time.nanos ?? 0) / 1000 - zone)
        case .instantNanos:
            guard let days = time.days else { return false }
            let nanos = time.nanos ?? 0
            appendNanos(micros: Int64(days) * CalendarTime.dayMicros + nanos / 1000 - zone, nanos: Int16(nanos % 1000))
        default: return false
        }
        return true
    }

    /// A point in time, in microseconds since 2000 and nanoseconds on top.
    public mutating func append(micros: Int64, nanos: Int16 = 0, as form: CanonicalForm, column: Int) {
        let isFinite = micros != .max && micros != .min
        switch form {
        case .timestamp where nanos == 0: appendField(micros)
        case .instantNanos: appendNanos(micros: micros, nanos: nanos)
        case .date where !isFinite: appendField(micros > 0 ? Int32.max : Int32.min)
        case .date where nanos == 0 && micros % CalendarTime.dayMicros == 0:
            append(days: micros / CalendarTime.dayMicros, as: form, column: column)
        case .text: appendField(CanonicalText.timestamp(micros, nanos: Int(nanos)).utf8)
        default: appendMisfit(CanonicalText.timestamp(micros, nanos: Int(nanos)), column: column)
        }
    }

    /// A day, in days since 2000-01-01.
    public mutating func append(days: Int64, as form: CanonicalForm, column: Int) {
        switch form {
        case .date:
            if let narrow = Int32(exactly: days) { return appendField(narrow) }
        case .timestamp, .instantNanos:
            let (micros, overflow) = days.multipliedReportingOverflow(by: CalendarTime.dayMicros)
            if !overflow { return append(micros: micros, as: form, column: column) }
        case .text: return appendField(CanonicalText.date(days).utf8)
        default: break
        }
        appendMisfit(CanonicalText.date(days), column: column)
    }

    private mutating func appendNanos(micros: Int64, nanos: Int16) {
        append(word: 10 as Int32)
        append(word: micros)
        append(word: nanos)
    }

    /// A value that its column's form cannot hold.
    public mutating func appendMisfit(_ text: String, column: Int) {
        var text = text
        text.withUTF8 { appendMisfit(UnsafeRawBufferPointer($0), column: column) }
    }

    static func canonical(_ value: Double) -> Double { value.isNaN ? .nan : value == 0 ? 0 : value }

    static func canonical(_ value: Float) -> Float { value.isNaN ? .nan : value == 0 ? 0 : value }

    /// Plain decimal notation with exactly `scale` decimals.
    static func decimalText(_ mantissa: Int128, scale: Int) -> String {
        var digits = String(mantissa.magnitude)
        if scale > 0 {
            if digits.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.count) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        }
        return mantissa < 0 ? "-" + digits : digits
    }

    /// The 16 bytes of a UUID in any usual spelling: hyphens anywhere between pairs, braces, either case.
    static func uuid(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for (place, byte) in text.enumerated() {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            case UInt8(ascii: "-") where high == nil: continue
            case UInt8(ascii: "{") where place == 0: continue
            case UInt8(ascii: "}") where place == text.count - 1: continue
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes.count == 16 && high == nil ? bytes : nil
    }
}
