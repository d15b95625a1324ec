import Findings
import Project

/// What a person reads after a conversion.
struct ConversionText {
    let conversion: Conversion
    let folder: OutputFolder
    let written: OutputFolder.Written
    let verbose: Bool

    /// The findings, the table, and where everything is.
    var lines: [String] {
        let routines = conversion.report.routines
        var lines = findings
        if !lines.isEmpty { lines.append("") }
        var table = TextTable(["routine", "status", "converted", "noted", "refused", "models"], numbers: [2, 3, 4, 5])
        for routine in routines {
            table.add([
                routine.name, routine.status.rawValue, "\(routine.steps.converted)", "\(routine.steps.noted)",
                "\(routine.steps.refused)", "\(routine.models.count)",
            ])
        }
        lines += table.lines
        lines.append("")
        let counts = RoutineReport.Status.allCases.map { status in
            "\(routines.count { $0.status == status }) \(status.rawValue)"
        }
        lines.append(
            "\(routines.count == 1 ? "1 routine" : "\(routines.count) routines"): \(counts.joined(separator: ", "))\(hiddenNotes)"
        )
        lines += places
        let remarks = written.project.remarks
        if !remarks.isEmpty { lines += [""] + remarks.map { "dbt/\($0)" } }
        return lines
    }

    private var places: [String] {
        let files = written.project
        let count = files.written.count + files.unchanged.count
        let changes = files.written.isEmpty ? "unchanged" : "\(files.written.count) written"
        return [
            "project   \(folder.project) (\(count) files, \(changes))",
            "settings  \(folder.configuration)\(written.wroteConfiguration ? "" : " (yours, kept)")",
            "report    \(folder.report)",
        ]
    }

    private var all: [(place: String, finding: RoutineFinding)] {
        let routines = conversion.report.routines.flatMap { routine in
            routine.findings.map { ("\(routine.name):\($0.line)", $0) }
        }
        return routines + conversion.report.findings.map { ("\($0.routine):\($0.line)", RoutineFinding($0)) }
    }

    private var findings: [String] {
        all.filter { verbose || $0.finding.severity > .note }.map { place, finding in
            "\(place): \(finding.severity.rawValue) \(finding.code): \(finding.message)"
        }
    }

    private var hiddenNotes: String {
        let count = verbose ? 0 : all.count { $0.finding.severity == .note }
        return count == 0 ? "" : "; \(count) notes (--verbose shows them)"
    }
}
