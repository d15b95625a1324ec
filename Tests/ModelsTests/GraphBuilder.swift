import Catalog
import Findings
import Models

@testable import Versions

/// The same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A pipeline made by hand, version by version.
struct GraphBuilder {
    private(set) var pipeline: LoweredPipeline

    init(_ entry: String, schema: String = "etl") {
        let routine = Routine(name: QualifiedName(schema, entry), kind: .procedure, language: "plpgsql")
        pipeline = LoweredPipeline(
            entry: routine, routines: [routine.name.description], versions: [], finals: [], results: [], raised: [],
            findings: [], counts: [:])
    }

    static func table(_ name: String) -> QualifiedName { QualifiedName("dw", name) }

    private mutating func add(_ name: String, _ body: Version.Body, table: QualifiedName? = nil) -> VersionID {
        let id = VersionID(pipeline.versions.count)
        pipeline.versions.append(
            Version(
                id: id, body: body, columns: [VersionColumn("a", "integer")], table: table, isScalar: false, name: name,
                comments: [], routine: pipeline.entry.name.description, lines: 1...1, isVolatile: false,
                isRecursive: false, uniqueKeys: [], appendBase: nil, staysWithReaders: false))
        return id
    }

    /// A table's rows from before the call, the same version each time.
    mutating func state(_ table: String) -> VersionID {
        let name = Self.table(table)
        let known = pipeline.versions.first { if case .state(name) = $0.body { true } else { false } }
        return known?.id ?? add(table, .state(name))
    }

    mutating func source(_ table: String) -> VersionID { add(table, .source(Self.table(table))) }

    mutating func refused() -> VersionID {
        add(
            "refused",
            .refused(
                Finding(
                    code: "P2D-104", severity: .error, routine: pipeline.entry.name.description, message: "no",
                    line: 1)))
    }

    mutating func query(
        _ name: String, _ inputs: [VersionID], isVolatile: Bool = false, isScalar: Bool = false
    ) -> VersionID {
        var template = SQLTemplate("select a")
        for input in inputs { template = "\(template), \(input)" }
        let id = add(name, .query(template))
        pipeline.versions[id.rawValue].isVolatile = isVolatile
        pipeline.versions[id.rawValue].isScalar = isScalar
        return id
    }

    /// `base union all rows`
    mutating func append(_ name: String, _ base: VersionID, _ rows: VersionID) -> VersionID {
        let id = query(name, [base, rows])
        pipeline.versions[id.rawValue].appendBase = base
        return id
    }

    mutating func write(_ table: String, _ version: VersionID) {
        pipeline.finals.append((Self.table(table), version))
    }

    mutating func returns(_ version: VersionID) {
        pipeline.results.append(ResultSet(routine: pipeline.entry.name.description, version: version))
    }

    mutating func raises(_ version: VersionID) { pipeline.raised.append(version) }
}

/// A database of tables with one column.
func catalog(_ tables: [String]) -> CatalogIndex {
    var snapshot = CatalogSnapshot(dialect: "postgresql")
    snapshot.tables = tables.map { name in
        var table = Table(name: GraphBuilder.table(name))
        table.columns = [Column(name: "a", type: "integer")]
        return table
    }
    return CatalogIndex(snapshot)
}

func plan(_ pipelines: [GraphBuilder], tables: [String]) -> (project: PlannedProject, findings: [Finding]) {
    planModels(pipelines.map(\.pipeline), catalog: catalog(tables), options: PlanOptions(projectName: "test"))
}
