import Catalog
import Foundation
import Models
import Project
import Versions

@main
struct Scratch {
    static func main() throws {
        let args = CommandLine.arguments
        let (snapshot, _) = try readSQLFiles([args[1] + "/schema.sql", args[1] + "/procs.sql"].filter { FileManager.default.fileExists(atPath: $0) } + (args.count > 4 ? Array(args[4...]) : []), dialect: "postgresql")
        let index = CatalogIndex(snapshot)
        var written: Set<QualifiedName> = []
        for r in snapshot.routines { written.formUnion(writtenTables(by: r, catalog: index)) }
        let entry = snapshot.routines.first { $0.name.description == args[2] }!
        let lowered = lowerPipeline(entry: entry, catalog: index, written: written)
        for f in lowered.findings { print(f.code, f.severity, f.line, f.message) }
        let (plan, fs) = planModels([lowered], catalog: index, options: PlanOptions(projectName: "case"))
        for f in fs { print(f) }
        let files = try renderProject(plan, catalog: snapshot, options: RenderOptions(templates: try TemplateFolder.find()))
        for f in files where args[3] == "all" || f.path.contains(args[3]) { print("=== \(f.path)"); print(f.content) }
    }
}
