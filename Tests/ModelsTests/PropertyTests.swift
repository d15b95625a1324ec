import Testing

@testable import Models
@testable import Versions

/// Random pipelines that read and write the same tables: what dbt builds is what the calls leave.
@Suite struct PropertyTests {
    static let tables = ["t1", "t2", "t3", "t4", "t5"]

    /// Up to five pipelines over five tables.
    private static func pipelines(_ generator: inout SeededGenerator) -> [GraphBuilder] {
        let count = Int.random(in: 1...5, using: &generator)
        let written = (0..<count).map { _ in
            tables.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
        }
        let all = Set(written.joined())
        return written.enumerated().map { position, own in
            pipeline("p\(position)", writes: own, states: all, using: &generator)
        }
    }

    private static func pipeline(
        _ name: String, writes: [String], states: Set<String>, using generator: inout SeededGenerator
    ) -> GraphBuilder {
        var builder = GraphBuilder(name)
        var versions: [VersionID] = []
        func read(_ builder: inout GraphBuilder, _ generator: inout SeededGenerator) -> VersionID {
            if versions.isEmpty || Int.random(in: 0..<4, using: &generator) == 0 {
                let table = tables.randomElement(using: &generator)!
                return states.contains(table) ? builder.state(table) : builder.source(table)
            }
            return versions.randomElement(using: &generator)!
        }
        var current: [String: VersionID] = [:]
        for step in 0..<Int.random(in: writes.count...12, using: &generator) {
            var inputs = Set((0..<Int.random(in: 0...2, using: &generator)).map { _ in read(&builder, &generator) })
            let table = step < writes.count ? writes[step] : writes.randomElement(using: &generator)
            let kind = Int.random(in: 0..<10, using: &generator)
            if kind == 0, Int.random(in: 0..<5, using: &generator) == 0 {
                versions.append(builder.refused())
            } else if let table, kind < 6 || step < writes.count {
                let base = current[table] ?? builder.state(table)
                if kind < 4 {
                    let rows = builder.query("rows", inputs.sorted(), isVolatile: kind == 1)
                    current[table] = builder.append("added", base, rows)
                } else {
                    inputs.insert(base)
                    current[table] = builder.query("changed", inputs.sorted())
                }
                versions.append(current[table]!)
            } else {
                versions.append(builder.query("step", inputs.sorted(), isVolatile: kind == 9, isScalar: kind < 9))
            }
        }
        for table in writes {
            // Now and then two tables, or a table and a result, are the same version.
            let other = Int.random(in: 0..<12, using: &generator) == 0 ? versions.randomElement(using: &generator) : nil
            builder.write(table, other ?? current[table] ?? builder.state(table))
        }
        for _ in 0..<Int.random(in: 0...2, using: &generator) { builder.returns(read(&builder, &generator)) }
        if Int.random(in: 0..<3, using: &generator) == 0 { builder.raises(builder.query("failure", [])) }
        return builder
    }

    @Test(arguments: 0..<20)
    func whatIsBuiltIsWhatTheCallsLeave(_ block: UInt64) {
        for seed in block * 50..<block * 50 + 50 {
            var generator = SeededGenerator(seed)
            let builders = Self.pipelines(&generator)
            let project = plan(builders, tables: Self.tables).project
            var simulation = Simulation(builders.map(\.pipeline), project)
            let all = Array(builders.indices)
            for _ in 0..<6 {
                let run = all.filter { _ in Bool.random(using: &generator) }
                let positions =
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: all
                    case 1: run
                    default: [all.randomElement(using: &generator)!]
                    }
                for position in positions { simulation.call(position) }
                simulation.build(positions, using: &generator)
                guard simulation.differences.isEmpty else { break }
            }
            #expect(simulation.differences.isEmpty, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<10)
    func plansAreWellFormed(_ block: UInt64) {
        for seed in 10_000 + block * 50..<10_000 + block * 50 + 50 {
            var generator = SeededGenerator(seed)
            let builders = Self.pipelines(&generator)
            let project = plan(builders, tables: Self.tables).project
            let problems = PlanCheck(builders.map(\.pipeline), project).problems
            #expect(problems.isEmpty, "seed \(seed): \(problems)")
        }
    }

    /// Twice the steps take about twice the time, not four times: a ratio within one run, so that a busy machine does not
    /// matter much; the bound leaves room for it.
    @Test func largePipelinesArePlannedInLinearTime() {
        func time(_ steps: Int) -> Duration {
            var generator = SeededGenerator(1)
            var builder = GraphBuilder("large")
            var current = builder.state("t1")
            var all = [current, builder.source("t2")]
            for step in 0..<steps {
                let other = all.suffix(20).randomElement(using: &generator)!
                current = builder.query("step", Set([current, other]).sorted())
                all.append(current)
                if step % 100 == 0 { builder.returns(current) }
            }
            builder.write("t1", current)
            let clock = ContinuousClock()
            return (0..<3).map { _ in clock.measure { _ = plan([builder], tables: Self.tables) } }.min() ?? .zero
        }
        #expect(time(4_000) / time(500) < 8 * 5)
    }
}
