import Databases

/// How PostgreSQL's types are read: which family they are of, and how their values travel.
enum PostgresTypes {
    /// How the values of a column are fetched.
    enum Transport: Equatable { case binary, text, numeric }

    /// What the catalog says of a type.
    struct Row: Equatable {
        var oid: UInt32
        var name: String
        /// b base, e enum, r range, m multirange, c composite, d domain.
        var kind: String
        /// The element type of a true array.
        var element: UInt32?
        var isBuiltin: Bool
    }

    static func transport(_ column: ColumnInfo, as form: CanonicalForm) -> Transport {
        if column.nativeType == "money" { return .numeric }
        switch column.type {
        case .other: return form == .opaque ? .binary : .text
        case .array(.other) where form == .array(.opaque): return .binary
        case .array where form == .text: return .text
        case .text:
            return binaryText.contains(baseName(column.nativeType)) || column.nativeType.hasPrefix("enum ")
                ? .binary : .text
        case .interval, .json, .uuid, .timeWithZone, .time: return form == .text ? .text : .binary
        default: return .binary
        }
    }

    /// Types whose binary form is the text itself.
    private static let binaryText: Set<String> = ["text", "character varying", "name"]

    private static func baseName(_ native: String) -> String {
        String(native.prefix { $0 != "(" })
    }

    /// The family of a type with a modifier (-1 for none).
    static func valueType(_ oid: UInt32, modifier: Int, _ types: [UInt32: Row]) -> ValueType {
        switch oid {
        case 16: return .boolean
        case 21: return .integer(bits: 16)
        case 23: return .integer(bits: 32)
        case 20: return .integer(bits: 64)
        case 26: return .integer(bits: 32, signed: false)
        case 700: return .float(bits: 32)
        case 701: return .float(bits: 64)
        case 790: return .decimal(precision: 19, scale: 2)
        case 1700:
            guard modifier >= 4 else { return .decimal(precision: nil, scale: nil) }
            // The scale has 11 bits and a sign since version 15.
            let scale = (modifier - 4) & 0x7FF
            return .decimal(precision: (modifier - 4) >> 16 & 0xFFFF, scale: scale > 1023 ? scale - 2048 : scale)
        case 25, 1043, 19: return .text
        case 1042: return .paddedText
        case 17: return .bytes
        case 1082: return .date
        case 1083: return .time(digits: modifier >= 0 ? modifier : 6)
        case 1266: return .timeWithZone
        case 1114: return .timestamp(digits: modifier >= 0 ? modifier : 6, zoned: false)
        case 1184: return .timestamp(digits: modifier >= 0 ? modifier : 6, zoned: true)
        case 1186: return .interval
        case 2950: return .uuid
        case 114, 3802: return .json
        default: break
        }
        guard let row = types[oid] else { return .text }
        if let element = row.element {
            let inner = valueType(element, modifier: modifier, types)
            // Elements that would have to be cast to text take the whole array along.
            switch inner {
            case .text where element != 25 && element != 1043 && element != 19 && types[element]?.kind != "e":
                return .text
            case .array: return .text
            default: return element == 790 || element == 26 ? .text : .array(inner)
            }
        }
        if row.kind == "e" { return .text }
        if row.isBuiltin && portable.contains(row.name) { return .other(row.name, portable: true) }
        return .text
    }

    /// Types whose binary form is canonical and the same on every server; others are compared by their text.
    private static let portable: Set<String> = [
        "inet", "cidr", "macaddr", "macaddr8", "bit", "varbit", "point", "line", "lseg", "box", "path", "polygon",
        "circle",
        "int4range", "int8range", "daterange", "tsrange", "tstzrange", "int4multirange", "int8multirange",
        "datemultirange", "tsmultirange", "tstzmultirange", "pg_lsn",
    ]
}

extension PostgresEndpoint {
    /// Columns, keys and an estimate of the rows; throws `EndpointError.notFound` where there is no such dataset.
    public func describe(_ dataset: Dataset) throws -> DatasetSchema {
        try guarding {
            let relation = relation(dataset)
            var oid: String?
            if case .table = dataset.origin {
                oid = try connection.query("SELECT to_regclass($1)::oid::text", [relation])[0, 0]
                guard oid != nil else { throw EndpointError.notFound(what: "table \(relation)", where: target) }
            }
            // The server itself says what the columns are, for a table, a view and a query alike.
            let shape = try connection.query("SELECT * FROM \(relation) LIMIT 0")
            let types = try typeRows(shape.columnTypes)
            let natives = try nativeNames(shape.columnTypes, shape.columnTypeModifiers)
            var columns = shape.columnNames.enumerated().map { index, name in
                let type = shape.columnTypes[index]
                let value = PostgresTypes.valueType(type, modifier: shape.columnTypeModifiers[index], types)
                let native = types[type]?.kind == "e" ? "enum \(natives[index])" : natives[index]
                return ColumnInfo(name: name, type: value, nativeType: native)
            }
            guard let oid else { return DatasetSchema(columns: columns) }
            var remarks: [String] = []
            try addColumnFacts(oid, &columns)
            let facts = try connection.query(
                """
                SELECT c.reltuples::bigint, c.relkind, c.relrowsecurity, row_security_active(c.oid)
                FROM pg_class c WHERE c.oid = $1::oid
                """, [oid])
            if facts[0, 3] == "t" {
                remarks.append("row-level security hides rows of \(relation) from this role")
            }
            let estimate = facts[0, 0].flatMap { Int($0) }.flatMap { $0 >= 0 && dataset.filter == nil ? $0 : nil }
            return DatasetSchema(columns: columns, keys: try keys(oid), estimatedRows: estimate, remarks: remarks)
        }
    }

    private func typeRows(_ oids: [UInt32]) throws(DatabaseError) -> [UInt32: PostgresTypes.Row] {
        var found: [UInt32: PostgresTypes.Row] = [:]
        let list = "{\(Set(oids).map(String.init).sorted().joined(separator: ","))}"
        let rows = try connection.query(
            """
            SELECT t.oid, t.typname, t.typtype, CASE WHEN t.typcategory = 'A' AND t.typlen = -1 THEN t.typelem END,
                t.typnamespace = 'pg_catalog'::regnamespace
            FROM pg_type t
            WHERE t.oid = ANY ($1::oid[]) OR t.oid IN (SELECT typelem FROM pg_type WHERE oid = ANY ($1::oid[]))
            """, [list])
        for row in rows.rows {
            guard let oid = rows[row, 0].flatMap({ UInt32($0) }) else { continue }
            found[oid] = PostgresTypes.Row(
                oid: oid, name: rows[row, 1] ?? "", kind: rows[row, 2] ?? "b",
                element: rows[row, 3].flatMap { UInt32($0) }, isBuiltin: rows[row, 4] == "t")
        }
        return found
    }

    private func nativeNames(_ oids: [UInt32], _ modifiers: [Int]) throws(DatabaseError) -> [String] {
        guard !oids.isEmpty else { return [] }
        let pairs = zip(oids, modifiers).enumerated().map { "(\($0.offset), \($0.element.0)::oid, \($0.element.1))" }
        let rows = try connection.query(
            """
            SELECT format_type(t, NULLIF(m, -1)) FROM (VALUES \(pairs.joined(separator: ", "))) AS v (place, t, m)
            ORDER BY place
            """)
        return rows.rows.map { rows[$0, 0] ?? "?" }
    }

    /// NOT NULL and collations of a table's columns.
    private func addColumnFacts(_ oid: String, _ columns: inout [ColumnInfo]) throws(DatabaseError) {
        let rows = try connection.query(
            """
            SELECT a.attname, a.attnotnull, coalesce(NOT c.collisdeterministic, false), t.typname = 'citext'
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                LEFT JOIN pg_collation c ON c.oid = a.attcollation
            WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
            """, [oid])
        var places: [String: Int] = [:]
        for row in rows.rows { places[rows[row, 0] ?? ""] = row }
        for index in columns.indices {
            guard let row = places[columns[index].name] else { continue }
            columns[index].isNullable = rows[row, 1] != "t"
            columns[index].hasLooseCollation = rows[row, 2] == "t" || rows[row, 3] == "t"
        }
    }

    /// The primary key, then the unique constraints and indexes without conditions or expressions.
    private func keys(_ oid: String) throws(DatabaseError) -> [[String]] {
        let rows = try connection.query(
            """
            SELECT i.indexrelid, a.attname
            FROM pg_index i
                CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
                AND k.place <= i.indnkeyatts
            ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid, k.place
            """, [oid])
        var keys: [[String]] = []
        var last: String?
        for row in rows.rows {
            if rows[row, 0] != last { keys.append([]) }
            last = rows[row, 0]
            keys[keys.count - 1].append(rows[row, 1] ?? "")
        }
        return keys
    }
}
