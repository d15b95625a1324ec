import Databases

/// The contents of all tables of the legacy database, as digests: what changed although no model stands for it.
struct LegacyTables {
    /// `schema.table` -> digest of its rows.
    private let digests: [String: RowHash]

    /// Takes the digests of all tables but those in `except`.
    init(_ connection: PostgresConnection, except: Set<String>) throws {
        var digests: [String: RowHash] = [:]
        let found = try connection.query(
            """
            SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND c.relpersistence <> 't'
                AND n.nspname NOT IN ('pg_catalog', 'information_schema', $1)
            ORDER BY 1, 2
            """, [LegacyCall.resultSchema])
        for row in found.rows {
            guard let schema = found[row, 0], let name = found[row, 1], !except.contains("\(schema).\(name)"),
                let reader = try RelationReader(connection, schema: schema, name: name)
            else { continue }
            digests["\(schema).\(name)"] = try reader.digest()
        }
        self.digests = digests
    }

    /// What changed since `before`, in order, with how.
    func changes(since before: LegacyTables) -> [(table: String, how: String)] {
        Set(digests.keys).union(before.digests.keys).sorted().compactMap { table in
            switch (before.digests[table], digests[table]) {
            case (nil, _): return (table, "created")
            case (_, nil): return (table, "dropped")
            case (let old, let new): return old == new ? nil : (table, "changed")
            }
        }
    }
}
