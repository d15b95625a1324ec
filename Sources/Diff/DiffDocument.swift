import Endpoints
import Foundation

/// A result as one JSON document; see `docs/diff.md` for what each member means.
public struct DiffDocument: Encodable {
    struct Summary: Encodable {
        var rowsLeft: Int
        var rowsRight: Int
        var rowsEqual: Int
        var rowsEqualUnderRules: Int
        var rowsChanged: Int
        var rowsOnlyLeft: Int
        var rowsOnlyRight: Int
        var matchScore: Double
    }
    struct SideInfo: Encodable {
        var target: String
        var dataset: String
        var rows: Int
        var statement: String
        var circumstances: [String]
    }
    struct Column: Encodable {
        var name: String
        var type: String
    }
    struct TypeDifference: Encodable {
        var column: String
        var left: String
        var right: String
    }
    struct NullabilityDifference: Encodable {
        var column: String
        var leftNullable: Bool
        var rightNullable: Bool
    }
    struct Schema: Encodable {
        var onlyLeft: [Column]
        var onlyRight: [Column]
        var types: [TypeDifference]
        var nullability: [NullabilityDifference]
        var sameOrder: Bool
    }
    struct Key: Encodable {
        var columns: [String]
        var reason: String
        var isUnique: Bool
    }
    struct ExclusiveColumn: Encodable {
        var column: String
        var nulls: Int
        var distinct: Int?
        var smallest: String?
        var largest: String?
        var frequent: [Frequent]
    }
    struct Frequent: Encodable {
        var value: String
        var count: Int
    }
    struct Exclusive: Encodable {
        var count: Int
        var shown: Int
        var columns: [String]
        var samples: [[String?]]
        var profile: [ExclusiveColumn]
    }
    struct Values: Encodable {
        var column: String
        var differing: Int
        var equalUnderRule: Int
        var rule: String?
        var samples: [Sample]
    }
    struct Sample: Encodable {
        var key: [String: String?]
        var left: String?
        var right: String?

        private enum Names: String, CodingKey { case key, left, right }

        // NULL is written out, not left out.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Names.self)
            try container.encode(key, forKey: .key)
            try container.encode(left, forKey: .left)
            try container.encode(right, forKey: .right)
        }
    }

    var version = 1
    var verdict: String
    var strategy: String
    var strategyReason: String
    var seconds: Double
    var sampledShare: Double?
    var left: SideInfo
    var right: SideInfo
    var summary: Summary
    var schema: Schema
    var key: Key
    var onlyLeft: Exclusive
    var onlyRight: Exclusive
    var columns: [Values]
    var notices: [String]

    /// The document of a result.
    public init(_ result: DiffResult) {
        let plan = result.plan
        verdict = result.isEqual ? "equal" : "different"
        strategy = result.strategy.rawValue
        strategyReason = result.strategyReason
        seconds = result.seconds
        sampledShare = result.sampledShare
        let info = { (side: Side) in
            SideInfo(
                target: result.targets[side], dataset: plan.datasets[side].name, rows: result.rows[side],
                statement: result.statements[side], circumstances: result.circumstances[side])
        }
        left = info(.left)
        right = info(.right)
        summary = Summary(
            rowsLeft: result.rows.left, rowsRight: result.rows.right, rowsEqual: result.equalRows,
            rowsEqualUnderRules: result.equalUnderRules, rowsChanged: result.changedRows,
            rowsOnlyLeft: result.exclusiveRows.left, rowsOnlyRight: result.exclusiveRows.right,
            matchScore: result.matchScore)
        let names = { (columns: [ColumnInfo]) in columns.map { Column(name: $0.name, type: $0.nativeType) } }
        schema = Schema(
            onlyLeft: names(plan.differences.only.left), onlyRight: names(plan.differences.only.right),
            types: plan.differences.types.map { TypeDifference(column: $0.name, left: $0.left, right: $0.right) },
            nullability: plan.differences.nullability.map {
                NullabilityDifference(column: $0.name, leftNullable: $0.left, rightNullable: $0.right)
            }, sameOrder: !plan.differences.order)
        key = Key(columns: plan.key, reason: plan.keyReason, isUnique: plan.isKeyUnique)
        let exclusive = { (side: Side) in
            Exclusive(
                count: result.exclusiveRows[side], shown: result.exclusiveSamples[side].count,
                columns: plan.columns.map(\.name), samples: result.exclusiveSamples[side],
                profile: result.exclusiveRows[side] == 0
                    ? [] : zip(plan.columns, result.columns).map { Self.profile($0, $1.profile[side]) })
        }
        onlyLeft = exclusive(.left)
        onlyRight = exclusive(.right)
        columns = zip(plan.columns, result.columns).dropFirst(plan.keyCount).map { column, found in
            Values(
                column: found.name, differing: found.differing, equalUnderRule: found.equalUnderRule,
                rule: column.rule.isExact ? nil : column.rule.description,
                samples: found.samples.map { sample in
                    Sample(
                        key: Dictionary(uniqueKeysWithValues: zip(plan.key, sample.key)), left: sample.left,
                        right: sample.right)
                })
        }
        notices = result.notices
    }

    private static func profile(_ column: PlannedColumn, _ profile: ValueProfile) -> ExclusiveColumn {
        let text = { (bytes: [UInt8]?) in
            bytes.map { $0.withUnsafeBytes { CanonicalText.render($0, as: column.form) } }
        }
        return ExclusiveColumn(
            column: column.name, nulls: profile.nulls, distinct: profile.distinct, smallest: text(profile.smallest),
            largest: text(profile.largest),
            frequent: profile.top(5, column.form).map { Frequent(value: $0.value, count: $0.count) })
    }

    /// The document's text.
    public func text() throws -> String { try Self.encoded(self) }

    /// The text of a document that holds others of this kind.
    public static func encoded(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}

extension Dataset {
    /// The table's name, or the query's text.
    public var name: String {
        switch origin {
        case .table(let schema?, let name): "\(schema).\(name)"
        case .table(nil, let name): name
        case .query(let sql): "(\(sql))"
        }
    }
}
