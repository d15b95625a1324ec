import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    // MARK: rows by their place

    /// `ctid` tells rows apart that are equal in all columns: a row number over the version does the same.
    ///
    /// Source: PostgreSQL manual, "System Columns". Which of two rows stands first is as open as it is in the original;
    /// a statement that keeps one of several gets a warning, since rows that are not equal may be told apart otherwise.
    func withRowAddress(_ version: VersionID) -> VersionID {
        guard statementMentions(Self.rowAddress) else { return version }
        if let known = addressed[version] { return known }
        let columns = columns(version)
        let id = add(
            "select \(SQLText.list(columns.map(\.name))), row_number() over () as \(Self.rowAddress) from \(version)",
            name: "addressed_\(versions[version.rawValue].table?.name ?? versions[version.rawValue].name)",
            columns: columns + [VersionColumn(Self.rowAddress, "bigint")],
            table: versions[version.rawValue].table, isVolatile: true,
            uniqueKeys: versions[version.rawValue].uniqueKeys + [[Self.rowAddress]])
        versions[id.rawValue].staysWithReaders = true
        note(
            "rows are told apart by their place (ctid): which one of several stays is not defined in the original",
            code: "P2D-320", range: currentStep, severity: .warning)
        addressed[version] = id
        return id
    }

    /// What stands for `ctid`, a name that no table may have.
    static let rowAddress = "row_address"

    /// Whether the statement being lowered speaks of a name.
    func statementMentions(_ name: String) -> Bool {
        let range = sourceOverrides.isEmpty ? currentStep : source.all
        return range.contains { source.isName($0) && source.name($0) == name }
    }

    /// System columns that say nothing about a model's rows.
    static let systemColumns: Set<String> = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]

    // MARK: inheritance

    /// Tables that inherit from another one hold a part of its rows: ONLY and writes that reach them are refused.
    ///
    /// Source: PostgreSQL manual, "Inheritance": queries, UPDATE, DELETE and TRUNCATE of a parent reach its children.
    func refuseInheritance(_ reference: RelationReference, _ name: QualifiedName, changesRows: Bool) throws {
        let children = catalog.children(of: name).filter { catalog.table($0)?.kind == .table }
        guard let child = children.first else { return }
        if reference.only {
            throw Refusal(
                code: .unwritable,
                detail: "ONLY \(name): its rows can't be told from those of '\(child)', which inherits")
        }
        if changesRows {
            throw Refusal(
                code: .unwritable, detail: "rows of '\(child)', which inherits from '\(name)', change with it")
        }
    }
}
