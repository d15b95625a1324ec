import Catalog
import Models
import Steps
import Tokens
import Types
import Versions

/// Rewrites the templates of one model: holes become names on the way through the rewriter, and holes again behind it.
struct TemplateRewriter {
    let types: TargetTypes
    /// Columns by the name under which a version is read.
    var tables: [String: [TypedColumn]]
    /// What a version is called.
    let names: [VersionID: String]
    let parameters: (_ routine: String, _ name: String) -> String?

    static let mark = "p2dhole"
    /// Behind a hole's word: the parameter's value as the text that was given.
    static let textMark = "_as_text"

    /// A template as text, with the scope in which the names of its holes mean something.
    private struct Opened {
        var text = ""
        var holes: [SQLTemplate.Part] = []
        var scope = QueryScope()
    }

    private func opened(_ template: SQLTemplate) throws(Untranslatable) -> Opened {
        var result = Opened()
        var constants: [TypedColumn] = []
        for part in template.parts {
            if case .text(let text) = part {
                result.text += text
                continue
            }
            let number = result.holes.firstIndex(of: part) ?? result.holes.count
            let word = "\(Self.mark)\(number)"
            if number == result.holes.count { result.holes.append(part) }
            result.text += word
            switch part {
            case .relation(let id): result.scope.tables[word] = names[id].flatMap { tables[$0] }
            case .parameter(let routine, let name):
                constants.append(TypedColumn(name: word, type: parameters(routine, name)))
            case .callTimestamp: constants.append(TypedColumn(name: word, type: "timestamp with time zone"))
            case .function(let signature):
                throw Untranslatable(
                    "the function \(signature), which stays one, cannot be made in \(types.rules.target)")
            case .legacyTable, .parameterText, .text: break
            }
        }
        result.scope.relations = [QueryScope.Relation(name: nil, columns: constants)]
        return result
    }

    private func closed(_ text: String, _ holes: [SQLTemplate.Part]) -> SQLTemplate {
        var result = SQLTemplate()
        var rest = Substring(text)
        while let place = rest.firstRange(of: Self.mark) {
            let digits = rest[place.upperBound...].prefix { $0.isNumber }
            result.append(String(rest[..<place.lowerBound]))
            rest = rest[digits.endIndex...]
            guard let number = Int(digits), number < holes.count else { continue }
            if rest.hasPrefix(Self.textMark), case .parameter(let routine, let name) = holes[number] {
                result.append(.parameterText(routine: routine, name: name))
                rest = rest.dropFirst(Self.textMark.count)
            } else {
                result.append(holes[number])
            }
        }
        result.append(String(rest))
        return result
    }

    /// A query in the target's words, and its columns as PostgreSQL sees them; `itself` is the name of a recursive one.
    func query(
        _ template: SQLTemplate, itself: String? = nil
    ) throws(Untranslatable) -> (template: SQLTemplate, columns: [TypedColumn]?) {
        var opened = try self.opened(template)
        let source = SourceText(opened.text, profile: .postgresql)
        let rewriter = DialectRewriter(source: source, types: types)
        guard let query = readQuery(source, source.all) else {
            throw Untranslatable("a query that cannot be made out: \(rewriter.excerpt(source.all))")
        }
        let readsItself = template.relations.contains { names[$0] == itself }
        if let itself, let first = query.arms.first {
            let own = rewriter.columns.columns(of: first, scope: rewriter.columns.scope(inside: query, opened.scope))
            for case .relation(let id) in template.parts where names[id] == itself {
                let number = opened.holes.firstIndex(of: .relation(id)) ?? 0
                opened.scope.tables["\(Self.mark)\(number)"] = own
            }
        }
        let text = try rewriter.query(source.all, opened.scope, isRecursive: readsItself, isNamed: true)
        return (closed(text, opened.holes), rewriter.columns.columns(of: query, scope: opened.scope))
    }

    /// An expression over the columns of one relation.
    func expression(
        _ template: SQLTemplate, columns: [TypedColumn], alias: String?, isConstraint: Bool = false
    ) throws(Untranslatable) -> SQLTemplate {
        var opened = try self.opened(template)
        opened.scope.relations.append(QueryScope.Relation(name: alias, columns: columns))
        let source = SourceText(opened.text, profile: .postgresql)
        var rewriter = DialectRewriter(source: source, types: types)
        rewriter.isConstraint = isConstraint
        let text = try rewriter.text(source.all, opened.scope)
        return closed(text, opened.holes)
    }
}
