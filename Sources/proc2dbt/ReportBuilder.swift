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
    private let index: Index

    init(
        catalog: CatalogIndex, graph: CallGraph, entryPoints: EntryPoints, pipelines: [LoweredPipeline],
        plan: PlannedProject, findings: [Finding]
    ) {
        self.catalog = catalog
        self.graph = graph
        self.entryPoints = entryPoints
        self.pipelines = pipelines
        self.plan = plan
        self.findings = findings
        index = Index(catalog, graph, entryPoints, pipelines, plan, findings)
    }

    /// What is asked for once a routine: a walk over all of the others each time is too slow for large catalogs.
    private struct Index {
        /// Names of routines by signature.
        let names: [String: String]
        /// Pipelines, in their order, by the signatures of the routines that their entries reach.
        var pipelines: [String: [LoweredPipeline]] = [:]
        let models: [String: [PlannedModel]]
        /// The general findings by routine.
        let findings: [String: [Finding]]
        /// Routines about which a general finding is an error.
        let withErrors: Set<String>
        let others: [String: Finding]

        init(
            _ catalog: CatalogIndex, _ graph: CallGraph, _ entryPoints: EntryPoints, _ pipelines: [LoweredPipeline],
            _ plan: PlannedProject, _ findings: [Finding]
        ) {
            let pairs = catalog.snapshot.routines.map { ($0.signature, $0.name.description) }
            names = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
            for pipeline in pipelines {
                for signature in graph.reachable(from: [pipeline.entry.signature]) {
                    self.pipelines[signature, default: []].append(pipeline)
                }
            }
            models = plan.modelsByRoutine
            self.findings = Dictionary(grouping: findings, by: \.routine)
            withErrors = Set(findings.filter { $0.severity == .error }.map(\.routine))
            others = Dictionary(
                entryPoints.others.map { ($0.routine.signature, $0.finding) }, uniquingKeysWith: { first, _ in first })
        }
    }

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
        if let other = index.others[routine.signature] {
            let all = [other] + (index.findings[name] ?? [])
            return RoutineReport(
                name: name, status: all.contains { $0.severity == .error } ? .refused : .converted, steps: StepCounts(),
                models: [], findings: ordered(all).map(RoutineFinding.init))
        }
        var status = RoutineReport.Status.converted
        var steps = StepCounts()
        var models: [PlannedModel] = []
        var own = index.findings[name] ?? []
        var causes: [Finding] = []
        for pipeline in index.pipelines[routine.signature] ?? [] where takesPart(routine, in: pipeline) {
            let mine = self.models(of: routine, in: pipeline)
            status = max(status, self.status(of: routine, in: pipeline, models: mine))
            // Inlined twice, it has the same steps twice: the run with more refusals says more.
            let counts = pipeline.counts[name] ?? StepCounts()
            if counts.refused > steps.refused || steps == StepCounts() { steps = counts }
            models += mine.filter { model in !models.contains { $0.name == model.name } }
            own += pipeline.findings.filter { $0.routine == name }
            if status != .converted { causes += pipeline.findings + mine.flatMap(\.findings) }
        }
        if status != .converted, !own.contains(where: { $0.severity == .error }) {
            own += inherited(causes, by: routine)
        }
        return RoutineReport(
            name: name, status: status, steps: steps, models: models.filter(\.enabled).map(\.name),
            findings: ordered(own).map(RoutineFinding.init))
    }

    /// The reasons why a routine without a fault of its own is not converted: what it calls, or shares a table with.
    private func inherited(_ causes: [Finding], by routine: Routine) -> [Finding] {
        let name = routine.name.description
        let first = routine.bodyLineOffset + 1
        return Set(causes.filter { $0.severity == .error && $0.routine != name }).map { cause in
            Finding(
                code: cause.code, severity: .error, routine: name,
                message: "depends on \(cause.routine), line \(cause.line): \(cause.message)", line: first,
                endLine: first)
        }
    }

    /// For the pipelines that reach the routine.
    private func takesPart(_ routine: Routine, in pipeline: LoweredPipeline) -> Bool {
        pipeline.entry.signature == routine.signature
            || pipeline.entry.name != routine.name
    }

    /// All models of the pipeline for its entry; for an inlined routine those that name it and those of the tables that
    /// it writes itself.
    private func models(of routine: Routine, in pipeline: LoweredPipeline) -> [PlannedModel] {
        let all = index.models[pipeline.entry.name.description] ?? []
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
        let names = Set(signatures.compactMap { index.names[$0] })
        let isEntry = pipeline.entry.signature == routine.signature
        let refused = pipeline.counts.contains { (isEntry || names.contains($0.key)) && $0.value.refused > 0 }
        let errors =
            pipeline.findings.contains { $0.severity == .error && names.contains($0.routine) }
            || !names.isDisjoint(with: index.withErrors)
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
