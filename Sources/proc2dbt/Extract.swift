import ArgumentParser
import Catalog
import Findings
import Foundation
import Project
import Tokens

/// `proc2dbt extract`: from a database or files to a dbt project.
struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read stored procedures and write a dbt project.",
        discussion: """
            DIR gets catalog/ (what the database knows), proc2dbt.yml (yours to edit), dbt/ (the project) and \
            report.json. Exit code 0: everything is converted; 3: some routines are converted in part or not at all; \
            1: failure.
            """)

    @Argument(help: "postgresql://.. or .sql files and folders of them.")
    var source: [String]

    @Option(help: ArgumentHelp("The folder to write to.", valueName: "dir"))
    var out: String

    @Option(
        name: .customLong("schema"), parsing: .singleValue,
        help: ArgumentHelp("Only routines of these schemas: a,b or repeated.", valueName: "name"))
    var schemas: [String] = []

    @Option(
        name: .customLong("routine"), parsing: .singleValue,
        help: ArgumentHelp("Only routines whose name or schema.name matches; * and ? are wild.", valueName: "glob"))
    var routines: [String] = []

    @Option(help: "Dialect of .sql files: \(LexicalProfile.all.map(\.name).joined(separator: ", ")).")
    var dialect: String?

    @Option(
        help:
            "The warehouse that the project is for: postgres or duckdb (default: that of proc2dbt.yml, else postgres).")
    var target: String?

    @Flag(help: "Write only DIR/catalog.")
    var catalogOnly = false

    @OptionGroup var reporting: ReportingOptions

    mutating func validate() throws {
        if source.isEmpty { throw ValidationError("Name a database or .sql files.") }
        if source.contains("") { throw ValidationError("A source must not be empty.") }
        if source.count > 1 && source.contains(where: Source.isConnection) {
            throw ValidationError("Give one connection, or .sql files and folders, but not both.")
        }
        if out.isEmpty { throw ValidationError("--out needs a folder.") }
        if let dialect, LexicalProfile.named(dialect) == nil {
            throw ValidationError(
                "Unknown dialect '\(dialect)'; known are \(LexicalProfile.all.map(\.name).joined(separator: ", ")).")
        }
        if target == "postgresql" { target = "postgres" }
        if let target, !Conversion.targets.contains(target) {
            throw ValidationError(
                "Unknown target '\(target)'; known are \(Conversion.targets.joined(separator: " and ")).")
        }
        schemas = schemas.flatMap { $0.split(separator: ",") }.map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    func run() throws {
        let source = try Source(source)
        if case .connection = source, let dialect, dialect != "postgresql" {
            throw ValidationError("--dialect is for .sql files; a PostgreSQL connection speaks postgresql.")
        }
        let folder = OutputFolder(out)
        let configured = try folder.readConfiguration()?.target
        if let target, let configured, target != configured {
            throw Failure(
                "\(folder.configuration) says `target: \(configured)`: change it there, or leave --target \(target) out"
            )
        }
        let extraction = Extraction(
            source: source, dialect: dialect ?? "postgresql",
            selection: RoutineSelection(schemas: schemas, globs: routines), target: target ?? configured ?? "postgres")
        let progress = ProgressLine()
        progress.show("reading the catalog")
        let contents = try extraction.read(mayBeEmpty: catalogOnly)
        let record = extraction.record(of: contents)
        if catalogOnly {
            _ = try folder.write(catalog: contents.snapshot, record: record)
            progress.clear()
            print("\(contents.snapshot.routines.count) routines, \(contents.snapshot.tables.count) tables and views")
            print("catalog   \(folder.catalog)")
            return
        }
        try ConversionRun(folder: folder, reporting: reporting).run(contents.snapshot, record: record, isNew: true)
    }
}

/// Reads a source and selects from it.
struct Extraction {
    var source: Source
    var dialect = "postgresql"
    var selection = RoutineSelection()
    var target = "postgres"

    /// The selected catalog; one without routines is an error unless it is wanted for its tables alone.
    func read(mayBeEmpty: Bool = false) throws -> Source.Contents {
        var contents = try source.read(dialect: dialect)
        if contents.snapshot.routines.isEmpty && !mayBeEmpty {
            throw Failure(
                "no stored procedures or functions in \(source.summary); name another database or other files")
        }
        contents.snapshot = try selection.apply(to: contents.snapshot)
        return contents
    }

    func record(of contents: Source.Contents) -> SourceRecord {
        SourceRecord(
            source, dialect: contents.snapshot.dialect, projectName: contents.projectName, target: target,
            findings: contents.findings, selection: selection)
    }
}
