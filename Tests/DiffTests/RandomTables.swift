import Foundation

@testable import Diff
@testable import Endpoints

/// A table and an edited copy of it, with the answer that follows from how they were made.
struct RandomPair {
    /// A row: the key's values, then the others; nil is NULL. All as SQL literals of PostgreSQL without quotes.
    typealias Row = [String?]

    var types: [String]
    var keyCount: Int
    var left: [Row] = []
    var right: [Row] = []
    /// Rows only left, only right, changed; changed is only told where the key is unique.
    var expected = [0, 0, 0]

    /// Types that are compared, each with a maker of values.
    private static let makers: [(type: String, make: @Sendable (inout SplitMix) -> String)] = [
        ("integer", { String(Int($0.next() % 50) - 25) }),
        ("bigint", { String(Int64(bitPattern: $0.next())) }),
        ("numeric(12,3)", { "\(Int($0.next() % 2000) - 1000).\($0.next() % 10)\($0.next() % 10)\($0.next() % 10)" }),
        ("numeric", { "\($0.next() % 100_000_000_000).\($0.next())" }),
        ("double precision", { "\(Double($0.next() % 1000) / 7)" }),
        ("text", { ["", "a", "A", "a|b", "é", "x'y", "N", "<null>", "line\nline", " a"][Int($0.next() % 10)] }),
        ("boolean", { $0.next() % 2 == 0 ? "true" : "false" }),
        ("date", { CanonicalText.date(Int64($0.next() % 9000)) }),
        ("timestamp", { CanonicalText.timestamp(Int64($0.next() % 1_000_000_000_000_000)) }),
        ("uuid", { random in CanonicalText.hexadecimalOf(random.next(), random.next()) }),
    ]

    init(seed: UInt64) {
        var random = SplitMix(state: seed)
        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        let columns = (0..<(1 + below(6))).map { _ in Self.makers[below(Self.makers.count)] }
        let hasKey = below(8) > 0
        keyCount = hasKey ? 1 + below(2) : 0
        types = (hasKey ? Array(repeating: "integer", count: keyCount) : []) + columns.map(\.type)
        let count = below(4) == 0 ? below(3) : below(200)
        func values() -> Row { columns.map { below(7) == 0 ? nil : $0.make(&random) } }
        for index in 0..<count {
            let key =
                keyCount == 2 ? [String(index / 5), String(index % 5)] : keyCount == 1 ? [String(index * 3 - 40)] : []
            left.append(key + values())
        }
        let change = below(3) == 0 ? 0 : 1 + below(40)
        for row in left {
            let choice = below(100)
            if choice < change / 3 {
                expected[0] += 1
            } else if choice < change {
                var other = row
                let place = keyCount + below(columns.count)
                let old = other[place]
                var new: String? = below(5) == 0 ? nil : columns[place - keyCount].make(&random)
                if new == old { new = old == nil ? columns[place - keyCount].make(&random) : nil }
                other[place] = new
                right.append(other)
                // "N" and the like are new texts; a number may come out equal in another spelling, which these makers avoid.
                if hasKey {
                    expected[2] += 1
                } else {
                    expected[0] += 1
                    expected[1] += 1
                }
            } else {
                right.append(row)
            }
        }
        for index in 0..<(change == 0 ? 0 : below(5)) {
            let key = keyCount == 2 ? [String(1000 + index), "0"] : keyCount == 1 ? [String(10_000 + index)] : []
            right.append(key + values())
            expected[1] += 1
        }
        if !hasKey { expected = Self.multisetDifference(left, right) }
        if below(2) == 0 { right.shuffle(using: &random) }
    }

    /// Without a key only the numbers of equal rows count.
    private static func multisetDifference(_ left: [Row], _ right: [Row]) -> [Int] {
        var counts: [Row: Int] = [:]
        for row in left { counts[row, default: 0] += 1 }
        for row in right { counts[row, default: 0] -= 1 }
        return [
            counts.values.reduce(0) { $0 + max(0, $1) }, counts.values.reduce(0) { $0 + max(0, -$1) }, 0,
        ]
    }

    /// Statements that make one of the tables.
    func statements(_ name: String, _ rows: [Row]) -> [String] {
        let columns = types.enumerated().map { "c\($0.offset) \($0.element)" }.joined(separator: ", ")
        let primary = keyCount == 0 ? "" : ", primary key (\((0..<keyCount).map { "c\($0)" }.joined(separator: ", ")))"
        var statements = ["CREATE TABLE \(name) (\(columns)\(primary))"]
        if !rows.isEmpty {
            let texts = rows.map { row in
                "("
                    + row.map { value in value.map { "'\($0.replacing("'", with: "''"))'" } ?? "NULL" }.joined(
                        separator: ", ") + ")"
            }
            statements.append("INSERT INTO \(name) VALUES \(texts.joined(separator: ", "))")
        }
        return statements
    }

    /// The key's columns.
    var key: [String] { (0..<keyCount).map { "c\($0)" } }
}

extension CanonicalText {
    /// A uuid from 128 bits.
    static func hexadecimalOf(_ high: UInt64, _ low: UInt64) -> String {
        let value = UInt128(high) << 64 | UInt128(low)
        return withUnsafeBytes(of: value.bigEndian) { render($0, as: .uuid) }
    }
}

/// Rows in memory, for cases by the thousand: one key column of integers and texts beside it.
final class MemoryEndpoint: Endpoint {
    let rows: [[String?]]
    let keyCount: Int
    private let width: Int

    init(_ rows: [[String?]], keyCount: Int, width: Int) {
        self.rows = rows
        self.keyCount = keyCount
        self.width = width
    }

    var engine: String { "memory" }
    var target: String { "memory" }
    var serverIdentity: String? { nil }
    var circumstances: [String] { [] }
    var interrupt: @Sendable () -> Void { {} }

    func describe(_ dataset: Dataset) throws -> DatasetSchema {
        let columns = (0..<width).map {
            ColumnInfo(name: "c\($0)", type: .text, nativeType: "text", isNullable: $0 >= keyCount)
        }
        return DatasetSchema(columns: columns, keys: keyCount == 0 ? [] : [columns.prefix(keyCount).map(\.name)])
    }
    func statement(_ request: ReadRequest) throws -> String { "memory" }
    func count(_ dataset: Dataset) throws -> Int { rows.count }
    func keyFaults(_ dataset: Dataset, _ key: [ColumnInfo]) throws -> KeyFaults { KeyFaults(nulls: 0, duplicates: 1) }
    func read(_ request: ReadRequest) throws -> any RowStream {
        MemoryStream(rows, request.columns.compactMap { Int($0.info.name.dropFirst()) })
    }

    private final class MemoryStream: RowStream {
        private var rest: ArraySlice<[String?]>
        private let places: [Int]

        init(_ rows: [[String?]], _ places: [Int]) {
            rest = rows[...]
            self.places = places
        }

        func stop() {}

        func read(into batch: inout RowBatch) throws -> Bool {
            for row in rest.prefix(7) {
                for place in places {
                    if let value = row[place] { batch.appendField(value.utf8) } else { batch.appendNull() }
                }
                batch.endRow()
            }
            rest = rest.dropFirst(7)
            return !rest.isEmpty
        }
    }
}
