import Catalog
import Databases

/// Changes source tables the way days change them: some rows go, some values change, some rows come.
///
/// The same seed and the same rows give the same changes. The legacy side is changed, and the other side gets a copy of
/// the changed tables. A change that breaks a constraint is left out; nothing outside of the named table changes.
struct SourceMutation {
    let catalog: CatalogSnapshot
    /// Tables that no routine writes.
    let tables: [Table]
    let seed: UInt64

    /// Tables that may be changed: no view, no partition, and no trigger or rule that would carry the change further.
    init(catalog: CatalogSnapshot, written: Set<String>, seed: UInt64) {
        self.catalog = catalog
        self.seed = seed
        tables = catalog.tables.filter { table in
            table.kind == .table && table.parents.isEmpty && table.triggers.isEmpty && !table.hasRules
                && !written.contains(table.name.description)
        }
    }

    /// Makes the changes; returns a line for each table that really changed.
    func apply(legacy: PostgresConnection, dbt: PostgresConnection, round: Int) throws -> [String] {
        var lines: [String] = []
        for table in tables {
            let name = PostgresConnection.quoteIdentifier(table.name.schema, table.name.name)
            let rows = Int(try legacy.query("SELECT count(*) FROM \(name)")[0, 0] ?? "") ?? 0
            guard rows > 0 else { continue }
            let work = TableMutation(
                catalog: catalog, table: table, name: name, salt: "\(seed):\(round):\(table.name)",
                amount: min(50, max(min(2, rows), rows / 50)), rows: rows)
            let counts = try work.apply(legacy)
            let parts = [(counts.deleted, "deleted"), (counts.changed, "changed"), (counts.added, "added")]
                .filter { $0.0 > 0 }.map { "\($0.0) rows \($0.1)" }
            guard !parts.isEmpty else { continue }
            try Self.copy(table, name, from: legacy, to: dbt)
            lines.append("\(table.name): \(parts.joined(separator: ", "))")
        }
        return lines
    }

    /// Makes the other side's table equal, rows in the same order.
    private static func copy(
        _ table: Table, _ name: String, from source: PostgresConnection, to target: PostgresConnection
    ) throws {
        let columns = table.columns.filter { $0.generatedExpression == nil }
            .map { PostgresConnection.quoteIdentifier($0.name) }.joined(separator: ", ")
        // Rows that others refer to go and come back in one transaction: the references hold in the end.
        try target.execute("BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM \(name)")
        do {
            try target.copy(
                from: source, "COPY (SELECT \(columns) FROM \(name)) TO STDOUT (FORMAT binary)",
                "COPY \(name) (\(columns)) FROM STDIN (FORMAT binary)")
            try target.commit()
        } catch {
            try? target.rollback()
            throw error
        }
    }
}

/// The changes of one table.
private struct TableMutation {
    let catalog: CatalogSnapshot
    let table: Table
    /// Quoted.
    let name: String
    let salt: String
    /// How many rows each kind of change picks.
    let amount: Int
    /// How many rows there are.
    let rows: Int

    func apply(_ connection: PostgresConnection) throws -> (deleted: Int, changed: Int, added: Int) {
        var counts = (deleted: 0, changed: 0, added: 0)
        // A table of settings with one row or two is not emptied.
        if !isCascading && rows > 2 {
            counts.deleted = try tryEach(connection, picked("delete", (amount + 1) / 2), deletion)
        }
        for column in changeable {
            let swap = swapping(column)
            counts.changed += try tryEach(connection, picked("change \(column.name)", amount), swap)
        }
        if let insertion { counts.added = try tryEach(connection, picked("add", amount), insertion) }
        return counts
    }

    /// Some rows by chance, that is, by the hash of their content.
    private func picked(_ purpose: String, _ limit: Int) -> String {
        "SELECT ctid FROM \(name) AS t ORDER BY md5(\(PostgresConnection.quoteLiteral("\(salt) \(purpose)")) || t::text), ctid "
            + "LIMIT \(limit)"
    }

    /// Deleting here would delete or change rows elsewhere.
    private var isCascading: Bool {
        catalog.tables.flatMap(\.constraints).contains {
            $0.kind == .foreignKey && $0.referencedTable == table.name
                && !["no action", "restrict", nil].contains($0.onDelete)
        }
    }

    /// At most three columns that are no part of a key, always the same ones for the same seed.
    private var changeable: [Column] {
        let keys = Set(table.constraints.filter { $0.kind != .check }.flatMap(\.columns))
            .union(table.uniqueIndexes.flatMap(\.columns))
        let free = table.columns.filter {
            !keys.contains($0.name) && $0.generatedExpression == nil && $0.identity != .always
        }
        return Array(free.sorted { stableOrder($0.name) < stableOrder($1.name) }.prefix(3))
    }

    /// FNV-1a: the standard library's hash changes from run to run.
    private func stableOrder(_ text: String) -> UInt64 {
        (salt + text).utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private let deletion = "DELETE FROM %1$s WHERE ctid = p2d_row"

    /// Another row's value: of the right type, and likely to pass every check.
    private func swapping(_ column: Column) -> String {
        let quoted = PostgresConnection.quoteIdentifier(column.name)
        return """
            UPDATE %1$s AS t SET \(quoted) = d.\(quoted) FROM %1$s AS d
            WHERE t.ctid = p2d_row AND d.ctid = p2d_donors[p2d_n] AND t.\(quoted)::text IS DISTINCT FROM d.\(quoted)::text
            """
    }

    /// A copy of a row under a new key; nil when there is no key that new values can be made for.
    private var insertion: String? {
        let key =
            table.primaryKey.isEmpty
            ? (table.constraints.first { $0.kind == .unique }?.columns ?? []) : table.primaryKey
        let foreign = Set(table.constraints.filter { $0.kind == .foreignKey }.flatMap(\.columns))
        let changing = table.columns.first { key.contains($0.name) && !foreign.contains($0.name) && fresh($0) != nil }
        // Without any key, a plain copy is a row that a source may well deliver twice.
        guard key.isEmpty || changing != nil else { return nil }
        let columns = table.columns.filter { $0.generatedExpression == nil }
        let values = columns.map { column in
            column.name == changing?.name
                ? (fresh(column) ?? "") : "t." + PostgresConnection.quoteIdentifier(column.name)
        }
        let names = columns.map { PostgresConnection.quoteIdentifier($0.name) }.joined(separator: ", ")
        return """
            INSERT INTO %1$s (\(names)) OVERRIDING SYSTEM VALUE
            SELECT \(values.joined(separator: ", ")) FROM %1$s AS t WHERE t.ctid = p2d_row
            """
    }

    /// An expression for a value that no row has yet.
    private func fresh(_ column: Column) -> String? {
        let quoted = PostgresConnection.quoteIdentifier(column.name)
        let type = column.type.prefix { $0 != "(" }
        switch type {
        case "smallint", "integer", "bigint", "numeric":
            return "(SELECT max(m.\(quoted)) + 1 FROM %1$s AS m)"
        case "date": return "(SELECT max(m.\(quoted)) + 1 FROM %1$s AS m)"
        case "timestamp without time zone", "timestamp with time zone":
            return "(SELECT max(m.\(quoted)) + interval '1 hour' FROM %1$s AS m)"
        case "text", "character varying": return "t.\(quoted) || '~' || p2d_n"
        case "uuid": return "md5(\(PostgresConnection.quoteLiteral(salt)) || p2d_n)::uuid"
        default: return nil
        }
    }

    /// Runs the statement for each picked row on its own; what a constraint forbids is skipped. Returns how many changed.
    private func tryEach(_ connection: PostgresConnection, _ pick: String, _ statement: String) throws -> Int {
        _ = connection.takeNotices()
        let body = statement.replacing("%1$s", with: name)
        try connection.execute(
            """
            DO $p2d$
            DECLARE
                p2d_rows tid[] := ARRAY(\(pick));
                -- Each row's partner is the row picked next to it.
                p2d_donors tid[] := p2d_rows[2:] || p2d_rows[:1];
                p2d_row tid; p2d_n integer := 0; p2d_done integer := 0; p2d_one integer;
            BEGIN
                FOREACH p2d_row IN ARRAY p2d_rows LOOP
                    p2d_n := p2d_n + 1;
                    BEGIN
                        \(body);
                        GET DIAGNOSTICS p2d_one = ROW_COUNT;
                        p2d_done := p2d_done + p2d_one;
                    EXCEPTION WHEN integrity_constraint_violation OR data_exception OR raise_exception THEN NULL;
                    END;
                END LOOP;
                RAISE NOTICE 'p2d %', p2d_done;
            END
            $p2d$
            """)
        let counts = connection.takeNotices().compactMap { notice in
            notice.text.hasPrefix("p2d ") ? Int(notice.text.dropFirst(4)) : nil
        }
        return counts.last ?? 0
    }
}
