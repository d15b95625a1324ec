import Catalog
import Versions

/// Rewrites a pipeline's versions into fewer and shorter ones with the same rows, before models are planned.
///
/// The lowering writes each statement as if it were alone: conditions of all surrounding branches, casts for every
/// assignment, a step that fills in defaults behind the query. What a reader does not need goes here.
struct PipelineTidier {
    private(set) var pipeline: LoweredPipeline
    var trees: [[TemplateNode]?]
    private var isChanged: [Bool]
    private var order: [VersionID]
    /// Versions that something outside the graph names: they stay what they are.
    let roots: Set<VersionID>
    private let known = Known()

    // A class: rules that read it are made while it grows.
    private final class Known {
        var scalars: [VersionID: Scalar] = [:]
    }

    /// A one-row version without FROM: its columns as expressions.
    struct Scalar {
        var columns: [(name: String, value: [TemplateNode])]
        /// The whole expression of a column is never null.
        var neverNull: Set<String> = []
        /// What must hold for a column to be true.
        var implied: [String: Set<String>] = [:]
    }

    static func tidied(_ pipeline: LoweredPipeline) -> LoweredPipeline {
        let graph = PipelineGraph(pipeline)
        var tidier = PipelineTidier(pipeline, order: graph.order)
        tidier.nameConditions()
        tidier.dropNeedlessCasts()
        tidier.skipCopies()
        tidier.settle()
        tidier.fuse()
        tidier.settle()
        tidier.joinAppends()
        tidier.qualifyColumns()
        tidier.store()
        return tidier.pipeline
    }

    private init(_ pipeline: LoweredPipeline, order: [VersionID]) {
        self.pipeline = pipeline
        self.order = order
        trees = pipeline.versions.map { version in
            guard case .query(let template) = version.body else { return nil }
            return TemplateTree.parse(template)
        }
        isChanged = pipeline.versions.map { _ in false }
        roots = Set(pipeline.finals.map(\.version) + pipeline.results.map(\.version) + pipeline.raised)
    }

    mutating func replace(_ id: VersionID, by tree: [TemplateNode]) {
        trees[id.rawValue] = tree
        isChanged[id.rawValue] = true
    }

    /// A scalar that others will read; it reads nothing itself.
    mutating func add(_ tree: [TemplateNode], name: String, like version: Version) -> VersionID {
        let id = VersionID(pipeline.versions.count)
        pipeline.versions.append(
            Version(
                row: id, TemplateTree.template(tree), columns: [VersionColumn(name, "boolean")], name: name,
                routine: version.routine, lines: version.lines.lowerBound...version.lines.lowerBound,
                isVolatile: false))
        trees.append(tree)
        isChanged.append(false)
        order.insert(id, at: 0)
        return id
    }

    mutating func change(_ id: VersionID, _ edit: (inout Version) -> Void) { edit(&pipeline.versions[id.rawValue]) }

    /// References with a table's name or without, but not both in one SELECT.
    private mutating func qualifyColumns() {
        let qualifiers = ColumnQualifiers { [pipeline] in pipeline[$0].columns.map(\.name) }
        for index in trees.indices {
            guard let tree = trees[index] else { continue }
            let result = qualifiers.applied(to: RowComparisons.spread(tree))
            if TemplateTree.signature(result) != TemplateTree.signature(tree) { replace(VersionID(index), by: result) }
        }
    }

    private mutating func store() {
        for index in trees.indices where isChanged[index] {
            guard let tree = trees[index] else { continue }
            pipeline.versions[index].body = .query(TemplateTree.template(tree))
        }
    }

    // MARK: scalars

    /// Each round may leave a scalar with one reader, or a branch that is known.
    private mutating func settle() {
        simplify()
        for _ in 0..<4 where inlineSingleUses() { simplify() }
    }

    /// Local rules everywhere, and reads of scalars that only pass on something else or are constant replaced by it.
    private mutating func simplify() {
        known.scalars = [:]
        for id in order {
            guard let tree = trees[id.rawValue] else { continue }
            let rules = rules
            let substitution = Substitution(
                value: { [known] version, column in
                    known.scalars[version]?.columns.first { $0.name == column }?.value
                }, neverNull: rules.neverNull, requirements: rules.requirements,
                isCondition: { [pipeline] version, _ in Self.isCondition(pipeline[version]) })
            var result = substitution.applied(to: tree)
            result = rules.simplified(result)
            if TemplateTree.signature(result) != TemplateTree.signature(tree) { replace(id, by: result) }
            let version = pipeline[id]
            guard version.isScalar, !version.isVolatile, !version.isRecursive,
                let columns = Self.columns(result, version.columns.map(\.name))
            else { continue }
            var scalar = Scalar(columns: columns)
            scalar.neverNull = Set(columns.filter { rules.neverNull($0.value) }.map(\.name))
            for (name, value) in columns where scalar.neverNull.contains(name) {
                scalar.implied[name] = rules.requirements(of: value)
            }
            known.scalars[id] = scalar
        }
    }

    private var rules: ExpressionRules {
        let versions = pipeline.versions
        let known = known
        let entry = pipeline.entry
        return ExpressionRules(
            type: { version, column in
                let type = versions[version.rawValue].columns.first { $0.name == column }?.type
                // A length or precision may have been left to the table.
                return type.map { $0.contains("(") ? nil : $0 } ?? nil
            },
            parameterType: { routine, name in
                guard routine == entry.name.description,
                    let parameter = entry.parameters.first(where: { $0.name == name })
                else { return nil }
                return signatureType(of: parameter)
            },
            isNeverNull: { version, column in known.scalars[version]?.neverNull.contains(column) == true },
            implied: { version, column in known.scalars[version]?.implied[column] ?? [] })
    }

    /// A scalar that is read once, where one row is made, needs no name of its own when it is short.
    /// - Returns: whether something changed.
    private mutating func inlineSingleUses() -> Bool {
        var isChanged = false
        let (reads, others) = uses()
        for id in order {
            guard let tree = trees[id.rawValue], !tree.contains(where: { $0.word == "from" }) else { continue }
            let result = Substitution.replacing(tree) { [known, pipeline, roots] version, column in
                // Conditions of rows keep their names.
                if !pipeline[id].isScalar, Self.isCondition(pipeline[version]) { return nil }
                guard reads[version] == 1, others[version] == nil, !roots.contains(version),
                    let value = known.scalars[version]?.columns.first(where: { $0.name == column })?.value,
                    !pipeline[version].staysWithReaders, Substitution.isMovable(value, limit: 60)
                else { return nil }
                return value
            }
            guard TemplateTree.signature(result) != TemplateTree.signature(tree) else { continue }
            for version in TemplateTree.relations(tree) where !TemplateTree.relations(result).contains(version) {
                passComments(of: version, to: id)
            }
            replace(id, by: result)
            isChanged = true
            if known.scalars[id] != nil, let columns = Self.columns(result, pipeline[id].columns.map(\.name)) {
                known.scalars[id]?.columns = columns
            }
        }
        return isChanged
    }

    /// The condition of an IF, of a RETURN or of a failure.
    private static func isCondition(_ version: Version) -> Bool {
        ["condition_line_", "left_at_line_", "raised_line_"].contains { version.name.hasPrefix($0) }
    }

    /// Comments of the original stay with the step that takes the place of theirs.
    mutating func passComments(of version: VersionID, to reader: VersionID) {
        let comments = pipeline[version].comments.filter { !pipeline[reader].comments.contains($0) }
        change(reader) { $0.comments = comments + $0.comments }
    }

    /// How often each version is read as a scalar, and otherwise, by what can be reached.
    func uses() -> (scalar: [VersionID: Int], others: [VersionID: Int]) {
        var scalar: [VersionID: Int] = [:]
        var others: [VersionID: Int] = [:]
        func count(_ nodes: [TemplateNode]) {
            for node in nodes {
                if let (version, _) = ExpressionRules.reference([node]) {
                    scalar[version, default: 0] += 1
                    continue
                }
                switch node.kind {
                case .hole(.relation(let version)): others[version, default: 0] += 1
                case .group(_, let inner, _, _): count(inner)
                case .hole, .atom: break
                }
            }
        }
        var seen: Set<VersionID> = []
        var stack = Array(roots)
        while let id = stack.popLast() {
            guard seen.insert(id).inserted, case .query(let template) = pipeline[id].body else { continue }
            if let tree = trees[id.rawValue] {
                count(tree)
                stack += TemplateTree.relations(tree)
            } else {
                for relation in template.relations { others[relation, default: 0] += 1 }
                stack += template.relations
            }
        }
        return (scalar, others)
    }

    /// `select a as x, b as y` without FROM.
    static func columns(
        _ nodes: [TemplateNode], _ names: [String]
    ) -> [(name: String, value: [TemplateNode])]? {
        let clauses: Set<String> = [
            "from", "where", "union", "intersect", "except", "order", "limit", "group", "having",
        ]
        guard nodes.first?.word == "select", !hasClause(nodes, clauses) else { return nil }
        let items = TemplateTree.split(Array(nodes.dropFirst())) { $0.isComma }
        guard items.count == names.count else { return nil }
        var result: [(name: String, value: [TemplateNode])] = []
        for (item, name) in zip(items, names) {
            guard item.count > 2, item.last?.column == name, item[item.count - 2].word == "as" else { return nil }
            result.append((name, Array(item.dropLast(2))))
        }
        return result
    }

    /// One of the words at this level; `is distinct from` is no clause.
    static func hasClause(_ nodes: [TemplateNode], _ words: Set<String>) -> Bool {
        nodes.indices.contains { index in
            words.contains(nodes[index].word)
                && !(nodes[index].word == "from" && index > 0 && nodes[index - 1].word == "distinct")
        }
    }
}
