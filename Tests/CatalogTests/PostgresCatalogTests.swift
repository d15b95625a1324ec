import Databases
import Engines
import Foundation
import Testing

@testable import Catalog

extension WithEngine {
    @Suite struct PostgresCatalogTests {
        @Test func readsEverythingOnce() throws {
            let snapshot = try SharedEngine.withDatabase { connection in
                try connection.execute(nastySchema)
                try connection.execute(
                    "insert into dw.customer (\"Mixed Case\", bal) values ('q', 1); analyze dw.customer")
                return try readPostgresCatalog(connection)
            }
            let customer = try #require(snapshot.tables.first { $0.name == QualifiedName("dw", "customer") })
            #expect(customer.primaryKey == ["id"])
            #expect(customer.estimatedRows == 1)
            let types = Dictionary(uniqueKeysWithValues: customer.columns.map { ($0.name, $0.type) })
            #expect(types["email"] == "public.citext")
            #expect(types["bal"] == "dw.amount")
            #expect(customer.columns.first?.sequence == QualifiedName("dw", "customer_id_seq"))
            #expect(
                customer.columns.first { $0.name == "ts" }?.defaultExpression?.contains("2019-12-31 22:00:00+00")
                    == true)
            #expect(customer.uniqueIndexes.map(\.columns) == [[], ["state", "sorted"]])
            #expect(snapshot.tables.first { $0.name.name == "secret" }?.estimatedRows == nil)
            #expect(snapshot.tables.first { $0.name.name == "log" }?.hasRules == true)
            #expect(
                snapshot.tables.first { $0.name.name == "aa_second" }?.dependencies == [
                    QualifiedName("Odd \"Schema", "order"), QualifiedName("dw", "zz_first"),
                ])
            #expect(
                snapshot.types.map(\.name.name) == [
                    "aa_uses_later", "amount", "checked", "money2", "pair", "span", "status",
                ])

            let load = try #require(snapshot.routines.first { $0.name.name == "load" })
            #expect(load.signature == "dw.load(date, integer, dw.status)")
            #expect(load.parameters.map(\.mode) == [.in, .inout, .in])
            #expect(load.parameters.map(\.defaultExpression) == ["CURRENT_DATE", "0", "'new'::dw.status"])
            #expect(load.settings == ["search_path": "dw, public", "work_mem": "64MB"])
            #expect(load.returnType == nil)
            for routine in snapshot.routines where !routine.body.isEmpty {
                // Line n of the body is line bodyLineOffset + n of the definition.
                let lines = routine.definition.split(separator: "\n", omittingEmptySubsequences: false)
                for (index, line) in routine.body.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                {
                    #expect(line.isEmpty || lines[routine.bodyLineOffset + index].contains(line))
                }
            }
            #expect(snapshot.routines.first { $0.name.name == "atomic" }?.body.hasPrefix("BEGIN ATOMIC") == true)
            #expect(snapshot.routines.map(\.name.schema).allSatisfy { $0 == "dw" }, "citext's functions are its own")

            let folder = FileManager.default.temporaryDirectory.path + "/catalog-\(UUID())"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try CatalogFiles.write(snapshot, to: folder)
            #expect(try CatalogFiles.read(from: folder) == snapshot)
            let index = try String(contentsOfFile: folder + "/catalog.json", encoding: .utf8)
            #expect(!index.contains("insert into log"))
        }

        @Test func survivesTheWayToDdlAndBack() throws {
            let first = try SharedEngine.withDatabase("origin") { connection in
                try connection.execute(nastySchema)
                return try readPostgresCatalog(connection)
            }
            let ddl = SchemaDDL(first, includeRoutines: .all, includeTriggers: true)
            let second = try SharedEngine.withDatabase { connection in
                try SchemaDDL.apply(ddl.beforeData, to: connection)
                try SchemaDDL.apply(ddl.afterData, to: connection)
                try SchemaDDL.apply(ddl.routines, to: connection)
                return try readPostgresCatalog(connection)
            }
            expectSame(first, second)
        }

        @Test func statementsWorkInTheOrderGiven() throws {
            let snapshot = try SharedEngine.withDatabase("origin") { connection in
                try connection.execute(nastySchema)
                return try readPostgresCatalog(connection)
            }
            try SharedEngine.withDatabase { connection in
                let ddl = SchemaDDL(snapshot, includeRoutines: .scalarHelpers)
                for statement in ddl.beforeData + ddl.afterData + ddl.routines { try connection.execute(statement) }
                let there = try readPostgresCatalog(connection).routines.map(\.name.name)
                #expect(there == ["atomic", "clean", "lower_it", "over", "takes_row"])
            }
        }

        @Test func needsNoRightOnTheTables() throws {
            try SharedEngine.withDatabase { connection in
                try connection.execute(nastySchema)
                try connection.execute("drop role if exists reader; create role reader login")
                let all = try readPostgresCatalog(connection)
                let seen = try PostgresConnection.with(
                    SharedEngine.get().connectionString(database: "scratch").replacing(
                        "user=postgres", with: "user=reader")
                ) { reader in
                    try reader.execute("set search_path = dw; set datestyle = 'German'; set timezone = 'Asia/Tokyo'")
                    return try readPostgresCatalog(reader)
                }
                expectSame(all, seen)
            }
            try PostgresConnection(SharedEngine.get().connectionString()).execute("drop role reader")
        }

        @Test func readsTheRoutinesOfOneSchema() throws {
            try SharedEngine.withDatabase { connection in
                try connection.execute(nastySchema)
                #expect(try readPostgresCatalog(connection, schemas: ["Odd \"Schema"]).routines.isEmpty)
                #expect(try readPostgresCatalog(connection, schemas: ["Odd \"Schema", "dw"]).routines.count == 10)
            }
        }

        /// A handful of statements whatever the size, and the way to files and back for many objects.
        @Test func aLargeCatalogTakesNoMoreStatements() throws {
            try SharedEngine.withDatabase { connection in
                func reading() throws -> (CatalogSnapshot, statements: Int) {
                    let before = connection.statementCount
                    let snapshot = try readPostgresCatalog(connection)
                    return (snapshot, connection.statementCount - before)
                }
                let few = try reading()
                try connection.execute(
                    """
                    do $do$ begin
                        for i in 1..400 loop
                            execute format('create table t%s (id int primary key, a text not null default %L, b numeric(10,2)
                                check (b > 0), c timestamptz default now(), unique (a, b))', i, i);
                            execute format('create procedure load_%s(p date default current_date) language plpgsql as %L', i,
                                'begin' || repeat(format(e'\\n    insert into t%s select * from t%s;', i, i), 150)
                                || e'\\nend');
                            if i % 100 = 0 then commit; end if;
                        end loop;
                    end $do$
                    """)
                let many = try reading()
                #expect(many.statements == few.statements)
                #expect(many.statements <= 20)
                let read = many.0
                #expect(read.routines.count == 400)
                #expect(read.tables.allSatisfy { $0.columns.count == 4 && $0.constraints.count == 3 })
                let folder = FileManager.default.temporaryDirectory.path + "/catalog-\(UUID())"
                defer { try? FileManager.default.removeItem(atPath: folder) }
                try CatalogFiles.write(read, to: folder)
                #expect(try CatalogFiles.read(from: folder) == read)
            }
        }
    }
}

/// Equal but for the settings and the row estimates; says which object differs.
private func expectSame(_ left: CatalogSnapshot, _ right: CatalogSnapshot) {
    func comparable(_ tables: [Table]) -> [Table] {
        tables.map { table in
            var table = table
            table.estimatedRows = nil
            return table
        }
    }
    #expect(left.extensions == right.extensions)
    #expect(left.types.map(\.name) == right.types.map(\.name))
    for (one, other) in zip(left.types, right.types) { #expect(one == other) }
    #expect(left.sequences.map(\.name) == right.sequences.map(\.name))
    for (one, other) in zip(left.sequences, right.sequences) { #expect(one == other) }
    #expect(left.tables.map(\.name) == right.tables.map(\.name))
    for (one, other) in zip(comparable(left.tables), comparable(right.tables)) {
        for (a, b) in zip(one.columns, other.columns) where a != b { Issue.record("\(one.name): \(a) \(b)") }
        for (a, b) in zip(one.constraints, other.constraints) where a != b { Issue.record("\(one.name): \(a) \(b)") }
        var one = one
        one.hasRules = other.hasRules
        #expect(one == other)
    }
    #expect(left.routines.map(\.signature) == right.routines.map(\.signature))
    for (one, other) in zip(left.routines, right.routines) { #expect(one == other) }
}
