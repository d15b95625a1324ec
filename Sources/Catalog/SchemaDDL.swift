import Databases

/// The snapshot as statements that recreate it in an empty PostgreSQL (15 to 18) database.
///
/// Not recreated: rows, sequence positions, plain indexes, rules, row-level policies, rights and owners. Foreign tables
/// become plain tables, and virtual generated columns stored ones; both read the same.
public struct SchemaDDL: Sendable, Equatable {
    /// Which routines to recreate beside those that the tables themselves need (in defaults, checks and views).
    public enum RoutineSelection: Sendable {
        case none
        /// Functions that return one value and do not look as if they wrote anything.
        case scalarHelpers
        case all
    }

    /// Up to the empty tables, views included.
    public var beforeData: [String]
    /// Foreign keys, checks that old rows may break, triggers and the filling of materialized views: once the rows are there.
    public var afterData: [String]
    /// The selected routines.
    public var routines: [String]

    /// Renders a snapshot.
    public init(_ snapshot: CatalogSnapshot, includeRoutines: RoutineSelection = .none, includeTriggers: Bool = false) {
        let order = SchemaOrder(snapshot)
        let isOrdinary = { (table: Table) in table.kind != .view && table.kind != .materializedView }
        let tables = order.tables.filter(isOrdinary)
        let views = order.tables.filter { !isOrdinary($0) }
        let early = order.routinesNeeded(by: tables, snapshot.types, views, triggers: includeTriggers)
        let others = snapshot.routines.filter { routine in
            if early.contains(where: { $0 == routine }) { return false }
            switch includeRoutines {
            case .none: return false
            case .scalarHelpers: return routine.looksLikeScalarHelper
            case .all: return true
            }
        }
        let owned = snapshot.sequences.filter { $0.ownedByTable != nil }
        let identities = Set(snapshot.tables.flatMap(\.columns).filter { $0.identity != nil }.compactMap(\.sequence))

        // Bodies may name tables that come later.
        beforeData = ["SET check_function_bodies = off"]
        beforeData += Self.schemas(of: snapshot).map { "CREATE SCHEMA IF NOT EXISTS \(quote($0))" }
        beforeData += snapshot.extensions.map {
            "CREATE EXTENSION IF NOT EXISTS \(quote($0.name)) WITH SCHEMA \(quote($0.schema))"
        }
        // Types, tables and functions may need each other: what a function's own signature needs decides its place.
        let rowTypes = snapshot.tables.map(\.name)
        let ownTypes = snapshot.types.map(\.name)
        let withRows = early.filter { $0.mentions(rowTypes) }
        let withTypes = early.filter { !$0.mentions(rowTypes) && $0.mentions(ownTypes) }
        beforeData += early.filter { !$0.mentions(rowTypes) && !$0.mentions(ownTypes) }.map(\.definition)
        beforeData += order.types.map(Self.create)
        beforeData += snapshot.sequences.filter { !identities.contains($0.name) }.map(Self.create)
        beforeData += withTypes.map(\.definition)
        beforeData += tables.map { Self.create($0, snapshot) }
        beforeData += owned.filter { !identities.contains($0.name) }.compactMap(Self.own)
        beforeData += withRows.map(\.definition)
        beforeData += tables.flatMap { $0.uniqueIndexes.map { $0.definition.replacing(" ON ONLY ", with: " ON ") } }
        beforeData += tables.flatMap(Self.attach)
        beforeData += tables.filter(\.rowSecurity).map { "ALTER TABLE \(quote($0.name)) ENABLE ROW LEVEL SECURITY" }
        beforeData += views.flatMap(Self.createView)
        beforeData += Self.comments(snapshot, early: early)

        // Children first: a parent's check then finds its copies in place.
        afterData = tables.reversed().flatMap { Self.addConstraints($0) { $0.kind == .check && !$0.validated } }
        afterData += tables.flatMap { Self.addConstraints($0) { $0.kind == .foreignKey } }
        afterData += views.filter { $0.kind == .materializedView }.map { "REFRESH MATERIALIZED VIEW \(quote($0.name))" }
        if includeTriggers {
            afterData += order.tables.flatMap { table in table.triggers.flatMap { Self.create($0, on: table) } }
        }
        routines = others.isEmpty ? [] : ["SET check_function_bodies = off"]
        routines += others.map(\.definition) + others.compactMap(Self.comment)
    }

    /// Runs statements in a session without an open transaction. One that fails for want of an object is tried again after the others, as long as
    /// that helps: the order above is right but for functions and views that need each other crosswise.
    public static func apply(_ statements: [String], to connection: PostgresConnection) throws(DatabaseError) {
        var waiting = statements
        while !waiting.isEmpty {
            var failed: [(statement: String, error: DatabaseError)] = []
            for statement in waiting {
                do throws(DatabaseError) {
                    try connection.execute(statement)
                } catch {
                    let isMissing = ["42P01", "42883", "42704", "3F000", "42703"].contains(error.sqlState)
                    if !isMissing { throw error }
                    failed.append((statement, error))
                }
            }
            if let first = failed.first, failed.count == waiting.count { throw first.error }
            waiting = failed.map(\.statement)
        }
    }

    private static func schemas(of snapshot: CatalogSnapshot) -> [String] {
        let names =
            snapshot.tables.map(\.name.schema) + snapshot.types.map(\.name.schema)
            + snapshot.sequences.map(\.name.schema) + snapshot.routines.map(\.name.schema)
            + snapshot.extensions.map(\.schema)
        return Set(names).subtracting(["pg_catalog"]).sorted()
    }
}

func quote(_ name: String) -> String { PostgresConnection.quoteIdentifier(name) }

func quote(_ name: QualifiedName) -> String { PostgresConnection.quoteIdentifier(name.schema, name.name) }
