import Tokens

@testable import Steps

/// A region tree as indented lines, so that a test reads as "this text is read as that tree".
struct Outline {
    private(set) var lines: [String] = []
    private let source: SourceText

    /// The outline of a routine's body.
    static func of(_ text: String) -> String {
        var outline = Outline(source: SourceText(text, profile: .postgresql))
        let block = readPLpgSQL(outline.source)
        outline.add(block, "")
        return outline.lines.joined(separator: "\n")
    }

    private init(source: SourceText) { self.source = source }

    private func text(_ range: Range<Int>) -> String {
        source.text(range).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    private func list(_ ranges: [Range<Int>]) -> String { ranges.map(text).joined(separator: " | ") }

    private mutating func add(_ regions: [Region], _ indent: String) {
        for region in regions {
            switch region {
            case .step(let step): add(step, indent)
            case .branch(let branch): add(branch, indent)
            case .loop(let loop): add(loop, indent)
            case .block(let block): add(block, indent)
            }
        }
    }

    private mutating func add(_ comments: [String], to indent: String) {
        lines += comments.map { "\(indent)-- \($0)" }
    }

    private mutating func add(_ block: Block, _ indent: String) {
        add(block.comments, to: indent)
        lines.append("\(indent)block\(block.label.map { " \($0)" } ?? "")")
        for declaration in block.declarations {
            lines.append("\(indent)  declare \(declaration.name): \(describe(declaration.kind))")
        }
        add(block.body, indent + "  ")
        for handler in block.handlers {
            lines.append("\(indent)when \(handler.conditions.joined(separator: " | "))")
            add(handler.body, indent + "  ")
        }
    }

    private func describe(_ kind: Declaration.Kind) -> String {
        switch kind {
        case .variable(let type, let isConstant, let notNull, let initial):
            (isConstant ? "constant " : "") + text(type) + (notNull ? " not null" : "")
                + (initial.map { " = \(text($0))" } ?? "")
        case .cursor(let parameters, let query):
            "cursor" + (parameters.map { "(\(text($0)))" } ?? "") + " for \(text(query))"
        case .alias(let target): "alias of \(text(target))"
        }
    }

    private mutating func add(_ branch: Branch, _ indent: String) {
        add(branch.comments, to: indent)
        lines.append(indent + (branch.isCase ? "case" : "if") + (branch.subject.map { " \(text($0))" } ?? ""))
        for arm in branch.arms {
            lines.append("\(indent)then \(list(arm.conditions))")
            add(arm.body, indent + "  ")
        }
        if let otherwise = branch.otherwise {
            lines.append("\(indent)else")
            add(otherwise, indent + "  ")
        }
    }

    private mutating func add(_ loop: Loop, _ indent: String) {
        add(loop.comments, to: indent)
        lines.append("\(indent)loop\(loop.label.map { " \($0)" } ?? "") \(describe(loop.kind))")
        add(loop.body, indent + "  ")
    }

    private func describe(_ kind: Loop.Kind) -> String {
        switch kind {
        case .forever: "forever"
        case .while(let condition): "while \(text(condition))"
        case .integers(let variable, let from, let to, let by, let reverse):
            "\(variable) from \(text(from)) to \(text(to))\(by.map { " by \(text($0))" } ?? "")\(reverse ? " reverse" : "")"
        case .query(let targets, let query): "\(list(targets)) over \(text(query))"
        case .dynamicQuery(let targets, let call): "\(list(targets)) over \(describe(call))"
        case .cursor(let variable, let cursor, let arguments):
            "\(variable) of \(cursor)\(arguments.map { "(\(text($0)))" } ?? "")"
        case .array(let targets, let slice, let array): "\(list(targets)) in\(slice ? " slices of" : "") \(text(array))"
        }
    }

    private func describe(_ call: DynamicCall) -> String {
        "execute \(text(call.text))"
            + (call.into.isEmpty ? "" : " into\(call.isStrict ? " strict" : "") \(list(call.into))")
            + (call.using.isEmpty ? "" : " using \(list(call.using))")
    }

    private mutating func add(_ step: Step, _ indent: String) {
        add(step.comments, to: indent)
        lines.append(indent + describe(step))
    }

    private func describe(_ step: Step) -> String {
        switch step.kind {
        case .sql: "sql \(text(step.range))"
        case .assignment(let target, let value): "\(text(target)) := \(text(value))"
        case .returnValue(let value): "return\(value.map { " \(text($0))" } ?? "")"
        case .returnNext(let value): "return next\(value.map { " \(text($0))" } ?? "")"
        case .returnQuery(let query): "return query \(text(query))"
        case .returnQueryDynamic(let call): "return query \(describe(call))"
        case .perform(let rest): "perform \(text(rest))"
        case .call(let rest): "call \(text(rest))"
        case .execute(let call): describe(call)
        case .getDiagnostics(let stacked, let items):
            "get\(stacked ? " stacked" : "") " + items.map { "\(text($0.target)) = \($0.item)" }.joined(separator: ", ")
        case .raise(let level, let arguments): "raise \(level)\(arguments.isEmpty ? "" : " \(text(arguments))")"
        case .assert(let condition): "assert \(text(condition))"
        case .null: "null"
        case .commit: "commit"
        case .rollback: "rollback"
        case .open(let cursor, let arguments, let query, let dynamic):
            "open \(cursor)" + (arguments.map { "(\(text($0)))" } ?? "") + (query.map { " for \(text($0))" } ?? "")
                + (dynamic.map { " for \(describe($0))" } ?? "")
        case .fetch(let cursor, let direction, let into, let isMove):
            (isMove ? "move " : "fetch ") + (direction.isEmpty ? "" : "\(text(direction)) ") + "from \(cursor)"
                + (into.isEmpty ? "" : " into \(list(into))")
        case .close(let cursor): "close \(cursor)"
        case .exit(let label, let condition): jump("exit", label, condition)
        case .continue(let label, let condition): jump("continue", label, condition)
        case .opaque: "opaque \(text(step.range))"
        }
    }

    private func jump(_ word: String, _ label: String?, _ condition: Range<Int>?) -> String {
        word + (label.map { " \($0)" } ?? "") + (condition.map { " when \(text($0))" } ?? "")
    }
}
