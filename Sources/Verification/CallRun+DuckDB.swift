import Catalog
import Databases
import Engines
import Foundation

/// For a project that is built in DuckDB: sources go there before a build, models come back behind it.
extension CallRun {
    func loadSources() throws {
        guard let mirror = try scenario.build.mirror(scenario.catalog) else { return }
        let sources = scenario.manifest.relations
        try PostgresConnection.with(dbtString) { try mirror.load(sources, from: $0) }
    }

    /// Models whose rows PostgreSQL does not take count as failed.
    func unloadModels(_ result: inout DbtResult, _ report: LegacyCall.Report) throws {
        guard let mirror = try scenario.build.mirror(scenario.catalog) else { return }
        let built = Dictionary(result.results.enumerated().map { ($1.uniqueID, $0) }) { first, _ in first }
        try PostgresConnection.with(legacyString) { legacy in
            try PostgresConnection.with(dbtString) { dbt in
                let comparison = comparison(legacy, dbt)
                for model in models where model.isEnabled && model.isCompared {
                    guard let index = built[model.uniqueID], result.results[index].isGood else { continue }
                    let expected = try comparison.legacySide(model, report)?.columns ?? []
                    do {
                        try mirror.unload(schema: model.schema, name: model.alias, expected: expected, into: dbt)
                    } catch let error as DatabaseError {
                        result.results[index].status = "error"
                        result.results[index].message =
                            "its rows do not fit the legacy table: \(error.serverMessage?.text ?? error.description)"
                    }
                }
            }
        }
    }
}

extension DbtModel {
    /// A comparison reads it, or the numbers of its keys.
    var isCompared: Bool { legacyRelation != nil || legacyRoutineResult != nil }
}
