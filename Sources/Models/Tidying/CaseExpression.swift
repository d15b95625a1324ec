/// CASE .. END taken apart.
struct CaseExpression {
    struct Arm {
        var when: TemplateNode
        var condition: [TemplateNode]
        var then: TemplateNode
        var value: [TemplateNode]
    }
    var start: TemplateNode
    var operand: [TemplateNode] = []
    var arms: [Arm] = []
    var elseWord: TemplateNode?
    var otherwise: [TemplateNode]?
    var end: TemplateNode

    /// The expression that begins at `start`, and where its END is.
    static func read(_ nodes: [TemplateNode], _ start: Int) -> (CaseExpression, Int)? {
        guard start < nodes.count, nodes[start].word == "case" else { return nil }
        var result = CaseExpression(start: nodes[start], end: nodes[start])
        var depth = 0
        var current: [TemplateNode] = []
        var state = ""
        for index in (start + 1)..<nodes.count {
            let word = nodes[index].word
            if depth == 0, ["when", "then", "else", "end"].contains(word) {
                switch state {
                case "": result.operand = current
                case "when": result.arms[result.arms.count - 1].condition = current
                case "then": result.arms[result.arms.count - 1].value = current
                default: result.otherwise = current
                }
                current = []
                state = word
                switch word {
                case "when":
                    result.arms.append(Arm(when: nodes[index], condition: [], then: nodes[index], value: []))
                case "then":
                    guard !result.arms.isEmpty else { return nil }
                    result.arms[result.arms.count - 1].then = nodes[index]
                case "else": result.elseWord = nodes[index]
                default:
                    result.end = nodes[index]
                    let isWhole = result.arms.allSatisfy { !$0.condition.isEmpty && !$0.value.isEmpty }
                    return !result.arms.isEmpty && isWhole && result.otherwise?.isEmpty != true ? (result, index) : nil
                }
                continue
            }
            if word == "case" { depth += 1 }
            if word == "end" { depth -= 1 }
            current.append(nodes[index])
        }
        return nil
    }

    func nodes(lead: String) -> [TemplateNode] {
        var result = [start]
        result[0].lead = lead
        result += operand
        for arm in arms {
            result.append(arm.when)
            result += arm.condition
            result.append(arm.then)
            result += arm.value
        }
        if let elseWord, let otherwise {
            result.append(elseWord)
            result += otherwise
        }
        result.append(end)
        return result
    }
}
