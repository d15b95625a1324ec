import Diff
import Foundation
import Yams

/// The `diff` section of a proc2dbt.yml: settings by table, and comparisons that are run together.
///
///     diff:
///       connections: 4
///       tables:
///         public.orders: {key: [id], exclude: [loaded_at], rules: {amount: abs=0.01}}
///       runs:
///         - {left: "postgresql://reader:${PASSWORD}@old/dwh", right: "duckdb:new.duckdb", table: public.orders=orders}
struct DiffFile {
    /// What can be said of a table, or of one run.
    struct Entry: Decodable {
        var name: String?
        var left: String?
        var right: String?
        var table: String?
        var query_left: String?
        var query_right: String?
        var key: [String]?
        var columns: [String]?
        var exclude: [String]?
        var map: [String: String]?
        var `where`: String?
        var where_left: String?
        var where_right: String?
        var since: String?
        var until: String?
        var rules: [String: String]?
        var rules_sql: [String: String]?
        var strategy: String?
        var sample: String?
        var memory: String?
        var jobs: Int?
        var samples: Int?
        var out: String?
    }

    /// Sessions that a database gets at the same time.
    var connections = 4
    var tables: [String: Entry] = [:]
    var runs: [Entry] = []

    private struct File: Decodable { var diff: Section? }
    private struct Section: Decodable {
        var connections: Int?
        var tables: [String: Entry]?
        var runs: [Entry]?
    }

    private static let entryKeys: Set<String> = [
        "name", "left", "right", "table", "query_left", "query_right", "key", "columns", "exclude", "map", "where",
        "where_left", "where_right", "since", "until", "rules", "rules_sql", "strategy", "sample", "memory", "jobs",
        "samples",
        "out",
    ]

    /// Reads a file; throws one line that says where and what.
    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure("cannot read \(path): no such file")
        }
        let text = String(decoding: data, as: UTF8.self)
        do {
            try Self.check(Yams.compose(yaml: text), path)
            let section = try YAMLDecoder().decode(File.self, from: text).diff
            connections = section?.connections ?? 4
            tables = section?.tables ?? [:]
            runs = section?.runs ?? []
        } catch let error as DecodingError {
            throw Failure("\(path): \(Self.text(error))")
        } catch let error as YamlError {
            throw Failure("\(path): \(error)")
        }
        guard connections >= 2 else { throw Failure("\(path): diff.connections must be 2 or more") }
    }

    /// A key that nobody knows is a mistake.
    private static func check(_ root: Node?, _ path: String) throws {
        guard let section = root?.mapping?["diff"] else { return }
        func check(_ node: Node, _ keys: Set<String>, _ place: String) throws {
            for key in node.mapping?.keys.compactMap(\.scalar) ?? [] where !keys.contains(key.string) {
                let line = key.mark.map { ":\($0.line)" } ?? ""
                throw Failure(
                    "\(path)\(line): \(place).\(key.string) is unknown; known are \(keys.sorted().joined(separator: ", "))"
                )
            }
        }
        try check(section, ["connections", "tables", "runs"], "diff")
        for (name, entry) in section.mapping?["tables"]?.mapping.map(Array.init) ?? [] {
            try check(entry, entryKeys, "diff.tables.\(name.scalar?.string ?? "")")
        }
        for entry in section.mapping?["runs"]?.sequence.map(Array.init) ?? [] {
            try check(entry, entryKeys, "diff.runs")
        }
    }

    private static func text(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    /// `${NAME}` becomes what the environment says, so that no password need stand in the file.
    static func expanded(_ text: String) throws -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.range(of: "${") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw Failure("an address has ${ without }")
            }
            let name = String(rest[start.upperBound..<end])
            guard let value = ProcessInfo.processInfo.environment[name] else {
                throw Failure("the environment has no \(name), which an address asks for")
            }
            result += value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}

extension DiffOptions {
    /// With what a file says for a table, where the command line says nothing.
    func merged(with entry: DiffFile.Entry?) -> DiffOptions {
        guard let entry else { return self }
        var merged = self
        if table == nil { merged.table = entry.table }
        if queryLeft == nil { merged.queryLeft = entry.query_left }
        if queryRight == nil { merged.queryRight = entry.query_right }
        if key.isEmpty { merged.key = entry.key ?? [] }
        if columns.isEmpty { merged.columns = entry.columns ?? [] }
        if exclude.isEmpty { merged.exclude = entry.exclude ?? [] }
        if map.isEmpty { merged.map = (entry.map ?? [:]).map { "\($0)=\($1)" }.sorted() }
        if filter == nil { merged.filter = entry.where }
        if whereLeft == nil { merged.whereLeft = entry.where_left }
        if whereRight == nil { merged.whereRight = entry.where_right }
        if since == nil { merged.since = entry.since }
        if until == nil { merged.until = entry.until }
        if rule.isEmpty { merged.rule = (entry.rules ?? [:]).map { "\($0):\($1)" }.sorted() }
        if ruleSQL.isEmpty { merged.ruleSQL = (entry.rules_sql ?? [:]).map { "\($0):\($1)" }.sorted() }
        if strategy == nil { merged.strategy = entry.strategy }
        if sample == nil { merged.sample = entry.sample }
        if memory == nil { merged.memory = entry.memory }
        if jobs == nil { merged.jobs = entry.jobs }
        if samples == nil { merged.samples = entry.samples }
        if out == nil { merged.out = entry.out }
        return merged
    }
}
