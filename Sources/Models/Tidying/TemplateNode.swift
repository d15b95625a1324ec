import Tokens
import Versions

/// A token, a hole, or what stands between brackets, with the blanks and comments before it.
struct TemplateNode {
    indirect enum Kind {
        case atom(String, TokenKind)
        case hole(SQLTemplate.Part)
        case group(open: String, [TemplateNode], closeLead: String, close: String)
    }
    var lead: String
    var kind: Kind

    /// Lower-case text of an unquoted word; empty for everything else.
    var word: String {
        if case .atom(let text, .word) = kind { text.lowercased() } else { "" }
    }
    var isComma: Bool {
        if case .atom(_, .comma) = kind { true } else { false }
    }
    var isOperator: Bool {
        if case .atom(_, .op) = kind { true } else { false }
    }
    /// What is between round brackets.
    var inner: [TemplateNode]? {
        if case .group("(", let nodes, _, _) = kind { nodes } else { nil }
    }
    /// The column name that a word or quoted identifier means.
    var column: String? {
        guard case .atom(let text, let kind) = kind else { return nil }
        switch kind {
        case .word: return text.lowercased()
        case .quotedIdentifier: return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
        default: return nil
        }
    }

    static func word(_ text: String, lead: String = " ") -> TemplateNode {
        TemplateNode(lead: lead, kind: .atom(text, .word))
    }
    /// `(select column from version)`
    static func reference(_ version: VersionID, _ column: String, lead: String) -> TemplateNode {
        let text = SQLText.identifier(column)
        let name = TemplateNode(lead: " ", kind: .atom(text, text.hasPrefix("\"") ? .quotedIdentifier : .word))
        let relation = TemplateNode(lead: " ", kind: .hole(.relation(version)))
        return .group([.word("select", lead: ""), name, .word("from"), relation], lead: lead)
    }
    static func group(_ nodes: [TemplateNode], lead: String = " ") -> TemplateNode {
        TemplateNode(lead: lead, kind: .group(open: "(", nodes, closeLead: "", close: ")"))
    }
}

/// A query template as a tree, and back.
enum TemplateTree {
    /// Nil where brackets do not match or a comment would be lost: such text stays as it is.
    static func parse(_ template: SQLTemplate) -> [TemplateNode]? {
        var stack: [(open: String, lead: String, nodes: [TemplateNode])] = [("", "", [])]
        var lead = ""
        for part in template.parts {
            guard case .text(let text) = part else {
                stack[stack.count - 1].nodes.append(TemplateNode(lead: lead, kind: .hole(part)))
                lead = ""
                continue
            }
            let lexed = lex(text, profile: .postgresql)
            for index in lexed.tokens.indices {
                let token = lexed.tokens[index]
                let text = lexed.text(index)
                if token.isTrivia {
                    lead += text
                    continue
                }
                switch token.kind {
                case .leftParen, .leftBracket:
                    stack.append((text, lead, []))
                case .rightParen, .rightBracket:
                    guard stack.count > 1, let done = stack.popLast(), done.open == (text == ")" ? "(" : "[") else {
                        return nil
                    }
                    stack[stack.count - 1].nodes.append(
                        TemplateNode(
                            lead: done.lead,
                            kind: .group(open: done.open, done.nodes, closeLead: lead, close: text)))
                default:
                    stack[stack.count - 1].nodes.append(TemplateNode(lead: lead, kind: .atom(text, token.kind)))
                }
                lead = ""
            }
        }
        guard stack.count == 1, lead.allSatisfy(\.isWhitespace) else { return nil }
        return stack[0].nodes
    }

    static func template(_ nodes: [TemplateNode]) -> SQLTemplate {
        var printer = Printer()
        printer.add(nodes)
        return printer.template
    }

    /// The same for texts that differ in blanks, comments and the case of words only.
    static func signature(_ nodes: [TemplateNode]) -> String {
        var result = ""
        for node in nodes {
            switch node.kind {
            case .atom(let text, let kind): result += kind == .word ? text.lowercased() : text
            case .hole(let part):
                switch part {
                case .relation(let id): result += "\u{1}\(id.rawValue)"
                case .parameter(let routine, let name): result += "\u{2}\(routine)\u{2}\(name)"
                case .callTimestamp: result += "\u{3}"
                case .function(let signature): result += "\u{4}\(signature)"
                case .parameterText(let routine, let name): result += "\u{6}\(routine) \(name)"
                case .legacyTable(let table): result += "\u{5}\(table)"
                case .text(let text): result += text
                }
            case .group(let open, let nodes, _, let close): result += open + signature(nodes) + close
            }
            result += " "
        }
        return result
    }

    /// Tokens and holes, brackets counted as one.
    static func size(_ nodes: [TemplateNode]) -> Int {
        nodes.reduce(0) { sum, node in
            if case .group(_, let inner, _, _) = node.kind { sum + 1 + size(inner) } else { sum + 1 }
        }
    }

    /// A comment that would be lost with the nodes.
    static func hasComment(_ nodes: [TemplateNode]) -> Bool {
        nodes.contains { node in
            if !node.lead.allSatisfy(\.isWhitespace) { return true }
            guard case .group(_, let inner, let closeLead, _) = node.kind else { return false }
            return !closeLead.allSatisfy(\.isWhitespace) || hasComment(inner)
        }
    }

    static func relations(_ nodes: [TemplateNode]) -> [VersionID] {
        nodes.flatMap { node -> [VersionID] in
            switch node.kind {
            case .atom: []
            case .hole(.relation(let id)): [id]
            case .hole: []
            case .group(_, let inner, _, _): relations(inner)
            }
        }
    }

    /// The nodes between separators at this level.
    static func split(_ nodes: [TemplateNode], at isSeparator: (TemplateNode) -> Bool) -> [[TemplateNode]] {
        var result: [[TemplateNode]] = [[]]
        for node in nodes {
            if isSeparator(node) { result.append([]) } else { result[result.count - 1].append(node) }
        }
        return result
    }

    private struct Printer {
        var template = SQLTemplate()
        private var last = ""

        mutating func add(_ nodes: [TemplateNode]) {
            for node in nodes {
                switch node.kind {
                case .atom(let text, _): put(node.lead, text)
                case .hole(let part):
                    put(node.lead, "x", part: part)
                case .group(let open, let inner, let closeLead, let close):
                    put(node.lead, open)
                    add(inner)
                    put(closeLead, close)
                }
            }
        }

        // Tokens that would become another one get a blank between them.
        private mutating func put(_ lead: String, _ text: String, part: SQLTemplate.Part? = nil) {
            var lead = lead
            if lead.isEmpty, let before = last.last, let after = text.first,
                Self.isWordlike(before) && Self.isWordlike(after) || Self.isOperator(before) && Self.isOperator(after)
            {
                lead = " "
            }
            template.append(lead)
            if let part { template.append(part) } else { template.append(text) }
            last = text
        }

        private static func isWordlike(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || "_$\"'".contains(character)
        }
        private static func isOperator(_ character: Character) -> Bool { "+-*/<>=~!@#%^&|`?:".contains(character) }
    }
}
