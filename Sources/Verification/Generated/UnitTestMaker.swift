import Catalog
import Databases
import Engines
import Foundation
import Project

/// Picks, for each model of a pipeline, the generated case that says most about it in few rows, and makes a dbt unit test of
/// what the model was given and made there.
///
/// Only first calls whose rows came out equal on both sides are looked at: so the test says what the original did.
final class UnitTestMaker {
    private let campaign: CaseCampaign
    private let replay: CaseReplay
    private let manifest: DbtManifest
    /// Text of the models' files, by unique_id.
    private let texts: [String: String]
    private var best: [String: Choice] = [:]
    /// Why a model got no test out of the last case that was looked at, by the model's name.
    private(set) var obstacles: [String: String] = [:]

    /// What was found best for a model so far.
    private struct Choice {
        var score: Int
        var number: Int
        var test: UnitTest
    }

    /// More rows than this explain nothing to a reader.
    private static let mostRows = 20
    /// Longer names of inputs would be cut in the names that dbt gives them.
    private static let longestName = 63 - "__dbt__cte__".utf8.count

    init(_ campaign: CaseCampaign, manifest: DbtManifest, project: URL) throws {
        self.campaign = campaign
        self.manifest = manifest
        texts = Dictionary(
            campaign.plan.models.filter(\.isEnabled).compactMap { model in
                (try? String(contentsOf: project.appending(path: model.path), encoding: .utf8)).map {
                    (model.uniqueID, $0)
                }
            }, uniquingKeysWith: { first, _ in first })
        replay = try CaseReplay(campaign.plan, worker: 0)
    }

    /// Looks at the first `count` cases.
    func make(_ count: Int) throws -> [UnitTest] {
        defer { replay.close() }
        for number in 1...max(1, count) {
            try Task.checkCancellation()
            // Few more states would be told better than the best of these.
            if number > 40, best.count == tested.count { break }
            let test = campaign.test(number)
            // A default may be the day of the run, and what is left out could be given by whoever runs the tests.
            guard campaign.arguments.inputs.allSatisfy({ test.calls[0].arguments[$0.name] != nil }) else { continue }
            try repeatFirstCall(of: test) { try self.look(at: $0) }
        }
        try dropChance()
        for choice in best.values { obstacles[choice.test.model] = nil }
        return best.values.map(\.test)
    }

    private func repeatFirstCall(of test: GeneratedCase, _ body: (GeneratedCase) throws -> Void) throws {
        var first = test
        first.calls.removeLast(first.calls.count - 1)
        do {
            _ = try replay.run(first) { _ in
                try RelationReader.pin(replay.dbt)
                try body(first)
            }
        } catch let error as DatabaseError {
            if case .connectionLost = error { throw error }
        }
    }

    /// Takes columns out of what is expected that come out otherwise at the same instant: `clock_timestamp()`, `random()`.
    private func dropChance() throws {
        for (number, chosen) in Dictionary(grouping: best, by: \.value.number).sorted(by: { $0.key < $1.key }) {
            replay.fixedInstant = chosen[0].value.test.instant
            var again: [String: UnitTest.Rows] = [:]
            try repeatFirstCall(of: campaign.test(number)) { _ in
                for (id, _) in chosen { again[id] = try self.read(id) }
            }
            for (id, choice) in chosen {
                let rows = choice.test.expected
                func values(_ rows: UnitTest.Rows, _ column: Int) -> [String] {
                    rows.rows.map { $0[column] ?? "\u{0}" }.sorted()
                }
                let kept = rows.columns.indices.filter { column in
                    again[id].map { values($0, column) == values(rows, column) } ?? false
                }
                if kept.isEmpty {
                    best[id] = nil
                } else if kept.count < rows.columns.count {
                    best[id]?.test.expected = rows.keeping(kept)
                    // dbt compares the columns that SQL names, too, but only if the model has no other.
                    if rows.needsSQL { best[id] = nil }
                    if rows.needsSQL { obstacles[choice.test.model] = "some of its values are other ones each time" }
                }
            }
        }
        replay.fixedInstant = nil
    }

    /// Models with logic: staging views only rename.
    private var tested: [DbtModel] {
        campaign.plan.models.filter { $0.isEnabled && !$0.path.hasPrefix("models/staging/") }
    }

    private func look(at test: GeneratedCase) throws {
        var relations: [String: UnitTest.Rows?] = [:]
        func rows(_ id: String) throws -> UnitTest.Rows? {
            if let known = relations[id] { return known }
            let found = try read(id)
            relations[id] = .some(found)
            return found
        }
        models: for model in tested {
            guard let text = texts[model.uniqueID] else { continue }
            guard let expected = try rows(model.uniqueID) else {
                obstacles[model.name] = "it had more than \(Self.mostRows) rows"
                continue
            }
            if expected.rows.isEmpty {
                obstacles[model.name] = obstacles[model.name] ?? "it had no rows"
                continue
            }
            if model.routines.count > 1, text.contains(/prior_state\([^\[\]]*\[/) {
                obstacles[model.name] =
                    "which of several routines' rows it takes is a matter of the build, not of its inputs,"
                continue
            }
            if text.contains(/prior_state\([^()]*,\s*none/) {
                obstacles[model.name] = "no input could stand for its own rows of the build before"
                continue
            }
            var inputs: [UnitTest.Input] = []
            for id in model.dependsOn {
                guard let call = call(id) else {
                    obstacles[model.name] = "the name of its input \(id) is too long for dbt"
                    continue models
                }
                guard let given = try rows(id) else {
                    obstacles[model.name] = "its input \(call) had more than \(Self.mostRows) rows"
                    continue models
                }
                inputs.append(UnitTest.Input(call: call, rows: Self.used(given, by: text, expected)))
            }
            let score = Self.score(inputs, expected)
            if let known = best[model.uniqueID], known.score >= score { continue }
            let arguments = CallArguments(routine: campaign.plan.routine, arguments: test.calls[0].arguments)
            let folder = model.path.split(separator: "/").dropLast().joined(separator: "/")
            let unitTest = UnitTest(
                model: model.name, folder: folder,
                description:
                    "Generated state \(test.number) of seed \(campaign.seed): \(campaign.plan.routine.name) left the same rows.",
                inputs: inputs, expected: expected,
                variables: arguments.variables(model.parameters).mapValues(\.json), instant: replay.instant)
            if !Self.isWritable(unitTest) {
                obstacles[model.name] = "its rows had what dbt would read as Jinja"
            } else {
                best[model.uniqueID] = Choice(score: score, number: test.number, test: unitTest)
            }
        }
    }

    /// `ref('x')` or `source('a', 'b')` for a node; nil where dbt could not name the input.
    private func call(_ id: String) -> String? {
        if let model = manifest.models.first(where: { $0.uniqueID == id }) {
            return model.isEnabled && model.name.utf8.count <= Self.longestName ? "ref('\(model.name)')" : nil
        }
        guard let source = manifest.sources.first(where: { $0.uniqueID == id }),
            "\(source.sourceName)__\(source.name)".utf8.count <= Self.longestName
        else { return nil }
        return "source('\(source.sourceName)', '\(source.name)')"
    }

    /// A relation's rows; nil when there are too many.
    private func read(_ id: String) throws -> UnitTest.Rows? {
        let model = manifest.models.first { $0.uniqueID == id }
        let source = manifest.sources.first { $0.uniqueID == id }
        guard let schema = model?.schema ?? source?.schema, let name = model?.alias ?? source?.identifier else {
            return nil
        }
        // A model of another routine, named for its place in the order.
        guard let reader = try RelationReader(replay.dbt, schema: schema, name: name) else { return .notRead }
        guard !reader.columns.isEmpty else { return nil }
        let list = reader.columns.map { "\(PostgresConnection.quoteIdentifier($0.name))::text" }
        let order = list.indices.map { String($0 + 1) }.joined(separator: ", ")
        let found = try replay.dbt.query(
            "SELECT \(list.joined(separator: ", ")) FROM \(reader.relation) ORDER BY \(order) LIMIT \(Self.mostRows + 1)"
        )
        guard found.rowCount <= Self.mostRows else { return nil }
        return UnitTest.Rows(
            columns: reader.columns.map { .init(name: $0.name, type: $0.baseType) },
            rows: found.rows.map { row in reader.columns.indices.map { found[row, $0] } })
    }

    /// Without columns that the model can't read: neither does its text name them, nor do they come out of it.
    private static func used(_ rows: UnitTest.Rows, by text: String, _ expected: UnitTest.Rows) -> UnitTest.Rows {
        let words = Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map { $0.lowercased() })
        let out = Set(expected.columns.map(\.name))
        let kept = rows.columns.indices.filter { column in
            let name = rows.columns[column].name
            return words.contains(name.lowercased()) || out.contains(name)
                || name.contains { !$0.isLetter && $0 != "_" }
        }
        guard !kept.isEmpty else { return rows }
        return rows.keeping(kept)
    }

    /// More for rows that tell something: several, differing, made from inputs that have rows and are not the result.
    private static func score(_ inputs: [UnitTest.Input], _ expected: UnitTest.Rows) -> Int {
        var score = 10 * min(expected.rows.count, 3)
        for column in expected.columns.indices {
            score += 2 * min(Set(expected.rows.compactMap { $0[column] }).count, 3)
        }
        for input in inputs where !input.rows.rows.isEmpty { score += 8 }
        if inputs.contains(where: { $0.rows.rows == expected.rows }) { score -= 30 }
        let cells = (inputs.map(\.rows) + [expected]).reduce(0) { $0 + $1.rows.count * $1.columns.count }
        return score - cells / 8
    }

    /// dbt would read braces in a row as Jinja.
    private static func isWritable(_ test: UnitTest) -> Bool {
        let values = (test.inputs.map(\.rows) + [test.expected]).flatMap(\.rows).flatMap { $0 }.compactMap { $0 }
        return !(values + test.variables.values).contains {
            $0.contains("{{") || $0.contains("{%") || $0.contains("{#")
        }
    }
}
