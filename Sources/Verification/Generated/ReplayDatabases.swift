import Catalog
import Databases
import Engines

/// A pair of databases with all tables and no rows, made once; each worker has copies of its own.
///
/// The originals COMMIT, so that their side is emptied and filled for each case. dbt's side is filled, built and compared
/// in one transaction that is taken back, so that nothing is left of a case.
struct ReplayDatabases: Sendable {
    let engine: EmbeddedPostgres

    static func legacy(_ worker: Int) -> String { "\(ScratchDatabases.legacy)_\(worker)" }
    static func dbt(_ worker: Int) -> String { "\(ScratchDatabases.dbt)_\(worker)" }

    /// Empties the pair that a recording has left behind: it becomes the template of the workers' pairs.
    func prepare(schemas: [String]) throws {
        for name in [ScratchDatabases.legacy, ScratchDatabases.dbt] {
            try PostgresConnection.with(engine.connectionString(database: name)) { connection in
                if name == ScratchDatabases.dbt {
                    for schema in schemas {
                        let quoted = PostgresConnection.quoteIdentifier(schema)
                        try connection.execute("DROP SCHEMA IF EXISTS \(quoted) CASCADE; CREATE SCHEMA \(quoted)")
                    }
                }
                let found = try connection.query(
                    """
                    SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                    """)
                try connection.execute(Self.loader)
                guard let tables = found[0, 0] else { return }
                try connection.execute(
                    "SET session_replication_role = replica; TRUNCATE \(tables) RESTART IDENTITY CASCADE")
            }
        }
    }

    /// Runs statements each on its own and returns the positions, from 1, of those that failed.
    private static let loader = """
        CREATE SCHEMA p2d_tools;
        CREATE FUNCTION p2d_tools.load(statements text[]) RETURNS text LANGUAGE plpgsql AS $p2d$
        DECLARE failed text := '';
        BEGIN
            FOR n IN 1 .. coalesce(array_length(statements, 1), 0) LOOP
                BEGIN
                    EXECUTE statements[n];
                EXCEPTION WHEN integrity_constraint_violation OR data_exception OR syntax_error_or_access_rule_violation
                    OR program_limit_exceeded OR raise_exception THEN failed := failed || ' ' || n;
                END;
            END LOOP;
            RETURN failed;
        END
        $p2d$;
        -- Puts the rows of all tables into another physical order: a row that is updated goes to the end.
        CREATE FUNCTION p2d_tools.shuffle(seed text) RETURNS void LANGUAGE plpgsql AS $p2d$
        DECLARE place record; tuple tid;
        BEGIN
            PERFORM set_config('session_replication_role', 'replica', true);
            FOR place IN
                SELECT c.oid::regclass AS relation, min(quote_ident(a.attname)) AS attribute FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    AND a.attgenerated = '' AND a.attidentity <> 'a'
                WHERE c.relkind = 'r' AND c.relpersistence <> 't'
                    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'p2d_result')
                GROUP BY c.oid
            LOOP
                FOR tuple IN EXECUTE format('SELECT ctid FROM %s AS t ORDER BY md5(%L || t::text || ctid::text)',
                    place.relation, seed)
                LOOP
                    EXECUTE format('UPDATE %s SET %s = %2$s WHERE ctid = $1', place.relation, place.attribute)
                        USING tuple;
                END LOOP;
            END LOOP;
        END
        $p2d$
        """

    func make(_ worker: Int) throws {
        for (name, template) in [
            (Self.legacy(worker), ScratchDatabases.legacy), (Self.dbt(worker), ScratchDatabases.dbt),
        ] {
            try copy(name, of: template)
        }
    }

    /// A routine that makes, drops or alters tables for good leaves a database that the next case cannot use.
    func renewLegacy(_ worker: Int) throws { try copy(Self.legacy(worker), of: ScratchDatabases.legacy) }

    func drop(_ worker: Int) throws {
        for name in [Self.legacy(worker), Self.dbt(worker)] { try engine.dropDatabase(name) }
    }

    private func copy(_ name: String, of template: String) throws {
        try engine.dropDatabase(name)
        try engine.createDatabase(name, template: template)
        // Settings of a database are not copied with it.
        try PostgresConnection.with(engine.connectionString()) { connection in
            let found = try connection.query(
                """
                SELECT unnest(s.setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
                WHERE d.datname = $1 AND s.setrole = 0
                """, [template])
            for row in found.rows {
                let parts = (found[row, 0] ?? "").split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { continue }
                let value = parts[0] == "search_path" ? parts[1] : PostgresConnection.quoteLiteral(parts[1])
                try connection.execute(
                    "ALTER DATABASE \(PostgresConnection.quoteIdentifier(name)) SET \(parts[0]) = \(value)")
            }
        }
    }
}
