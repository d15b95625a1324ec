import Catalog
import Databases
import Engines

/// Compares everything that a call may have changed or returned.
struct CallComparison {
    let legacy: PostgresConnection
    let dbt: PostgresConnection
    let catalog: CatalogSnapshot
    /// The models of the routine.
    let models: [DbtModel]
    /// Models of other routines, whose keys this routine's tables may refer to.
    let otherModels: [DbtModel]
    let domains: SurrogateDomains
    let sampleLimit: Int
    /// Numbers without a declared scale count to so many places; nil for all.
    var decimalPlaces: Int?

    /// A comparison that can still fail because of the surrogate keys of all tables together.
    struct Compared {
        var outcome: RelationOutcome
        var table: SurrogateMatching.Table?
        var neededRules = false
    }

    func compare(_ report: LegacyCall.Report, _ result: DbtResult) throws -> [RelationOutcome] {
        for side in [legacy, dbt] { try RelationReader.pin(side) }
        let byID = Dictionary(result.results.map { ($0.uniqueID, $0) }) { first, _ in first }
        var compared: [Compared] = []
        for model in models where model.legacyRelation != nil || model.legacyRoutineResult != nil {
            compared.append(try compare(model, byID[model.uniqueID], report, result))
        }
        try checkSurrogates(&compared)
        return compared.map(\.outcome)
    }

    private func compare(
        _ model: DbtModel, _ node: DbtNodeResult?, _ report: LegacyCall.Report, _ result: DbtResult
    ) throws -> Compared {
        let relation = model.legacyRelation ?? "result of \(model.legacyRoutineResult ?? "")"
        func verdict(_ verdict: Verdict) -> Compared {
            Compared(outcome: RelationOutcome(model: model.name, relation: relation, verdict: verdict))
        }
        guard model.isEnabled else { return verdict(.refused(model.refusal)) }
        guard result.exception == nil else { return verdict(.notRun("dbt did not run")) }
        guard let node else { return verdict(.differs("dbt did not build this model")) }
        guard node.isGood else {
            let reason = "the model did not build (\(node.status)): \(node.message)"
            return verdict(
                report.error == nil ? .differs(reason) : .notRun("the original raised an error, and \(reason)"))
        }
        guard let right = try RelationReader(dbt, schema: model.schema, name: model.alias) else {
            return verdict(.differs("there is no relation \(model.schema).\(model.alias) after the build"))
        }
        guard let left = try legacySide(model, report) else {
            guard model.legacyRelation != nil else {
                return verdict(
                    .notRun(report.error.map { "the original raised: \($0)" } ?? "the original gave no result set"))
            }
            return verdict(.differs("the original has no table \(relation) after the call"))
        }
        let rules = rules(model)
        let result = try TableCompare(legacy: left, dbt: right, rules: rules)
            .compare(model: model.name, relation: relation)
        let canBeMatched = !result.outcome.verdict.isDifference && !rules.surrogateColumns.isEmpty
        return Compared(
            outcome: result.outcome,
            table: canBeMatched ? SurrogateMatching.Table(name: relation, legacy: left, dbt: right, rules: rules) : nil,
            neededRules: result.neededRules)
    }

    func legacySide(_ model: DbtModel, _ report: LegacyCall.Report) throws -> RelationReader? {
        guard let relation = model.legacyRelation else {
            return try report.result.flatMap {
                try RelationReader(legacy, schema: LegacyCall.resultSchema, name: $0)
            }
        }
        // The catalog knows where the name's dot stands.
        let name = catalog.tables.first { $0.name.description == relation }?.name
        let parts = relation.split(separator: ".", maxSplits: 1).map(String.init)
        return try RelationReader(legacy, schema: name?.schema ?? parts[0], name: name?.name ?? parts.last ?? "")
    }

    func rules(_ model: DbtModel) -> ComparisonRules {
        let relation = model.legacyRelation ?? model.legacyRoutineResult ?? ""
        var rules = ComparisonRules(
            volatileColumns: Set(model.meta["volatile_columns"] ?? []),
            surrogateColumns: domains.columns(of: relation))
        rules.sampleLimit = sampleLimit
        rules.ignoresTypeModifiers = model.legacyRelation == nil
        rules.ignoresNames = model.legacyRelation == nil
        rules.decimalPlaces = decimalPlaces
        rules.key = key(relation, rules)
        return rules
    }

    /// The first key without made-up values in it.
    private func key(_ relation: String, _ rules: ComparisonRules) -> [String] {
        guard let table = catalog.tables.first(where: { $0.name.description == relation }) else { return [] }
        let keys =
            [table.primaryKey] + table.constraints.filter { $0.kind == .unique }.map(\.columns)
            + table.uniqueIndexes.map(\.columns)
        return keys.first { key in
            !key.isEmpty && !key.contains { rules.volatileColumns.contains($0) || rules.surrogateColumns[$0] != nil }
        } ?? []
    }
}
