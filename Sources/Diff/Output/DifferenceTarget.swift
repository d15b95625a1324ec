import Endpoints
import Foundation

/// Where the whole set of differences goes.
///
/// Each difference is a row: `difference` (`only_left`, `only_right`, `changed`), the key's columns, then for each other column its
/// value on the left and on the right, as text, NULL where there is none.
public enum DifferenceTarget: Sendable, Equatable {
    case csv(String)
    case parquet(String)
    case sqlite(String)
    /// A new table in the database of a side.
    case table(Side, Dataset.Origin)

    /// Reads `diff.csv`, `diff.parquet`, `sqlite:diff.db`, `left:schema.table`, `right:schema.table`.
    public init(_ text: String, table: (String) -> Dataset.Origin) throws(DiffError) {
        let lower = text.lowercased()
        if lower.hasPrefix("left:") {
            self = .table(.left, table(String(text.dropFirst(5))))
        } else if lower.hasPrefix("right:") {
            self = .table(.right, table(String(text.dropFirst(6))))
        } else if lower.hasPrefix("sqlite:") {
            self = .sqlite(String(text.dropFirst(7)))
        } else if lower.hasSuffix(".csv") {
            self = .csv(text)
        } else if lower.hasSuffix(".parquet") {
            self = .parquet(text)
        } else {
            throw .impossible(
                "--out \(text): it must be FILE.csv, FILE.parquet, sqlite:FILE, left:TABLE or right:TABLE")
        }
    }

    /// Opens the target for the differences of a plan. Nothing stands under the target's name before `finish`.
    ///
    /// - Parameter addresses: where the two sides are, for a table.
    public func open(_ plan: DiffPlan, addresses: Sides<Address>) throws -> any DifferenceWriter {
        let names = DifferenceColumns(plan).names
        switch self {
        case .csv(let path): return try CSVWriter(path, names)
        case .parquet(let path): return try ParquetWriter(path, names)
        case .sqlite(let path): return try TableWriter(SQLiteTable(path, "diff", names))
        case .table(let side, let origin):
            guard case .table(let schema, let name) = origin else {
                throw DiffError.impossible("--out needs a table's name")
            }
            switch addresses[side] {
            case .postgres(let address):
                return try TableWriter(PostgresTable(address, schema: schema, name: name, names))
            case .sqlite(let file): return try TableWriter(SQLiteTable(file, name, names))
            default: throw DiffError.impossible("--out \(side): differences are written to PostgreSQL and SQLite only")
            }
        }
    }
}

/// Takes differences in.
public protocol DifferenceWriter: AnyObject {
    /// Adds one.
    func write(_ difference: Difference) throws
    /// Makes what was written visible; without it nothing is left behind.
    func finish() throws
}

/// Names and values of a difference's columns.
struct DifferenceColumns {
    let names: [String]

    init(_ plan: DiffPlan) { names = Self.names(plan) }

    private static func names(_ plan: DiffPlan) -> [String] {
        let values = plan.columns.dropFirst(plan.keyCount).flatMap { ["\($0.name)_left", "\($0.name)_right"] }
        var taken: Set<String> = []
        // A key may be called `difference`, and another column like two of ours.
        return (["difference"] + plan.key + values).map { name in
            var free = name
            while !taken.insert(free.lowercased()).inserted { free += "_" }
            return free
        }
    }

    /// The values of one difference, in the order of `names`.
    static func values(_ difference: Difference, keyCount: Int) -> [String?] {
        let (kind, left, right): (String, RowFields?, RowFields?) =
            switch difference {
            case .onlyLeft(let row): ("only_left", row, nil)
            case .onlyRight(let row): ("only_right", nil, row)
            case .changed(let left, let right, _): ("changed", left, right)
            }
        let width = (left ?? right)?.columns.count ?? 0
        var values: [String?] = [kind]
        for column in 0..<keyCount { values.append((left ?? right)?.text(column)) }
        for column in keyCount..<width { values += [left?.text(column), right?.text(column)] }
        return values
    }
}

extension RowFields {
    /// Number of the key's columns, as the plan counts them.
    static func keyCount(_ difference: Difference) -> Int {
        switch difference {
        case .onlyLeft(let row), .onlyRight(let row), .changed(let row, _, _): row.keyCount
        }
    }
}
