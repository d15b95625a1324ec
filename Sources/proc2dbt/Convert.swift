import ArgumentParser
import Catalog
import Foundation
import Project

/// `proc2dbt convert`: the same as `extract`, from a catalog that is already there.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the dbt project again from DIR/catalog and DIR/proc2dbt.yml, without a connection.",
        discussion: """
            What is new is merged into files that you edited; where you changed the same lines, yours stay, and what \
            would have been written stands beside them as .new. Files that you deleted stay deleted. Exit codes are \
            those of extract.
            """)

    @Argument(help: ArgumentHelp("A folder that extract wrote.", valueName: "dir"))
    var folder: String

    @OptionGroup var reporting: ReportingOptions

    func run() throws {
        let folder = OutputFolder(folder)
        let snapshot = try folder.readCatalog()
        try ConversionRun(folder: folder, reporting: reporting).run(
            snapshot, record: SourceRecord.read(folder.record), isNew: false)
    }
}

/// How much the terminal gets to see.
struct ReportingOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print notes, too, not only errors and warnings.")
    var verbose = false
}

/// What `extract` and `convert` have in common: convert, write, report.
struct ConversionRun {
    let folder: OutputFolder
    let reporting: ReportingOptions

    /// - Parameter isNew: the catalog and its record are written, too.
    func run(_ snapshot: CatalogSnapshot, record: SourceRecord?, isNew: Bool) throws {
        let progress = ProgressLine()
        let templates = try folder.templates()
        let configuration = try folder.readConfiguration()
        progress.show("converting \(snapshot.routines.count) routines")
        let conversion = try Conversion(
            of: snapshot, settings: Self.settings(configuration, record, folder), templates: templates)
        progress.show("writing \(conversion.files.count) files")
        let written = try folder.write(
            catalog: isNew ? snapshot : nil, record: isNew ? record : nil, conversion: conversion, templates: templates)
        progress.clear()
        let text = ConversionText(conversion: conversion, folder: folder, written: written, verbose: reporting.verbose)
        print(text.lines.joined(separator: "\n"))
        if !conversion.report.isComplete { throw ExitCode.incomplete }
    }

    /// What a conversion in a folder takes besides the catalog.
    static func settings(
        _ configuration: ProjectConfiguration?, _ record: SourceRecord?, _ folder: OutputFolder
    ) -> Conversion.Settings {
        let name = URL(fileURLWithPath: folder.path).standardizedFileURL.lastPathComponent
        return Conversion.Settings(
            configuration: configuration, projectName: record?.projectName ?? Source.projectName(from: name),
            target: record?.target ?? "postgres", catalogFindings: record?.findings ?? [])
    }
}
