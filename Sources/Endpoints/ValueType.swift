/// What a column holds, in terms that all engines share; the engine's own spelling is kept beside it.
public indirect enum ValueType: Sendable, Equatable {
    case boolean
    /// `bits` is 8, 16, 32, 64 or 128.
    case integer(bits: Int, signed: Bool = true)
    /// An exact decimal; nil where the type sets no bound.
    case decimal(precision: Int?, scale: Int?)
    /// `bits` is 32 or 64.
    case float(bits: Int)
    case text
    /// Padded with blanks to its length by the engine; the padding is no part of the value.
    case paddedText
    case bytes
    case date
    /// `digits` are fractional digits of a second, 0 to 9.
    case time(digits: Int)
    case timeWithZone
    /// `zoned` values are instants; the others are what a wall clock shows.
    case timestamp(digits: Int, zoned: Bool)
    case interval
    case uuid
    /// A document whose value counts, not its spelling.
    case json
    case array(ValueType)
    /// Each value has a type of its own (SQLite columns without a declared type).
    case dynamic
    /// A type that only its own engine knows; `portable` says that its bytes mean the same on every server of the kind.
    case other(String, portable: Bool)

    /// The family's name for people.
    public var name: String {
        switch self {
        case .boolean: "boolean"
        case .integer(let bits, let signed): "\(signed ? "" : "unsigned ")integer of \(bits) bits"
        case .decimal(let precision?, let scale?): "decimal(\(precision),\(scale))"
        case .decimal: "decimal"
        case .float(let bits): "float of \(bits) bits"
        case .text: "text"
        case .paddedText: "blank-padded text"
        case .bytes: "bytes"
        case .date: "date"
        case .time: "time"
        case .timeWithZone: "time with time zone"
        case .timestamp(_, let zoned): zoned ? "timestamp with time zone" : "timestamp"
        case .interval: "interval"
        case .uuid: "uuid"
        case .json: "json"
        case .array(let element): "array of \(element.name)"
        case .dynamic: "values of any type"
        case .other(let name, _): name
        }
    }
}

/// The form in which both sides of a pair of columns are compared: equal values have equal bytes, and the other way round.
///
/// All forms are PostgreSQL's binary notation where that is canonical already, so that most columns of most tables
/// are compared as they come off the wire.
///
/// | form | bytes of a field |
/// |---|---|
/// | boolean | 1: 0 or 1 |
/// | integer | big-endian, two's complement, of the given width |
/// | decimal | digits, weight, sign, zero, then base-10,000 digits without zeros at the ends, each a big-endian Int16 |
/// | float | IEEE 754 big-endian; one NaN, one zero |
/// | text, bytes | as they are (UTF-8) |
/// | date | Int32 days since 2000-01-01; the ends of the range are the infinities |
/// | time, timestamp | Int64 microseconds since midnight, since 2000-01-01 |
/// | instantNanos | Int64 microseconds since 2000-01-01, then Int16 nanoseconds |
/// | timeWithZone | Int64 microseconds, Int32 zone in seconds west of Greenwich |
/// | interval | Int64 microseconds, Int32 days, Int32 months |
/// | uuid | 16 |
/// | json | text with sorted keys, no blanks, numbers in shortest exact notation |
/// | array | Int32 dimensions, each Int32 length and lower bound, then the elements as fields |
/// | opaque | what the engine sends; only between servers of one kind |
public indirect enum CanonicalForm: Sendable, Equatable {
    case boolean
    case integer(bytes: Int)
    case decimal
    case float32
    case float64
    case text
    case bytes
    case date
    case time
    case timeWithZone
    case timestamp
    case instantNanos
    case interval
    case uuid
    case json
    case array(CanonicalForm)
    case opaque
}
