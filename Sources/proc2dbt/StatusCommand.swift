import ArgumentParser
import Catalog
import Foundation
import Project

/// `proc2dbt status`: what has drifted since the last extraction, in the source and in the project.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say what has changed in the source and in the project since the last extraction.",
        discussion: """
            Nothing is written. Exit code 0: nothing has drifted; 4: something has; 1: failure. The password of a \
            connection is not kept in DIR: give it as libpq wants it (PGPASSWORD, a password file), or name the source.
            """)

    @Argument(help: ArgumentHelp("A folder that extract wrote.", valueName: "dir"))
    var folder: String

    @Option(
        name: .customLong("source"), parsing: .singleValue,
        help: "The source as extract takes it; by default the one that it was given.")
    var sources: [String] = []

    @Flag(help: "Look at the project alone.")
    var offline = false

    @Flag(help: "Print one JSON document.")
    var json = false

    mutating func validate() throws {
        if offline, !sources.isEmpty { throw ValidationError("--offline looks at no source: leave --source out.") }
    }

    func run() throws {
        let folder = OutputFolder(folder)
        let snapshot = try folder.readCatalog()
        let record = try SourceRecord.read(folder.record)
        let progress = ProgressLine()
        var status = DriftStatus()
        if !offline {
            progress.show("reading the catalog of the source")
            let contents = try extraction(record).read(mayBeEmpty: true)
            status.source = CatalogDrift(from: snapshot, to: contents.snapshot)
        }
        progress.show("comparing the project")
        let conversion = try Conversion(
            of: snapshot, settings: ConversionRun.settings(folder.readConfiguration(), record, folder),
            templates: folder.templates())
        let drift = try projectDrift(conversion.files, in: folder.project)
        status.project = DriftStatus.Project(drift)
        progress.clear()
        if json {
            FileHandle.standardOutput.write(Data(try JSONText.encoded(status)))
        } else {
            print(status.lines(folder: folder.path).joined(separator: "\n"))
        }
        if status.hasDrifted { throw ExitCode.different }
    }

    private func extraction(_ record: SourceRecord?) throws -> Extraction {
        var names = sources
        if names.isEmpty, let record { names = record.connection.map { [$0] } ?? record.files ?? [] }
        guard !names.isEmpty else {
            throw Failure(
                "\(folder) does not say where its catalog came from; name it with --source, or give --offline")
        }
        return Extraction(
            source: try Source(names), dialect: record?.dialect ?? "postgresql",
            selection: RoutineSelection(schemas: record?.schemas ?? [], globs: record?.routines ?? []),
            target: record?.target ?? "postgres")
    }
}

/// What has drifted; the document that `--json` prints.
struct DriftStatus: Codable {
    /// Files of the project that are not as they were generated.
    struct Project: Codable {
        /// Missing or not as this program would write them now: `convert` renews them.
        var outdated: [String]
        /// Changed by a person.
        var edited: [String]
        /// Deleted by a person.
        var deleted: [String]
        /// No longer generated.
        var obsolete: [String]
        var unchanged: Int

        init(_ summary: WriteSummary) {
            outdated = summary.written
            edited = (summary.edited + summary.merged).sorted()
            deleted = summary.deleted
            obsolete = (summary.removed + summary.orphaned).sorted()
            unchanged = summary.unchanged.count
        }
    }

    /// Nil when nobody looked.
    var source: CatalogDrift?
    var project: Project?

    var hasDrifted: Bool {
        let files = project.map { $0.outdated + $0.edited + $0.deleted + $0.obsolete } ?? []
        return !(source?.items ?? []).isEmpty || !files.isEmpty
    }

    func lines(folder: String) -> [String] {
        var lines: [String] = []
        if let source {
            lines.append(
                "source    " + (source.items.isEmpty ? "as it was extracted" : "\(source.items.count) changes"))
            for item in source.items {
                let details = item.details.isEmpty ? "" : ": \(item.details.joined(separator: ", "))"
                lines.append("  \(item.change.rawValue.padded(9)) \(item.kind) \(item.name)\(details)")
            }
        }
        if let project {
            let count = project.outdated.count + project.edited.count + project.deleted.count + project.obsolete.count
            lines.append(
                "project   "
                    + (count == 0
                        ? "\(project.unchanged) files as they were generated"
                        : "\(count) of \(count + project.unchanged) files differ from what is generated"))
            for (word, files) in [
                ("edited", project.edited), ("deleted", project.deleted), ("outdated", project.outdated),
                ("obsolete", project.obsolete),
            ] {
                lines += files.map { "  \(word.padded(9)) \($0)" }
            }
            if !project.outdated.isEmpty || !project.obsolete.isEmpty {
                lines.append("`proc2dbt convert \(folder)` renews the outdated files and takes the obsolete ones away")
            }
        }
        if let source, !source.items.isEmpty {
            lines.append("`proc2dbt extract` into \(folder) takes the source's changes over; edited files are merged")
        }
        return lines
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : self
    }
}
