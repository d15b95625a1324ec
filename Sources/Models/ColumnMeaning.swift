import Catalog
import Tokens
import Versions

/// Says of a column that nobody described what it is computed from: the columns and expressions of the routine that its
/// values come from, with their lines.
struct ColumnMeaning {
    let lineage: ColumnLineage
    private var pipeline: LoweredPipeline { lineage.pipeline }

    private let memory = Memory()

    init(_ lineage: ColumnLineage) { self.lineage = lineage }

    /// One thing that a column's values come from.
    private enum Source: Hashable {
        /// The rows that the table had before.
        case kept
        case column(QualifiedName, String)
        case constant(String)
        case argument(String)
        case clock
        /// A query that is not followed.
        case lines(routine: String, ClosedRange<Int>)
        case expression(String, routine: String, lines: ClosedRange<Int>)
    }

    /// A sentence or two; where the query does not show it, the lines that it stands in.
    func description(of column: String, in version: Version) -> String {
        guard let sources = sources(version.id, column, depth: 0), !sources.isEmpty else {
            return "Computed by \(version.routine), \(Self.place(version.lines))."
        }
        if sources == [.kept] {
            return version.table.map { "As it stood in \($0) before the call." } ?? "As it stood before the call."
        }
        let others = sources.filter { $0 != .kept }
        if others.count == 1 {
            // "Always" would be wrong of rows that were there before.
            if others.count < sources.count, case .constant(let text) = others[0] {
                return "`\(text)` where the call sets it, else as it stood before."
            }
            return sentence(others[0], routine: version.routine)
        }
        guard others.count <= 4 else {
            return "Set in \(others.count) places, the last of them: \(phrase(others[others.count - 1]))."
        }
        return "One of: \(others.map(phrase).joined(separator: "; "))."
    }

    private func sentence(_ source: Source, routine: String) -> String {
        switch source {
        case .kept: "As it stood before the call."
        case .column(let table, let name):
            if let comment = comment(table, name) {
                "\(comment.hasSuffix(".") ? comment : comment + ".") From \(table).\(name)."
            } else {
                "From \(table).\(name)."
            }
        case .constant(let text): text == "null" ? "Left empty by \(routine)." : "Always `\(text)`."
        case .argument(let name): "The argument \(name)."
        case .clock: "The time of the call."
        case .lines(let routine, let lines): "Computed by \(routine), \(Self.place(lines))."
        case .expression(let text, let routine, let lines): "`\(text)` (\(routine), \(Self.place(lines)))."
        }
    }

    private func phrase(_ source: Source) -> String {
        switch source {
        case .kept: "the value before"
        case .column(let table, let name): "\(table).\(name)"
        case .constant(let text): "`\(text)`"
        case .argument(let name): "the argument \(name)"
        case .clock: "the time of the call"
        case .lines(_, let lines): "what \(Self.place(lines)) compute\(lines.count == 1 ? "s" : "")"
        case .expression(let text, _, let lines): "`\(text)` (\(Self.place(lines)))"
        }
    }

    private func comment(_ table: QualifiedName, _ column: String) -> String? {
        let text = lineage.table(table)?.columns.first { $0.name == column }?.comment
        return text?.isEmpty == false ? text : nil
    }

    static func place(_ lines: ClosedRange<Int>) -> String {
        lines.count == 1 ? "line \(lines.lowerBound)" : "lines \(lines.lowerBound)-\(lines.upperBound)"
    }

    // MARK: where values come from

    /// What is known of columns already: versions are read by many, by many ways.
    private final class Memory {
        var sources: [VersionID: [String: [Source]?]] = [:]
    }

    /// Nil where a query is not followed.
    private func sources(_ id: VersionID, _ column: String, depth: Int) -> [Source]? {
        if let known = memory.sources[id]?[column] { return known }
        guard depth < 200 else { return nil }
        // A value that comes from itself comes from nothing else.
        memory.sources[id, default: [:]][column] = .some([])
        let result = found(pipeline[id], column, depth)
        memory.sources[id, default: [:]][column] = .some(result)
        return result
    }

    private func found(_ version: Version, _ column: String, _ depth: Int) -> [Source]? {
        switch version.body {
        case .source(let table): return [.column(table, column)]
        case .state: return [.kept]
        case .refused: return nil
        case .query:
            guard let arms = lineage.arms(version.id) else {
                return [.lines(routine: version.routine, version.lines)]
            }
            var result: [Source] = []
            for arm in arms {
                guard let value = arm.items[column], let more = sources(value, in: arm, of: version, depth) else {
                    return nil
                }
                result += more.filter { !result.contains($0) }
            }
            return result
        }
    }

    private func sources(
        _ nodes: [TemplateNode], in arm: ColumnLineage.Arm, of version: Version, _ depth: Int
    ) -> [Source]? {
        let value = ColumnLineage.withoutCast(nodes)
        if let (origin, column, _) = lineage.origin(value, in: arm), origin != version.id {
            return sources(origin, column, depth: depth + 1)
        }
        // An update: the old value where the condition does not hold.
        if value.first?.word == "case", let (parts, end) = CaseExpression.read(value, 0), end == value.count - 1,
            parts.operand.isEmpty, parts.arms.count == 1, let otherwise = parts.otherwise, version.table != nil,
            lineage.origin(ColumnLineage.withoutCast(otherwise), in: arm) != nil
        {
            guard let old = sources(otherwise, in: arm, of: version, depth),
                let new = sources(parts.arms[0].value, in: arm, of: version, depth)
            else { return nil }
            return old + new.filter { !old.contains($0) }
        }
        if value.count == 1 {
            switch value[0].kind {
            case .atom(let text, .string) where text.hasPrefix("'"), .atom(let text, .number):
                return [.constant(text)]
            case .hole(.parameter(_, let name)): return [.argument(name)]
            case .hole(.callTimestamp): return [.clock]
            default: break
            }
            if ["null", "true", "false"].contains(value[0].word) { return [.constant(value[0].word)] }
        }
        return [.expression(text(value), routine: version.routine, lines: version.lines)]
    }

    /// An expression on one line, without comments, cut where it is long.
    private func text(_ nodes: [TemplateNode]) -> String {
        var result = ""
        append(nodes, to: &result)
        let plain = result.replacing("`", with: "'")
        return plain.count > 100 ? plain.prefix(97) + " …" : plain
    }

    private func append(_ nodes: [TemplateNode], to result: inout String) {
        for (index, node) in nodes.enumerated() {
            if index > 0, !node.lead.isEmpty || needsBlank(nodes[index - 1], node) { result += " " }
            switch node.kind {
            case .atom(let text, _): result += text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            case .hole(.relation(let id)): result += pipeline[id].name
            case .hole(.parameter(_, let name)), .hole(.parameterText(_, let name)): result += name
            case .hole(.callTimestamp): result += "now()"
            case .hole(.function(let signature)): result += signature.prefix { $0 != "(" }
            case .hole(.legacyTable(let table)): result += table.description
            case .hole(.text(let text)): result += text
            case .group(let open, let inner, _, let close):
                if let (_, column) = ExpressionRules.reference([node]) {
                    // A variable of the routine, read as a row of its own.
                    result += column
                } else {
                    result += open
                    append(inner, to: &result)
                    result += close
                }
            }
        }
    }

    private func needsBlank(_ left: TemplateNode, _ right: TemplateNode) -> Bool {
        !left.word.isEmpty && !right.word.isEmpty
    }
}
