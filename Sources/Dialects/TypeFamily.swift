import Catalog
import Types

/// Kinds of types that a rule can ask for: what of a type decides about the meaning of a function or an operator.
enum TypeFamily: String {
    case int, numeric, float, text, boolean, date, timestamp, timestamptz, time, interval, json, array, `enum`, uuid,
        other

    private static let named: [String: TypeFamily] = [
        "smallint": .int, "integer": .int, "bigint": .int, "numeric": .numeric, "real": .float,
        "double precision": .float, "text": .text, "character varying": .text, "character": .text, "bpchar": .text,
        "name": .text, "unknown": .text, "boolean": .boolean, "date": .date, "timestamp without time zone": .timestamp,
        "timestamp with time zone": .timestamptz, "time without time zone": .time, "interval": .interval,
        "json": .json, "jsonb": .json, "uuid": .uuid,
    ]

    /// The family of a type as `format_type` prints it; `userType` knows enums and domains.
    init(_ type: String, userType: (String) -> UserType?) {
        let base = TypeName.base(type)
        if base.hasSuffix("]") {
            self = .array
        } else if let known = Self.named[base] {
            self = known
        } else if let user = userType(base) {
            switch user.kind {
            case .enumeration: self = .enum
            case .domain: self = user.baseType.map { TypeFamily($0, userType: { _ in nil }) } ?? .other
            case .composite, .range: self = .other
            }
        } else {
            self = .other
        }
    }
}
