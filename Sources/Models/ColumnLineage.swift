import Catalog
import Tokens
import Versions

/// What the columns of a pipeline's versions are made of, as far as their queries show it.
///
/// A class, since answers about one version are asked for again and again.
final class ColumnLineage {
    /// One SELECT of a version's query.
    struct Arm {
        /// Expressions by the column that they fill.
        let items: [String: [TemplateNode]]
        /// Versions that a qualifier stands for.
        let aliases: [String: VersionID]
        /// The version of all unqualified columns.
        let only: VersionID?
        /// Qualifiers whose rows an outer join may fill up with NULL.
        let optional: Set<String>
    }

    let pipeline: LoweredPipeline
    let table: (QualifiedName) -> Table?
    /// Whether a version is one that a handler may take back, or computed from such rows: keys of a query are partly those
    /// of what it reads.
    private(set) lazy var isProvisional: [Bool] = {
        var result = pipeline.versions.map(\.isProvisional)
        for version in pipeline.versions where version.table == nil {
            guard case .query(let template) = version.body else { continue }
            let inputs = template.relations.filter { $0 < version.id }
            if inputs.contains(where: { result[$0.rawValue] }) { result[version.id.rawValue] = true }
        }
        return result
    }()
    private var arms: [VersionID: [Arm]?] = [:]
    private var answers: [VersionID: [String: Bool]] = [:]

    init(_ pipeline: LoweredPipeline, table: @escaping (QualifiedName) -> Table?) {
        self.pipeline = pipeline
        self.table = table
    }

    /// The SELECTs between UNIONs; nil for a query that is more than that.
    func arms(_ id: VersionID) -> [Arm]? {
        if let known = arms[id] { return known }
        let result = read(pipeline[id])
        arms[id] = .some(result)
        return result
    }

    private func read(_ version: Version) -> [Arm]? {
        guard case .query(let template) = version.body, !version.isRecursive, let tree = TemplateTree.parse(template)
        else { return nil }
        var result: [Arm] = []
        for part in TemplateTree.split(tree, at: { $0.word == "union" }) {
            let nodes = part.first?.word == "all" ? Array(part.dropFirst()) : part
            // ROLLUP and its like put NULL into the columns that they group by.
            guard let select = SimpleSelect(nodes), let named = select.namedItems(version.columns.map(\.name)),
                !select.tail.contains(where: { ["rollup", "cube", "grouping"].contains($0.word) })
            else { return nil }
            result.append(
                Arm(
                    items: named.mapValues(Self.value), aliases: ColumnOrigins.aliases(nodes), only: select.source,
                    optional: Self.optional(nodes)))
        }
        return result
    }

    /// An item without its `as name`.
    private static func value(_ item: [TemplateNode]) -> [TemplateNode] {
        item.count > 2 && item[item.count - 2].word == "as" ? Array(item.dropLast(2)) : item
    }

    /// With RIGHT and FULL joins every side may be filled up, with LEFT joins all but the first.
    private static func optional(_ nodes: [TemplateNode]) -> Set<String> {
        guard let from = nodes.firstIndex(where: { $0.word == "from" }) else { return [] }
        var names: [String] = []
        var isLeft: Set<String> = []
        var joined = false
        var isFilled = false
        for index in nodes.indices[from...] {
            switch nodes[index].word {
            case "left" where nodes[safe: index + 1]?.inner == nil: joined = true
            case "right" where nodes[safe: index + 1]?.inner == nil, "full": isFilled = true
            default: break
            }
            let next = nodes[safe: index + 1]?.word == "as" ? index + 2 : index + 1
            var isRelation = nodes[index].inner != nil
            if case .hole(.relation) = nodes[index].kind { isRelation = true }
            guard isRelation, let alias = nodes[safe: next]?.column else { continue }
            names.append(alias)
            // What stands behind the first LEFT is not looked at one by one.
            if joined { isLeft.insert(alias) }
        }
        return isFilled ? Set(names) : isLeft
    }

    /// The version and column that a plain reference means.
    func origin(_ value: [TemplateNode], in arm: Arm) -> (version: VersionID, column: String, isOptional: Bool)? {
        if let (version, column) = ExpressionRules.reference(value) { return (version, column, false) }
        if value.count == 3, case .atom(_, .dot) = value[1].kind, let alias = value[0].column,
            let column = value[2].column, let version = arm.aliases[alias]
        {
            return (version, column, arm.optional.contains(alias))
        }
        guard value.count == 1, let column = value[0].column, let only = arm.only, arm.optional.isEmpty,
            pipeline[only].columns.contains(where: { $0.name == column })
        else { return nil }
        return (only, column, false)
    }

    /// `cast(x as type)` and `x::type`: what is cast.
    static func withoutCast(_ nodes: [TemplateNode]) -> [TemplateNode] {
        let value = ExpressionRules.unwrapped(nodes)
        if value.count == 2, value[0].word == "cast", let inner = value[1].inner,
            let end = inner.lastIndex(where: { $0.word == "as" })
        {
            return withoutCast(Array(inner[..<end]))
        }
        if let position = value.firstIndex(where: { if case .atom("::", _) = $0.kind { true } else { false } }),
            position == 1 || position == 3 && value[1].column == nil && value[1].inner == nil && !value[1].isOperator,
            value[(position + 1)...].allSatisfy({ !$0.isOperator })
        {
            return withoutCast(Array(value[..<position]))
        }
        return value
    }

    // MARK: never null

    /// Whether no row of a version has NULL in a column, whatever the data: by a constraint that holds at the end of
    /// each statement, or by the form of the expression.
    func neverNull(_ id: VersionID, _ column: String, depth: Int = 0) -> Bool {
        if let known = answers[id]?[column] { return known }
        // A loop of references proves nothing.
        answers[id, default: [:]][column] = false
        let result = isNeverNull(pipeline[id], column, depth)
        answers[id, default: [:]][column] = result
        return result
    }

    private func isNeverNull(_ version: Version, _ column: String, _ depth: Int) -> Bool {
        guard depth < 40 else { return false }
        if let name = version.table, !version.isProvisional,
            table(name)?.columns.first(where: { $0.name == column })?.notNull == true
        {
            return true
        }
        guard case .query = version.body, let arms = arms(version.id) else { return false }
        return arms.allSatisfy { arm in arm.items[column].map { neverNull($0, in: arm, depth) } ?? false }
    }

    private func neverNull(_ nodes: [TemplateNode], in arm: Arm, _ depth: Int) -> Bool {
        let value = Self.withoutCast(nodes)
        guard let first = value.first else { return false }
        if ExpressionRules.reference(value) == nil,
            let (version, column, isOptional) = origin(value, in: arm)
        {
            return !isOptional && neverNull(version, column, depth: depth + 1)
        }
        if value.count == 1 {
            if case .atom(_, let kind) = first.kind, kind == .string || kind == .number { return true }
            if case .hole(.callTimestamp) = first.kind { return true }
            return ["true", "false", "current_date", "current_timestamp"].contains(first.word)
        }
        if first.word == "case", let (parts, end) = CaseExpression.read(value, 0), end == value.count - 1 {
            guard let otherwise = parts.otherwise else { return false }
            return neverNull(otherwise, in: arm, depth) && parts.arms.allSatisfy { neverNull($0.value, in: arm, depth) }
        }
        guard let inner = value[1].inner, value.count == 2 || value[safe: 2]?.word == "over" && value.count == 4 else {
            return false
        }
        switch first.word {
        case "count", "row_number", "rank", "dense_rank": return true
        case "concat", "now", "clock_timestamp", "exists": return value.count == 2
        case "coalesce":
            return value.count == 2
                && TemplateTree.split(inner) { $0.isComma }.contains { neverNull($0, in: arm, depth) }
        default: return false
        }
    }
}

extension Array {
    /// The element, or nil outside the array.
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
