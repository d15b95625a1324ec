import ArgumentParser
import Diff
import Endpoints
import Foundation

/// What is compared, and how.
struct DiffOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The table on the left, and after = the one on the right if it has another name.", valueName: "a[=b]"))
    var table: String?

    @Option(help: ArgumentHelp("A query instead of a table on the left.", valueName: "sql"))
    var queryLeft: String?

    @Option(help: ArgumentHelp("A query instead of a table on the right.", valueName: "sql"))
    var queryRight: String?

    @Option(
        help: ArgumentHelp(
            "A column that identifies rows; may be repeated (default: found by itself).", valueName: "column"))
    var key: [String] = []

    @Option(help: ArgumentHelp("Compare only these, separated by commas; may be repeated.", valueName: "columns"))
    var columns: [String] = []

    @Option(help: ArgumentHelp("Leave these out, separated by commas; may be repeated.", valueName: "columns"))
    var exclude: [String] = []

    @Option(help: ArgumentHelp("A column with another name on the right; may be repeated.", valueName: "left=right"))
    var map: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only rows for which this holds, on both sides.", valueName: "sql"))
    var filter: String?

    @Option(help: ArgumentHelp("Only rows of the left for which this holds.", valueName: "sql"))
    var whereLeft: String?

    @Option(help: ArgumentHelp("Only rows of the right for which this holds.", valueName: "sql"))
    var whereRight: String?

    @Option(help: ArgumentHelp("Only rows at or above a watermark.", valueName: "column=value"))
    var since: String?

    @Option(help: ArgumentHelp("Only rows below a watermark.", valueName: "column=value"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "What may differ: COLUMN:RULE,.. or type:FAMILY:RULE,.. or *:RULE,..; rules are abs=N, rel=N, within=N(us|ms|s), "
                + "precision=N, trim, case, empty_is_null, unordered, zone=+HH:MM, cast=TYPE.",
            valueName: "rule"))
    var rule: [String] = []

    @Option(
        name: .customLong("rule-sql"),
        help: ArgumentHelp(
            "Values are equal where this SQL expression over l and r holds, as in amount:abs(l - r) < 0.01 * l.",
            valueName: "column:expression"))
    var ruleSQL: [String] = []

    @Option(help: ArgumentHelp("join, stream or checksum (default: chosen by itself).", valueName: "name"))
    var strategy: String?

    @Option(
        name: .customLong("move-limit"),
        help: ArgumentHelp(
            "Rows of a side beyond which the servers sum up hashes instead of sending rows, where both can (default: 100000000).",
            valueName: "rows"))
    var moveLimit: Int?

    @Option(
        help: ArgumentHelp(
            "Compare a part of the keys: N rows or P% of them, the same on both sides.", valueName: "n|p%"))
    var sample: String?

    @Option(
        help: ArgumentHelp(
            "Write all differences to FILE.csv, FILE.parquet, sqlite:FILE, or a new table left:TABLE or right:TABLE.",
            valueName: "target"))
    var out: String?

    @Option(help: ArgumentHelp("Most memory for rows, such as 2GiB (default: 512MiB).", valueName: "size"))
    var memory: String?

    @Option(help: ArgumentHelp("Parts that are read at the same time (default: 1).", valueName: "n"))
    var jobs: Int?

    @Option(help: ArgumentHelp("Samples kept for a column and a side (default: 20).", valueName: "n"))
    var samples: Int?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs needs a number above zero.") }
        if let moveLimit, moveLimit < 0 { throw ValidationError("--move-limit needs a number that is not negative.") }
        if let samples, samples < 0 { throw ValidationError("--samples needs a number that is not negative.") }
        if let strategy, Strategy(rawValue: strategy) == nil {
            throw ValidationError("--strategy is one of \(Strategy.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        if let memory, Self.bytes(memory) == nil { throw ValidationError("--memory needs a size such as 512MiB.") }
        for pair in map where pair.split(separator: "=", maxSplits: 1).count != 2 {
            throw ValidationError("--map needs left=right, not \(pair).")
        }
    }

    func settings() throws -> DiffSettings {
        var settings = DiffSettings()
        settings.key = key.flatMap(Self.names)
        settings.columns = columns.flatMap(Self.names)
        settings.excluded = exclude.flatMap(Self.names)
        for pair in map {
            let pieces = pair.split(separator: "=", maxSplits: 1).map(String.init)
            settings.mapped[pieces[0]] = pieces[1]
        }
        for text in rule {
            let pieces = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            let isFamily = pieces.first == "type"
            guard pieces.count >= (isFamily ? 3 : 2) else {
                throw ValidationError("--rule needs COLUMN:RULE, not \(text).")
            }
            let name = isFamily ? "type:\(pieces[1])" : pieces[0]
            if isFamily && !DiffSettings.families.contains(pieces[1]) {
                throw ValidationError("--rule type: is one of \(DiffSettings.families.joined(separator: ", ")).")
            }
            // A zone has a colon of its own.
            try settings.rules[name, default: ColumnRule()].add(
                pieces.dropFirst(isFamily ? 2 : 1).joined(separator: ":"))
        }
        for text in ruleSQL {
            let pieces = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard pieces.count == 2 else { throw ValidationError("--rule-sql needs COLUMN:EXPRESSION, not \(text).") }
            settings.rules[pieces[0], default: ColumnRule()].predicate = pieces[1]
        }
        settings.strategy = strategy.flatMap(Strategy.init)
        settings.moveLimit = moveLimit ?? settings.moveLimit
        settings.memory = memory.flatMap(Self.bytes) ?? settings.memory
        settings.jobs = jobs ?? 1
        settings.samples = samples ?? settings.samples
        if let sample { settings.sample = try Self.sample(sample) }
        return settings
    }

    /// What is read on each side; a CSV or Parquet file needs no table's name.
    func datasets(_ addresses: Sides<Address>) throws -> Sides<Dataset> {
        var names = (table ?? "").split(separator: "=", maxSplits: 1).map(String.init)
        if names.count == 1 { names.append(names[0]) }
        let isNamed = Sides(
            left: queryLeft != nil || addresses.left.isTable, right: queryRight != nil || addresses.right.isTable)
        guard !names.isEmpty || (isNamed.left && isNamed.right) else {
            throw ValidationError("Name what to compare: --table A[=B], or --query-left and --query-right.")
        }
        let bounds = [try Self.bound(since, ">=", "--since"), try Self.bound(until, "<", "--until")].compactMap { $0 }
        let dataset = { (query: String?, name: String?, own: String?) -> Dataset in
            let filters = [filter, own].compactMap { $0 } + bounds
            let condition = filters.isEmpty ? nil : filters.map { "(\($0)\n)" }.joined(separator: " AND ")
            if let query { return Dataset(.query(query), filter: condition) }
            return Dataset(Self.table(name ?? ""), filter: condition)
        }
        return Sides(
            left: dataset(queryLeft, names.first, whereLeft), right: dataset(queryRight, names.last, whereRight))
    }

    /// `schema.table`, with double quotes around what holds points or capitals.
    static func table(_ text: String) -> Dataset.Origin {
        var parts: [String] = [""]
        var isQuoted = false
        var previousWasQuote = false
        for character in text {
            if character == "\"" {
                // Two quotes inside of quotes are one.
                if !isQuoted && previousWasQuote { parts[parts.count - 1].append("\"") }
                isQuoted.toggle()
                previousWasQuote = !isQuoted
                continue
            }
            previousWasQuote = false
            if character == "." && !isQuoted { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        guard parts.count > 1 else { return .table(schema: nil, name: parts[0]) }
        return .table(schema: parts.dropLast().joined(separator: "."), name: parts[parts.count - 1])
    }

    /// `5%`, `10000`.
    private static func sample(_ text: String) throws -> DiffSettings.Sample {
        if text.hasSuffix("%"), let share = Double(text.dropLast()), share > 0, share <= 100 {
            return .share(share / 100)
        }
        if let rows = Int(text), rows > 0 { return .rows(rows) }
        throw ValidationError("--sample needs a number of rows or a percentage such as 5%.")
    }

    /// `updated_at=2024-01-01` as a condition.
    private static func bound(_ text: String?, _ comparison: String, _ option: String) throws -> String? {
        guard let text else { return nil }
        let pieces = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard pieces.count == 2 else { throw ValidationError("\(option) needs COLUMN=VALUE, not \(text).") }
        let isPlain = pieces[0].utf8.allSatisfy {
            ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
        }
        // Bare where it can be: engines quote names in different ways.
        let column = isPlain ? pieces[0] : "\"\(pieces[0].replacing("\"", with: "\"\""))\""
        return "\(column) \(comparison) '\(pieces[1].replacing("'", with: "''"))'"
    }

    private static func names(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// `512MiB`, `2GB`, `100000`.
    static func bytes(_ text: String) -> Int? {
        let units: [(String, Int)] = [
            ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1000), ("mb", 1_000_000),
            ("gb", 1_000_000_000),
            ("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30), ("b", 1),
        ]
        let lower = text.lowercased()
        for (unit, factor) in units where lower.hasSuffix(unit) {
            let number = lower.dropLast(unit.count).trimmingCharacters(in: .whitespaces)
            return Double(number).flatMap { $0 > 0 ? Int($0 * Double(factor)) : nil }
        }
        return Int(lower).flatMap { $0 > 0 ? $0 : nil }
    }
}
