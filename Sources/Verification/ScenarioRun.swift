import Catalog
import Databases
import Engines
import Foundation

/// The pipelines of one scenario, one after the other in one pair of databases.
struct ScenarioRun {
    let verifier: Verifier
    let catalog: CatalogSnapshot
    let manifest: DbtManifest
    let build: DbtBuild
    let name: String

    func run(
        _ pipelines: [VerificationPipeline], _ progress: @Sendable (Verifier.Progress) -> Void
    ) async throws -> [PipelineOutcome] {
        var outcomes: [PipelineOutcome] = []
        for pipeline in pipelines {
            try Task.checkCancellation()
            let start = Date()
            var outcome = PipelineOutcome(entry: pipeline.entry, scenario: name)
            try await run(pipeline, &outcome, progress)
            outcome.seconds = Date().timeIntervalSince(start)
            progress(.finished(pipeline: pipeline.entry, verdict: outcome.verdict))
            outcomes.append(outcome)
        }
        return outcomes
    }

    private func run(
        _ pipeline: VerificationPipeline, _ outcome: inout PipelineOutcome,
        _ progress: @Sendable (Verifier.Progress) -> Void
    ) async throws {
        let models = manifest.models.filter { $0.routines.contains(pipeline.entry) }
        if let reason = obstacle(pipeline, models) {
            outcome.stopped = reason
            return
        }
        if verifier.options.skipsScenario { return }
        for (index, call) in pipeline.calls.enumerated() {
            try Task.checkCancellation()
            guard let routine = routine(pipeline.entry, call) else { continue }
            let arguments = CallArguments(routine: routine, arguments: call.arguments)
            let run = CallRun(
                scenario: self, entry: pipeline.entry, models: models, arguments: arguments, changes: call.changes,
                number: index + 1)
            if let problem = arguments.problem {
                var skipped = CallOutcome(number: index + 1, statement: pipeline.entry, command: "")
                skipped.own = .notRun(problem)
                outcome.calls.append(skipped)
                continue
            }
            outcome.calls.append(try await run.run { progress($0(pipeline.calls.count)) })
        }
    }

    /// Why the pipeline as a whole cannot run.
    private func obstacle(_ pipeline: VerificationPipeline, _ models: [DbtModel]) -> Verdict? {
        guard catalog.routines.contains(where: { $0.name.description == pipeline.entry }) else {
            return .notRun("there is no routine \(pipeline.entry)")
        }
        if models.isEmpty { return .notRun("no model of the project carries meta routine \(pipeline.entry)") }
        if pipeline.calls.isEmpty { return .notRun("no calls are known: add some to the scenario") }
        if !models.contains(where: \.isEnabled) {
            return .refused(models.map(\.refusal).first ?? "all of its models are disabled")
        }
        return nil
    }

    /// Among overloads, the one whose parameters take all arguments.
    private func routine(_ entry: String, _ call: VerificationCall) -> Routine? {
        let candidates = catalog.routines.filter { $0.name.description == entry }
        return candidates.first { CallArguments(routine: $0, arguments: call.arguments).problem == nil }
            ?? candidates.first
    }
}

extension DbtModel {
    /// Why the model is disabled.
    var refusal: String {
        let findings = meta["findings"] ?? []
        return findings.isEmpty ? "the model \(name) is disabled" : findings.joined(separator: "; ")
    }
}
