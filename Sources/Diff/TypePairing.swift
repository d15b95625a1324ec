import Endpoints

/// Finds the form in which two columns are compared: the narrowest one that holds every value of both without loss.
struct TypePairing {
    var form: CanonicalForm
    /// What a reader should know about it: a reading of one side that is not its own type's.
    var remark: String?

    private init(_ form: CanonicalForm, _ remark: String? = nil) {
        self.form = form
        self.remark = remark
    }

    /// What `cast=` takes.
    static let castNames = [
        "boolean", "bytes", "date", "decimal", "float", "integer", "json", "text", "time", "timestamp", "uuid",
    ]

    private static func form(named name: String) -> CanonicalForm {
        switch name {
        case "boolean": .boolean
        case "bytes": .bytes
        case "date": .date
        case "decimal": .decimal
        case "float": .float64
        case "integer": .integer(bytes: 8)
        case "json": .json
        case "time": .time
        case "timestamp": .timestamp
        case "uuid": .uuid
        default: .text
        }
    }

    /// The common form; throws where there is none without loss.
    init(_ left: ColumnInfo, _ right: ColumnInfo, _ rule: ColumnRule) throws(DiffError) {
        if let cast = rule.cast {
            self.init(Self.form(named: cast), "both read as \(cast)")
            return
        }
        if let found = Self.pair(left.type, right.type) ?? Self.pair(right.type, left.type) {
            self = found
            return
        }
        throw .incomparable(
            column: left.name, left: left.nativeType, right: right.nativeType,
            advice:
                "decide it with --rule \(left.name):cast=\(Self.advisedCast(left.type, right.type)), or leave it out with "
                + "--exclude \(left.name)")
    }

    private static func advisedCast(_ left: ValueType, _ right: ValueType) -> String {
        switch (left, right) {
        case (.integer, _), (_, .integer), (.decimal, _), (_, .decimal), (.float, _), (_, .float): "decimal (or text)"
        case (.boolean, _), (_, .boolean): "boolean (or text)"
        default: "text"
        }
    }

    // One direction of each pair; the caller tries both.
    private static func pair(_ a: ValueType, _ b: ValueType) -> TypePairing? {
        switch (a, b) {
        case (.boolean, .boolean): TypePairing(.boolean)
        case (.boolean, .integer):
            TypePairing(.boolean, "integer read as boolean: 0 is false, 1 is true, others differ")
        case (.integer(let x, true), .integer(let y, true)) where max(x, y) <= 64:
            TypePairing(.integer(bytes: max(2, max(x, y) / 8)))
        case (.integer(let x, _), .integer(let y, _)) where max(x, y) <= 32: TypePairing(.integer(bytes: 8))
        case (.integer, .integer), (.integer, .decimal), (.decimal, .decimal): TypePairing(.decimal)
        case (.integer, .float), (.decimal, .float):
            TypePairing(.decimal, "floating-point numbers read as the shortest decimal that gives them back")
        case (.float(32), .float(32)): TypePairing(.float32)
        case (.float, .float): TypePairing(.float64)
        case (.text, .text), (.text, .paddedText), (.paddedText, .paddedText): TypePairing(.text)
        case (.bytes, .bytes): TypePairing(.bytes)
        case (.date, .date): TypePairing(.date)
        case (.date, .timestamp(_, let zoned)):
            TypePairing(.timestamp, zoned ? "dates read as midnight UTC" : nil)
        case (.time, .time): TypePairing(.time)
        case (.timeWithZone, .timeWithZone): TypePairing(.timeWithZone)
        case (.timestamp(let x, let zonedA), .timestamp(let y, let zonedB)):
            TypePairing(
                max(x, y) > 6 ? .instantNanos : .timestamp,
                zonedA == zonedB ? nil : "the side without a time zone read as UTC (another one: zone=+HH:MM)")
        case (.interval, .interval): TypePairing(.interval)
        case (.uuid, .uuid): TypePairing(.uuid)
        case (.uuid, .text), (.uuid, .paddedText): TypePairing(.uuid, "text read as uuid")
        case (.json, .json): TypePairing(.json)
        case (.json, .text): TypePairing(.json, "text read as JSON")
        case (.date, .text): TypePairing(.date, "text read as ISO 8601 dates")
        case (.time, .text): TypePairing(.time, "text read as ISO 8601 times")
        case (.timestamp(let digits, _), .text):
            TypePairing(digits > 6 ? .instantNanos : .timestamp, "text read as ISO 8601 timestamps")
        case (.array(let x), .array(let y)):
            (pair(x, y) ?? pair(y, x)).map { TypePairing(.array($0.form), $0.remark) }
        case (.other(let x, true), .other(let y, true)) where x == y: TypePairing(.opaque)
        case (.other, .other), (.other, .text): TypePairing(.text, "compared by its text")
        case (.dynamic, .dynamic): TypePairing(.opaque)
        case (.dynamic, let other): pair(other, other).map { TypePairing($0.form, "each value read as \(other.name)") }
        default: nil
        }
    }
}
