import Databases

/// Joins on the server.
extension PostgresEndpoint: JoiningEndpoint {
    /// Why key columns cannot be joined by; nil where they can.
    public func obstacleToJoin(_ key: [JoinPair]) -> String? {
        for pair in key where Self.comparable(pair) == nil || Self.comparable(pair)?.isExact == false {
            return "the server's equality of key column \(pair.left.info.name) is not equality of values"
        }
        return nil
    }

    /// The statement that `join` sends.
    public func joinStatement(_ request: JoinRequest) throws -> String {
        let pairs = zip(request.left.columns, request.right.columns).map { JoinPair(left: $0, right: $1) }
        let keys = pairs.prefix(request.keyCount).map { pair in
            let comparison = Self.comparable(pair)
            return "\(comparison?.left ?? "") = \(comparison?.right ?? "")"
        }
        let values = pairs.dropFirst(request.keyCount).map { pair -> (String, String) in
            if let comparison = Self.comparable(pair) { return (comparison.left, comparison.right) }
            // Equal texts of one type are equal values. Those of two types may not be: all rows are sent and judged after.
            guard pair.left.info.type == pair.right.info.type else { return ("0", "1") }
            return (Self.qualified("l", pair.left, "::text"), Self.qualified("r", pair.right, "::text"))
        }
        var conditions = ["l.\"proc2dbt here\" IS NULL", "r.\"proc2dbt here\" IS NULL"]
        if !values.isEmpty {
            let left = values.map(\.0).joined(separator: ", ")
            let right = values.map(\.1).joined(separator: ", ")
            conditions.append("ROW(\(left)) IS DISTINCT FROM ROW(\(right))")
        }
        let fields = { (side: String, columns: [RequestedColumn]) in
            (["\(side).\"proc2dbt here\""] + columns.map { "\(side).\(Self.expression($0))" }).joined(separator: ", ")
        }
        return """
            SELECT \(fields("l", request.left.columns)), \(fields("r", request.right.columns))
            FROM (SELECT 1 AS "proc2dbt here", * FROM \(relation(request.left.dataset))\(Self.condition(request.left.dataset, request.left.part))) AS l
            FULL JOIN (SELECT 1 AS "proc2dbt here", * FROM \(relation(request.right.dataset))\(Self.condition(request.right.dataset, request.right.part))) AS r
                ON \(keys.joined(separator: " AND "))
            WHERE \(conditions.joined(separator: " OR "))
            """
    }

    /// Rows that may differ, both sides in one.
    public func join(_ request: JoinRequest) throws -> any RowStream {
        let mark = RequestedColumn(
            ColumnInfo(name: "here", type: .integer(bits: 32), nativeType: "integer"), as: .integer(bytes: 4))
        let columns = [mark] + request.left.columns + [mark] + request.right.columns
        return try guarding { try PostgresRowStream(connection, joinStatement(request), columns) }
    }

    private static func qualified(_ side: String, _ column: RequestedColumn, _ suffix: String = "") -> String {
        "\(side).\(PostgresConnection.quoteIdentifier(column.info.name))\(suffix)"
    }

    /// Expressions whose inequality shows every difference of the pair; `isExact`: and nothing else.
    private static func comparable(_ pair: JoinPair) -> (left: String, right: String, isExact: Bool)? {
        let left = qualified("l", pair.left)
        let right = qualified("r", pair.right)
        switch (pair.left.info.type, pair.right.info.type) {
        case (.boolean, .boolean), (.integer, .integer), (.integer, .decimal), (.decimal, .integer),
            (.decimal, .decimal),
            (.bytes, .bytes), (.date, .date), (.time, .time), (.timeWithZone, .timeWithZone), (.uuid, .uuid),
            (.timestamp(_, true), .timestamp(_, true)), (.timestamp(_, false), .timestamp(_, false)):
            // A type of its own for money, and no common operator class across families for a join.
            let isSame = pair.left.info.nativeType == pair.right.info.nativeType
            let areIntegers = isInteger(pair.left.info.type) && isInteger(pair.right.info.type)
            let areTimes = { () -> Bool in
                if case .timestamp = pair.left.info.type { return pair.left.adaptation == pair.right.adaptation }
                return false
            }()
            let areDecimals = isDecimal(pair.left.info) && isDecimal(pair.right.info)
            guard isSame || areIntegers || areTimes || areDecimals else { return nil }
            return (left, right, true)
        case (.float(let x), .float(let y)) where x == y: return (left, right, true)
        case (.float, .float): return ("\(left)::double precision", "\(right)::double precision", false)
        case (.text, .text), (.text, .paddedText), (.paddedText, .text), (.paddedText, .paddedText):
            let isPlain = [pair.left.info, pair.right.info].allSatisfy {
                ["text", "character varying", "character", "name"].contains(String($0.nativeType.prefix { $0 != "(" }))
            }
            guard isPlain else { return ("\(left)::text COLLATE \"C\"", "\(right)::text COLLATE \"C\"", true) }
            // The cast takes the padding off; the bytes decide, whatever the collation.
            let isPadded = pair.left.info.type == .paddedText || pair.right.info.type == .paddedText
            let isLoose = pair.left.info.hasLooseCollation || pair.right.info.hasLooseCollation
            let suffix = (isPadded ? "::text" : "") + (isLoose ? " COLLATE \"C\"" : "")
            return (left + suffix, right + suffix, true)
        case (.json, .json):
            let isBinary = pair.left.info.nativeType == "jsonb" && pair.right.info.nativeType == "jsonb"
            return isBinary ? (left, right, false) : nil
        default: return nil
        }
    }

    private static func isInteger(_ type: ValueType) -> Bool {
        if case .integer(_, signed: true) = type { return true }
        return false
    }

    private static func isDecimal(_ column: ColumnInfo) -> Bool {
        if case .decimal = column.type { return column.nativeType != "money" }
        return false
    }
}

/// Sums of row hashes on the server.
extension PostgresEndpoint: ChecksummingEndpoint {
    /// `hash_record_extended` exists since version 14; its parts have been the same since.
    public var checksumFamily: String { connection.serverVersion >= 140_000 ? "postgresql" : "md5" }

    /// The statement that `checksums` sends.
    public func checksumStatement(_ request: ChecksumRequest) throws -> String {
        """
        SELECT bucket, count(*), sum(hash), bit_xor(hash)
        FROM (SELECT \(try bucket(request)) AS bucket, \(try hash(request, request.reading.columns)) AS hash
            FROM \(relation(request.reading.dataset))\(Self.condition(request.reading.dataset, request.reading.part))) AS hashed
        GROUP BY bucket
        """
    }

    /// Number of rows and sums of their hashes, a bucket.
    public func checksums(_ request: ChecksumRequest) throws -> [Int: BucketSum] {
        try guarding {
            let rows = try connection.query(checksumStatement(request))
            var sums: [Int: BucketSum] = [:]
            for row in rows.rows {
                guard let bucket = rows[row, 0].flatMap({ Int($0) }) else { continue }
                sums[bucket] = BucketSum(
                    count: rows[row, 1].flatMap { Int($0) } ?? 0, sum: rows[row, 2] ?? "", xor: rows[row, 3] ?? "")
            }
            return sums
        }
    }

    /// The rows of some buckets.
    public func read(_ request: ChecksumRequest, of buckets: [Int]) throws -> any RowStream {
        let list = buckets.map(String.init).joined(separator: ",")
        let condition = "\(try bucket(request)) = ANY ('{\(list)}'::bigint[])"
        let base = try statement(request.reading)
        let hasCondition = request.reading.dataset.filter != nil || request.reading.part != nil
        return try guarding {
            try PostgresRowStream(
                connection, "\(base) \(hasCondition ? "AND" : "WHERE") \(condition)", request.reading.columns)
        }
    }

    private func bucket(_ request: ChecksumRequest) throws -> String {
        "\(try hash(request, Array(request.reading.columns.prefix(request.keyCount)))) & \(request.buckets - 1)"
    }

    private func hash(_ request: ChecksumRequest, _ columns: [RequestedColumn]) throws -> String {
        let values = try columns.map { column in
            guard let text = request.method == "md5" ? Self.portableText(column) : Self.hashable(column) else {
                throw EndpointError.unsupported(
                    "column \(column.info.name) of type \(column.info.nativeType) has no checksum that the other side shares; "
                        + "use --strategy stream, or leave it out with --exclude \(column.info.name)")
            }
            return text
        }
        if request.method == "md5" {
            // Length before each value: no text can be taken for two others.
            let parts = values.map { "coalesce(octet_length(\($0)) || ':' || \($0), 'N')" }
            return "('x' || substr(md5(\(parts.joined(separator: " || "))), 1, 16))::bit(64)::bigint"
        }
        return "hash_record_extended(ROW(\(values.joined(separator: ", "))), 0)"
    }

    /// An expression whose hash is the same for equal values of the column's form, and differs for others.
    private static func hashable(_ column: RequestedColumn) -> String? {
        let name = PostgresConnection.quoteIdentifier(column.info.name)
        switch (column.info.type, column.form) {
        case (.boolean, .boolean), (.bytes, .bytes), (.date, .date), (.time, .time), (.timeWithZone, .timeWithZone),
            (.uuid, .uuid), (.float(32), .float32), (.float(64), .float64):
            return name
        case (.integer, .integer): return "\(name)::bigint"
        case (.integer, .decimal), (.decimal, .decimal): return "\(name)::numeric"
        case (.float(32), .float64): return "\(name)::double precision"
        case (.timestamp, .timestamp) where column.adaptation == .none: return "\(name)::timestamp"
        case (.date, .timestamp): return "\(name)::timestamp"
        case (.text, .text), (.paddedText, .text), (.other, .text), (.other, .opaque):
            return "\(name)::text COLLATE \"C\""
        case (.interval, .interval): return "\(name)::text COLLATE \"C\""
        // As jsonb a document in text loses keys that come twice.
        case (.json, .json) where column.info.nativeType == "jsonb": return name
        default: return nil
        }
    }

    /// Text that every engine can make alike; nil where none is known.
    private static func portableText(_ column: RequestedColumn) -> String? {
        let name = PostgresConnection.quoteIdentifier(column.info.name)
        switch (column.info.type, column.form) {
        case (.boolean, .boolean): return "CASE \(name) WHEN true THEN '1' WHEN false THEN '0' END"
        case (.integer, .integer): return "\(name)::text"
        case (.integer, .decimal), (.decimal, .decimal): return "trim_scale(\(name)::numeric)::text"
        case (.text, .text), (.paddedText, .text): return "\(name)::text"
        case (.date, .date): return "(\(name) - DATE '2000-01-01')::text"
        case (.timestamp, .timestamp) where column.adaptation == .none:
            return "(extract(epoch FROM \(name)::timestamp) * 1000000)::bigint::text"
        case (.uuid, .uuid): return "replace(\(name)::text, '-', '')"
        default: return nil
        }
    }
}
