import Catalog
import Findings
import Models
import Versions

/// Works out what became of each routine.
struct ReportBuilder {
    let catalog: CatalogIndex
    let graph: CallGraph
    let entryPoints: EntryPoints
    let pipelines: [LoweredPipeline]
    let plan: PlannedProject
    /// Findings of the catalog's reader and of the planner.
    let findings: [Finding]

    func report() -> ConversionReport {
        let routines = catalog.snapshot.routines
        let known = Set(routines.map(\.name.description))
        let overloaded = Set(
            Dictionary(grouping: routines, by: \.name.description).filter { $0.value.count > 1 }.keys)
        var reports: [RoutineReport] = []
        let leftOut = Set(entryPoints.leftOut.map(\.routine.signature))
        for routine in routines where !leftOut.contains(routine.signature) {
            var report = self.report(on: routine)
            if overloaded.contains(report.name) { report.name = routine.signature }
            reports.append(report)
        }
        let general = findings.filter { !known.contains($0.routine) } + entryPoints.leftOut.map(\.finding)
        return ConversionReport(
            project: plan.name, routines: reports.sorted { $0.name < $1.name }, findings: ordered(general))
    }

    private func report(on routine: Routine) -> RoutineReport {
        let name = routine.name.description
        if let other = entryPoints.others.first(where: { $0.routine.signature == routine.signature }) {
            let all = [other.finding] + findings.filter { $0.routine == name }
            return RoutineReport(
                name: name, status: all.contains { $0.severity == .error } ? .refused : .converted, steps: StepCounts(),
                models: [], findings: ordered(all).map(RoutineFinding.init))
        }
        var status = RoutineReport.Status.converted
        var steps = StepCounts()
        var models: [PlannedModel] = []
        var own = findings.filter { $0.routine == name }
        for pipeline in pipelines where takesPart(routine, in: pipeline) {
            let mine = self.models(of: routine, in: pipeline)
            status = max(status, self.status(of: routine, in: pipeline, models: mine))
            // Inlined twice, it has the same steps twice: the run with more refusals says more.
            let counts = pipeline.counts[name] ?? StepCounts()
            if counts.refused > steps.refused || steps == StepCounts() { steps = counts }
            models += mine.filter { model in !models.contains { $0.name == model.name } }
            own += pipeline.findings.filter { $0.routine == name }
        }
        return RoutineReport(
            name: name, status: status, steps: steps, models: models.filter(\.enabled).map(\.name),
            findings: ordered(own).map(RoutineFinding.init))
    }

    private func takesPart(_ routine: Routine, in pipeline: LoweredPipeline) -> Bool {
        pipeline.entry.signature == routine.signature
            || pipeline.entry.name != routine.name
                && graph.reachable(from: [pipeline.entry.signature]).contains(routine.signature)
    }

    /// All models of the pipeline for its entry; for an inlined routine those that name it and those of the tables that
    /// it writes itself.
    private func models(of routine: Routine, in pipeline: LoweredPipeline) -> [PlannedModel] {
        let all = plan.models.filter { $0.routines.contains(pipeline.entry.name.description) }
        if pipeline.entry.signature == routine.signature { return all }
        let tables = Set(writtenTables(by: routine, catalog: catalog).map(\.description))
        return all.filter { model in
            model.routines.contains(routine.name.description) || model.legacyRelation.map(tables.contains) == true
        }
    }

    private func status(
        of routine: Routine, in pipeline: LoweredPipeline, models: [PlannedModel]
    ) -> RoutineReport.Status {
        let signatures = graph.reachable(from: [routine.signature])
        let names = Set(
            catalog.snapshot.routines.filter { signatures.contains($0.signature) }.map(\.name.description))
        let isEntry = pipeline.entry.signature == routine.signature
        let refused = pipeline.counts.contains { (isEntry || names.contains($0.key)) && $0.value.refused > 0 }
        let errors = (pipeline.findings + findings).contains {
            $0.severity == .error && names.contains($0.routine)
        }
        let isWhole = !refused && !errors && models.allSatisfy(\.enabled)
        if isWhole { return .converted }
        return models.contains(where: \.enabled) ? .partial : .refused
    }

    /// Each finding once, by place.
    private func ordered(_ findings: [Finding]) -> [Finding] {
        Set(findings).sorted {
            ($0.routine, $0.line, $0.endLine, $0.code, $0.message) < (
                $1.routine, $1.line, $1.endLine, $1.code, $1.message
            )
        }
    }
}
