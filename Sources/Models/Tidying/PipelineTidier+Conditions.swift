import Catalog
import Tokens
import Versions

/// Conditions over parameters alone that several statements repeat become a scalar with a name.
///
/// `if extract(isodow from p_day) > 5 then .. return; end if;` guards all that follows. Written out each time it hides
/// the statements; as `(select condition_line_11 from ..)` it can also be recognised as the same condition.
extension PipelineTidier {
    mutating func nameConditions() {
        var found: [String: (count: Int, nodes: [TemplateNode], version: VersionID)] = [:]
        var order: [String] = []
        for index in trees.indices {
            guard let tree = trees[index], !pipeline.versions[index].isRecursive else { continue }
            Self.conditions(tree) { nodes in
                let signature = TemplateTree.signature(nodes)
                if found[signature] == nil {
                    order.append(signature)
                    found[signature] = (0, nodes, VersionID(index))
                }
                found[signature]?.count += 1
            }
        }
        var names: [String: (VersionID, String)] = [:]
        for signature in order {
            guard let condition = found[signature], condition.count > 1 else { continue }
            let first = pipeline[condition.version]
            let name = "condition_line_\(first.lines.lowerBound)"
            var nodes = condition.nodes
            nodes[0].lead = " "
            names[signature] = (
                add([.word("select", lead: "")] + nodes + [.word("as"), .word(name)], name: name, like: first), name
            )
        }
        guard !names.isEmpty else { return }
        let added = Set(names.values.map(\.0))
        for index in trees.indices where !added.contains(VersionID(index)) {
            guard let tree = trees[index], !pipeline.versions[index].isRecursive else { continue }
            if let result = Self.naming(tree, names) { replace(VersionID(index), by: result) }
        }
    }

    /// `coalesce(.., false)` over parameters, as IF writes it.
    private static func conditions(_ nodes: [TemplateNode], _ body: ([TemplateNode]) -> Void) {
        for index in nodes.indices {
            guard let inner = nodes[index].inner else { continue }
            if index > 0, nodes[index - 1].word == "coalesce", isCondition(inner) {
                body([nodes[index - 1], nodes[index]])
            } else {
                conditions(inner, body)
            }
        }
    }

    private static func isCondition(_ inner: [TemplateNode]) -> Bool {
        let arguments = TemplateTree.split(inner) { $0.isComma }
        return arguments.count == 2 && arguments[1].map(\.word) == ["false"] && TemplateTree.size(inner) > 5
            && TemplateTree.relations(inner).isEmpty && hasParameter(inner) && !TemplateTree.hasComment(inner)
            && SimpleSelect.callsRowFunctionsOnly(inner) && !ExpressionRules.mayFail(inner)
            && !readsNames(inner)
    }

    private static func hasParameter(_ nodes: [TemplateNode]) -> Bool {
        nodes.contains { node in
            if case .hole(.parameter) = node.kind { return true }
            if case .group(_, let inner, _, _) = node.kind { return hasParameter(inner) }
            return false
        }
    }

    /// A name may be a column.
    private static func readsNames(_ nodes: [TemplateNode]) -> Bool { !readsNoColumn(nodes) }

    private static func naming(
        _ nodes: [TemplateNode], _ names: [String: (VersionID, String)]
    ) -> [TemplateNode]? {
        var result: [TemplateNode] = []
        var isChanged = false
        var index = 0
        while index < nodes.count {
            defer { index += 1 }
            var node = nodes[index]
            if node.word == "coalesce", index + 1 < nodes.count,
                let (version, name) = names[TemplateTree.signature([node, nodes[index + 1]])]
            {
                result.append(.reference(version, name, lead: node.lead))
                index += 1
                isChanged = true
                continue
            }
            if case .group(let open, let inner, let closeLead, let close) = node.kind,
                let changed = naming(inner, names)
            {
                node.kind = .group(open: open, changed, closeLead: closeLead, close: close)
                isChanged = true
            }
            result.append(node)
        }
        return isChanged ? result : nil
    }
}
