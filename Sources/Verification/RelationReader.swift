import Databases

/// A table or view in one database, with its columns: what a comparison reads.
struct RelationReader {
    /// A column as the catalog describes it.
    struct Column: Equatable {
        var name: String
        /// As `format_type` prints it, with modifier.
        var type: String
        /// Without modifier.
        var bareType: String
        /// The type under all domains, with modifier.
        var baseType: String
    }
    let connection: PostgresConnection
    /// Quoted for SQL.
    let relation: String
    let columns: [Column]

    /// Looks the relation up; nil when there is none.
    init?(_ connection: PostgresConnection, schema: String, name: String) throws(DatabaseError) {
        self.connection = connection
        relation = PostgresConnection.quoteIdentifier(schema, name)
        let found = try connection.query("SELECT to_regclass($1)::oid::text", [relation])
        guard let oid = found[0, 0] else { return nil }
        let rows = try connection.query(Self.columnQuery, [oid])
        columns = rows.rows.map { row in
            Column(
                name: rows[row, 0] ?? "", type: rows[row, 1] ?? "", bareType: rows[row, 2] ?? "",
                baseType: rows[row, 3] ?? "")
        }
    }

    /// Domains may stand on domains; the modifier comes from the innermost that has one.
    private static let columnQuery = """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, NULL),
            (WITH RECURSIVE base AS (
                SELECT t.oid, t.typtype, t.typbasetype, a.atttypmod AS modifier FROM pg_type t WHERE t.oid = a.atttypid
                UNION ALL
                SELECT u.oid, u.typtype, u.typbasetype, b.typtypmod
                FROM base JOIN pg_type b ON b.oid = base.oid JOIN pg_type u ON u.oid = base.typbasetype
                WHERE base.typtype = 'd')
            SELECT format_type(oid, modifier) FROM base WHERE typtype <> 'd')
        FROM pg_attribute a
        WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """

    /// Settings under which equal values print equal text, whatever the server's defaults are.
    static func pin(_ connection: PostgresConnection) throws(DatabaseError) {
        // The session's own search_path stays: it decides how regclass values print, the same on both sides.
        try connection.execute(
            """
            SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
            SET extra_float_digits = 1; SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET xmlbinary = 'base64';
            SET synchronize_seqscans = off
            """)
    }

    /// Streams the rows as COPY text; the bytes are valid during the call only.
    func forEachRow(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard !columns.isEmpty else {
            // COPY of a table without columns gives bare line ends.
            return try connection.copyOut("SELECT FROM \(relation)", body)
        }
        // A query, not the bare table: this also reads views, partitioned tables and foreign tables.
        let list = columns.map { PostgresConnection.quoteIdentifier($0.name) }.joined(separator: ", ")
        try connection.copyOut("SELECT \(list) FROM \(relation)", body)
    }

    /// A sum over all rows that changes when a row changes, comes or goes.
    func digest() throws -> RowHash {
        var sum = RowHash.zero
        try forEachRow { row in sum = sum &+ RowHash { $0.add(bytes: row) } }
        return sum
    }
}
