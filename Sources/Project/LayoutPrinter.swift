/// A layout with choices: what may be a line break and what must be one.
indirect enum LayoutNode {
    case text(SQLLexeme)
    case space
    /// A blank when the group fits on the line, else a line break.
    case line
    /// Nothing when the group fits on the line, else a line break.
    case soft
    case hard
    /// The line break that follows leaves an empty line.
    case blank
    /// Line breaks inside are four blanks further in.
    case nest([LayoutNode])
    /// Breaks all of its own `line`s and `soft`s or none.
    case group([LayoutNode])
    /// A group that may be somewhat longer than the line where all of it is on one.
    case wide([LayoutNode])
}

/// Prints a layout: each group on one line where it fits.
struct LayoutPrinter {
    private struct Item {
        var indent: Int
        var isFlat: Bool
        var node: LayoutNode
    }

    private let width: Int
    private var output: [SQLLexeme] = []
    private var column = 0
    private var isLineStart = true
    private var hasPendingSpace = false
    private var hasPendingBlank = false
    // After a line comment nothing may follow on the line.
    private var mustBreak = false

    init(width: Int) { self.width = width }

    /// The lexemes with blanks and line ends between them.
    static func print(_ nodes: [LayoutNode], width: Int) -> [SQLLexeme] {
        var printer = LayoutPrinter(width: width)
        printer.run(nodes)
        return printer.output
    }

    private mutating func run(_ nodes: [LayoutNode]) {
        var stack = nodes.reversed().map { Item(indent: 0, isFlat: false, node: $0) }
        while let item = stack.popLast() {
            switch item.node {
            case .text(let lexeme): text(lexeme, indent: item.indent)
            case .space: hasPendingSpace = true
            case .line: if item.isFlat { hasPendingSpace = true } else { newLine(item.indent) }
            case .soft: if !item.isFlat { newLine(item.indent) }
            case .hard: newLine(item.indent)
            case .blank: hasPendingBlank = true
            case .nest(let children):
                stack += children.reversed().map { Item(indent: item.indent + 4, isFlat: item.isFlat, node: $0) }
            case .wide(let children):
                let isFlat = item.isFlat || fits(children, rest: [], width: width + 36)
                stack += children.reversed().map { Item(indent: item.indent, isFlat: isFlat, node: $0) }
            case .group(let children):
                let isFlat = item.isFlat || fits(children, rest: stack)
                stack += children.reversed().map { Item(indent: item.indent, isFlat: isFlat, node: $0) }
            }
        }
    }

    private mutating func text(_ lexeme: SQLLexeme, indent: Int) {
        if mustBreak, !isLineStart { newLine(indent) }
        mustBreak = false
        if hasPendingSpace, !isLineStart {
            output.append(SQLLexeme(kind: .whitespace, keyword: .none, text: " "))
            column += 1
        }
        hasPendingSpace = false
        output.append(lexeme)
        let lines = lexeme.text.split(separator: "\n", omittingEmptySubsequences: false)
        column = lines.count > 1 ? lines.last!.count : column + lexeme.text.count
        isLineStart = false
        if lexeme.kind == .lineComment { mustBreak = true }
    }

    private mutating func newLine(_ indent: Int) {
        hasPendingSpace = false
        mustBreak = false
        let blanks = (hasPendingBlank ? "\n\n" : "\n") + String(repeating: " ", count: indent)
        hasPendingBlank = false
        column = indent
        if isLineStart, output.last?.isBlank == true {
            output[output.count - 1].text = blanks
        } else if !output.isEmpty {
            output.append(SQLLexeme(kind: .whitespace, keyword: .none, text: blanks))
        }
        isLineStart = true
    }

    // The group on one line, with what follows it up to the next possible line end.
    private func fits(_ children: [LayoutNode], rest: [Item], width: Int? = nil) -> Bool {
        var remaining = (width ?? self.width) - column - (hasPendingSpace ? 1 : 0)
        var stack = children.reversed().map { Item(indent: 0, isFlat: true, node: $0) }
        var restIndex = rest.count
        var isRest = false
        while remaining >= 0 {
            guard let item = stack.popLast() else {
                restIndex -= 1
                guard restIndex >= 0 else { return true }
                isRest = true
                stack.append(rest[restIndex])
                continue
            }
            switch item.node {
            case .text(let lexeme):
                if lexeme.kind == .lineComment { return isRest }
                let lines = lexeme.text.split(separator: "\n", omittingEmptySubsequences: false)
                remaining -= lines.first?.count ?? 0
                if lines.count > 1 { return remaining >= 0 }
            case .space: remaining -= 1
            case .line:
                if !item.isFlat { return true }
                remaining -= 1
            case .soft: if !item.isFlat { return true }
            case .hard: return isRest
            case .blank: break
            case .nest(let inner), .group(let inner), .wide(let inner):
                stack += inner.reversed().map { Item(indent: 0, isFlat: item.isFlat, node: $0) }
            }
        }
        return false
    }
}
