import Catalog
import Databases
import Engines
import Foundation

/// The databases of a verification, all in an engine of ours: one that holds the starting state, and copies of it.
struct ScratchDatabases {
    /// The starting state with all routines and triggers; copied, never used.
    static let state = "p2d_state"
    /// Where the originals run.
    static let legacy = "p2d_legacy"
    /// Where dbt builds: without triggers and without routines, scalar helpers excepted.
    static let dbt = "p2d_dbt"

    let engine: EmbeddedPostgres
    let catalog: CatalogSnapshot

    /// Makes the empty state database with the settings that a session of the source starts with.
    func makeState() throws {
        try engine.dropDatabase(Self.state)
        try engine.createDatabase(Self.state)
    }

    /// A fresh copy of the state for each side.
    func copyState(entries: Set<String>) throws {
        for name in [Self.legacy, Self.dbt] {
            try engine.dropDatabase(name)
            try engine.createDatabase(name, template: Self.state)
            // Settings of a database are not copied with it.
            try pinSourceSettings(of: name)
        }
        try PostgresConnection.with(engine.connectionString(database: Self.dbt)) { connection in
            try dropTriggers(connection)
            try dropRoutines(connection, entries: entries)
        }
    }

    /// Sessions of the source start with these; the routines' text may count on them.
    private func pinSourceSettings(of database: String) throws {
        let wanted = ["timezone": "TimeZone", "datestyle": "DateStyle", "intervalstyle": "IntervalStyle"]
        try PostgresConnection.with(engine.connectionString()) { connection in
            let quoted = PostgresConnection.quoteIdentifier(database)
            for (name, value) in catalog.settings.sorted(by: { $0.key < $1.key }) {
                if let setting = wanted[name.lowercased()] {
                    try connection.execute(
                        "ALTER DATABASE \(quoted) SET \(setting) = \(PostgresConnection.quoteLiteral(value))")
                } else if name.lowercased() == "search_path", !value.isEmpty {
                    // A list of names, printed by the server with the quotes that it needs.
                    try connection.execute("ALTER DATABASE \(quoted) SET search_path = \(value)")
                }
            }
        }
    }

    /// dbt writes its own tables, but the legacy ones must not react when rows are copied in.
    private func dropTriggers(_ connection: PostgresConnection) throws {
        let found = try connection.query(
            """
            SELECT format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass)
            FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgparentid = 0 ORDER BY 1
            """)
        for row in found.rows { try connection.execute(found[row, 0] ?? "") }
    }

    private func dropRoutines(_ connection: PostgresConnection, entries: Set<String>) throws {
        let helpers = HelperRoutines(catalog: catalog, entries: entries)
        let kept = Set(catalog.routines.filter(helpers.isHelper).map(\.name.description))
        let found = try connection.query(
            """
            SELECT n.nspname || '.' || p.proname,
                format('DROP %s %I.%I(%s)', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE'
                    ELSE 'FUNCTION' END, n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prokind <> 'a'
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
            ORDER BY 1, 2
            """)
        var open = found.rows.filter { !kept.contains(found[$0, 0] ?? "") }.map { found[$0, 1] ?? "" }
        // What a view, a default or another routine needs cannot go before that; what a view needs stays.
        while true {
            let stuck = open.filter { (try? connection.execute($0)) == nil }
            if stuck.isEmpty || stuck.count == open.count { return }
            open = stuck
        }
    }
}
