import Databases
import Foundation
import Testing

@testable import Diff
@testable import Endpoints

/// Random tables with random edits: the answer is known by construction, and every strategy must give it.
@Suite(.serialized) struct DiffPropertyTests {
    /// Thousands of pairs without a server: cancelling, spilling and pairing, in memory that holds everything and in memory that
    /// holds next to nothing.
    @Test func inMemory() throws {
        let scratch = try Scratch()
        var spilled = 0
        for seed in 0..<3000 as Range<UInt64> {
            let pair = RandomPair(seed: seed)
            for memory in [64 << 20, 1] {
                // The smallest memory goes to disk with every batch; that takes its time, so not for every pair.
                if memory == 1 && seed % 20 != 0 { continue }
                let found = try compareInMemory(pair, memory: memory, scratch)
                #expect(found.counts == pair.expected, "seed \(seed), memory \(memory)")
                #expect(
                    found.equalRows + found.exclusiveRows.right + found.changedRows == pair.right.count, "seed \(seed)")
                spilled += found.spilledBytes
            }
        }
        #expect(spilled > 0)
    }

    private func compareInMemory(_ pair: RandomPair, memory: Int, _ scratch: Scratch) throws -> DiffResult {
        let left = MemoryEndpoint(pair.left, keyCount: pair.keyCount, width: pair.types.count)
        let right = MemoryEndpoint(pair.right, keyCount: pair.keyCount, width: pair.types.count)
        var settings = DiffSettings()
        settings.spillFolder = scratch.path
        let datasets = Sides(
            left: Dataset(.table(schema: nil, name: "l")), right: Dataset(.table(schema: nil, name: "r")))
        let run = DiffRun(endpoints: Sides(left: left, right: right), datasets: datasets, settings: settings)
        var plan = try run.plan()
        if pair.keyCount == 0 { plan.keyCount = 0 }
        // Below what settings allow: an empty table of open rows and little more, so that a small test reaches the disk.
        return try run.run(plan, ledgerMemory: memory == 1 ? (4096 * 40 + 2000) : memory)
    }

    @Test func onServers() throws {
        let address = try TestServer.database("property")
        let scratch = try Scratch()
        for seed in 0..<60 as Range<UInt64> {
            let pair = RandomPair(seed: seed &* 7919)
            try PostgresConnection.with(address) { connection in
                try connection.execute("DROP TABLE IF EXISTS l, r")
                for sql in pair.statements("l", pair.left) + pair.statements("r", pair.right) {
                    try connection.execute(sql)
                }
            }
            for strategy in Strategy.allCases {
                if pair.keyCount == 0 && strategy != .stream { continue }
                let found = try compare(
                    PostgresEndpoint(address), "l", PostgresEndpoint(address), "r", key: pair.key, strategy: strategy)
                // Without a key the search may find one: then pairs count as changed.
                if pair.keyCount == 0 && found.plan.keyCount > 0 { continue }
                #expect(found.counts == pair.expected, "seed \(seed) by \(strategy)")
            }
            let file = "\(scratch.path)/\(seed).duckdb"
            do {
                let session = try DuckDBSession(DuckDBLibrary.load(), path: file, readOnly: false)
                let statements = pair.statements("r", pair.right).map {
                    // DuckDB's bare numeric has three decimals.
                    $0.replacing(" numeric,", with: " decimal(38,20),").replacing(" numeric)", with: " decimal(38,20))")
                }
                for sql in statements { try session.run(sql) }
            }
            let found = try compare(PostgresEndpoint(address), "l", DuckDBEndpoint(file: file), "r", key: pair.key)
            if pair.keyCount > 0 || found.plan.keyCount == 0 {
                #expect(found.counts == pair.expected, "seed \(seed) against DuckDB")
            }
        }
    }
}
