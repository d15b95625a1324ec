import Catalog

/// What values a column can take, as far as making them up needs to know.
struct ColumnKind {
    enum Family: Hashable {
        case integer, decimal, float, text, boolean, date, timestamp, zonedTimestamp, time, interval, uuid, json
        case enumeration
        /// Only values that are there already are used.
        case other
    }
    var family: Family
    /// Digits behind the point; most characters of a text.
    var limit: Int?
    /// Digits before the point.
    var wholeDigits = 9
    var labels: [String] = []

    init(_ type: String, catalog: CatalogSnapshot) {
        var name = type
        var steps = 0
        while let domain = catalog.types.first(where: { $0.kind == .domain && Self.names($0.name, name) }),
            let base = domain.baseType, steps < 8
        {
            name = base
            steps += 1
        }
        if let user = catalog.types.first(where: { Self.names($0.name, name) }) {
            family = user.kind == .enumeration ? .enumeration : .other
            labels = user.labels
            return
        }
        let bare = name.prefix { $0 != "(" }.trimmingSuffix(while: { $0 == " " })
        let modifiers =
            name.contains("(")
            ? name.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }.split(separator: ",").compactMap {
                Int($0.filter { $0 != " " })
            } : []
        switch bare {
        case _ where name.hasSuffix("[]"): family = .other
        case "smallint": (family, wholeDigits) = (.integer, 4)
        case "integer", "bigint": family = .integer
        case "numeric":
            family = .decimal
            limit = modifiers.count > 1 ? modifiers[1] : modifiers.isEmpty ? nil : 0
            wholeDigits = modifiers.isEmpty ? 9 : max(0, min(9, modifiers[0] - (limit ?? 0)))
        case "real", "double precision": family = .float
        case "text", "character varying", "character", "citext", "name":
            family = .text
            limit = modifiers.first ?? (bare == "character" ? 1 : nil)
        case "boolean": family = .boolean
        case "date": family = .date
        case _ where name.hasSuffix("with time zone") && bare.hasPrefix("timestamp"): family = .zonedTimestamp
        case _ where bare.hasPrefix("timestamp"): family = .timestamp
        case _ where bare.hasPrefix("time"): family = .time
        case "interval": family = .interval
        case "uuid": family = .uuid
        case "json", "jsonb": family = .json
        default: family = .other
        }
    }

    private static func names(_ name: QualifiedName, _ type: String) -> Bool {
        type == name.description || type == name.name
    }
}

extension StringProtocol {
    /// Without the characters at the end for which `condition` holds.
    func trimmingSuffix(while condition: (Character) -> Bool) -> String {
        var text = String(self)
        while let last = text.last, condition(last) { text.removeLast() }
        return text
    }
}
