import Catalog
import Tokens
import Versions

/// Says of a column that nobody described what it is computed from: the columns and expressions of the routine that its
/// values come from, with their lines.
struct ColumnMeaning {
    let lineage: ColumnLineage
    private var pipeline: LoweredPipeline { lineage.pipeline }

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
        var sources: [Source] = []
        guard collect(version.id, column, depth: 0, into: &sources), !sources.isEmpty else {
            return "Computed by \(version.routine), \(Self.place(version.lines))."
        }
        if sources == [.kept] {
            return version.table.map { "As it stood in \($0) before the call." } ?? "As it stood before the call."
        }
        let others = sources.filter { $0 != .kept }
        if others.count == 1 { return sentence(others[0], routine: version.routine) }
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

    /// - Returns: false where a query is not followed.
    private func collect(_ id: VersionID, _ column: String, depth: Int, into sources: inout [Source]) -> Bool {
        guard depth < 60, sources.count < 12 else { return false }
        let version = pipeline[id]
        func add(_ source: Source) { if !sources.contains(source) { sources.append(source) } }
        switch version.body {
        case .source(let table): add(.column(table, column))
        case .state: add(.kept)
        case .refused: return false
        case .query:
            guard let arms = lineage.arms(id) else {
                add(.lines(routine: version.routine, version.lines))
                return true
            }
            for arm in arms {
                guard let value = arm.items[column], collect(value, in: arm, of: version, depth, into: &sources) else {
                    return false
                }
            }
        }
        return true
    }

    private func collect(
        _ nodes: [TemplateNode], in arm: ColumnLineage.Arm, of version: Version, _ depth: Int,
        into sources: inout [Source]
    ) -> Bool {
        let value = ColumnLineage.withoutCast(nodes)
        if let (origin, column, _) = lineage.origin(value, in: arm), origin != version.id {
            return collect(origin, column, depth: depth + 1, into: &sources)
        }
        func add(_ source: Source) -> Bool {
            if !sources.contains(source) { sources.append(source) }
            return true
        }
        // An update: the old value where the condition does not hold.
        if value.first?.word == "case", let (parts, end) = CaseExpression.read(value, 0), end == value.count - 1,
            parts.operand.isEmpty, parts.arms.count == 1, let otherwise = parts.otherwise, version.table != nil,
            lineage.origin(ColumnLineage.withoutCast(otherwise), in: arm) != nil
        {
            return collect(otherwise, in: arm, of: version, depth, into: &sources)
                && collect(parts.arms[0].value, in: arm, of: version, depth, into: &sources)
        }
        if value.count == 1 {
            switch value[0].kind {
            case .atom(let text, .string) where text.hasPrefix("'"), .atom(let text, .number):
                return add(.constant(text))
            case .hole(.parameter(_, let name)): return add(.argument(name))
            case .hole(.callTimestamp): return add(.clock)
            default: break
            }
            if ["null", "true", "false"].contains(value[0].word) { return add(.constant(value[0].word)) }
        }
        return add(.expression(text(value), routine: version.routine, lines: version.lines))
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
