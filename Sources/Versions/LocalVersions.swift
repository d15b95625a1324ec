import Steps
import Tokens

/// Versions that a loop's body makes for one iteration at a time.
///
/// They read columns of the iteration (`it.x`), so that they can stand nowhere but inside an expression of it: what reads
/// them gets their query in place of a name.
struct LocalVersions {
    private let versions: [Version]
    private let ids: Set<VersionID>

    /// Finds them among all versions made since the iteration's own.
    init(_ iteration: VersionID, in versions: [Version]) {
        var local: Set<VersionID> = []
        for version in versions[(iteration.rawValue + 1)...] {
            // What reads the iterations as a whole brings the name `it` along.
            guard case .query(let body) = version.body, !body.relations.contains(iteration) else { continue }
            if body.reads("it") || body.relations.contains(where: local.contains) { local.insert(version.id) }
        }
        self.versions = versions
        ids = local
    }

    func contains(_ id: VersionID) -> Bool { ids.contains(id) }

    /// The template with every local version's query in its place.
    func expand(_ template: SQLTemplate) -> SQLTemplate {
        guard template.relations.contains(where: ids.contains) else { return template }
        var result = SQLTemplate()
        for (position, part) in template.parts.enumerated() {
            guard case .relation(let id) = part, ids.contains(id), case .query(let body) = versions[id.rawValue].body
            else {
                result.append(part)
                continue
            }
            let version = versions[id.rawValue]
            if version.isRecursive {
                let name = SQLText.identifier("it_" + version.name)
                let clauses = version.recursionClauses.isEmpty ? "" : " " + version.recursionClauses
                let query = expand(naming(id, name, in: body))
                result.append("(with recursive \(name) as (\(query))\(clauses) select * from \(name))" as SQLTemplate)
            } else {
                result.append("(\(expand(body)))" as SQLTemplate)
            }
            if !hasAlias(template.parts[safe: position + 1]) {
                result.append(" as \(SQLText.identifier(version.name))")
            }
        }
        return result
    }

    private func naming(_ id: VersionID, _ name: String, in body: SQLTemplate) -> SQLTemplate {
        var result = SQLTemplate()
        for part in body.parts { if part == .relation(id) { result.append(name) } else { result.append(part) } }
        return result
    }

    /// Whether a table's name is followed by an alias: `as x`, or a word that can't stand behind a table otherwise.
    private func hasAlias(_ next: SQLTemplate.Part?) -> Bool {
        guard case .text(let text)? = next else { return false }
        let source = SourceText(text, profile: .postgresql)
        guard source.count > 0, source.isName(0) else { return false }
        if source.keyword(0) == .as { return true }
        let followers: Set<String> = [
            "where", "group", "having", "order", "limit", "offset", "fetch", "for", "union", "except", "intersect",
            "window", "on", "using", "inner", "cross", "left", "right", "full", "join", "natural", "tablesample",
            "returning", "set", "when", "then", "end", "and", "or", "not", "is", "from", "with",
        ]
        return source.kind(0) == .quotedIdentifier || !followers.contains(source.name(0))
    }
}
