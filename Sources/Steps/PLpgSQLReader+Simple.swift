import Tokens

extension PLpgSQLReader {
    /// Classifies a statement that ends at a semicolon.
    func simpleStatement(_ range: Range<Int>) -> StepKind {
        let first = range.lowerBound
        let rest = min(first + 1, range.upperBound) ..<| range.upperBound
        switch source.keyword(first) {
        case .null where rest.isEmpty: return .null
        case .return: return returnStatement(rest)
        case .raise: return raise(rest)
        case .assert: return .assert(rest)
        case .perform: return .perform(rest)
        case .call: return .call(rest)
        case .execute: return .execute(dynamicCall(rest))
        case .get: return diagnostics(rest)
        case .open: return open(rest)
        case .fetch, .move: return fetch(rest, isMove: source.keyword(first) == .move)
        case .close where rest.count == 1: return .close(cursor: source.name(rest.lowerBound))
        case .exit, .continue: return jump(rest, isExit: source.keyword(first) == .exit)
        case .commit: return .commit
        case .rollback: return .rollback
        default: break
        }
        if let assignment = assignment(range) { return assignment }
        return source.kind(first) == .word || source.kind(first) == .leftParen ? .sql : .opaque
    }

    /// `name[.field][subscript]* := expr`. A plain `=` is an assignment too when the statement starts with a name.
    private func assignment(_ range: Range<Int>) -> StepKind? {
        guard source.isName(range.lowerBound) || source.kind(range.lowerBound) == .parameter else { return nil }
        var index = range.lowerBound + 1
        while index < range.upperBound {
            if source.kind(index) == .dot {
                index += 2
            } else if source.kind(index) == .leftBracket {
                index = source.closing(of: index) + 1
            } else {
                break
            }
        }
        guard index < range.upperBound, source.isSymbol(index, ":=") || source.isSymbol(index, "=") else { return nil }
        return .assignment(target: range.lowerBound ..<| index, value: index + 1 ..<| range.upperBound)
    }

    private func returnStatement(_ rest: Range<Int>) -> StepKind {
        let first = rest.lowerBound
        if rest.isEmpty { return .returnValue(nil) }
        if source.keyword(first) == .next {
            return .returnNext(rest.count > 1 ? first + 1 ..<| rest.upperBound : nil)
        }
        if source.keyword(first) == .query {
            if source.keyword(first + 1) == .execute {
                return .returnQueryDynamic(dynamicCall(min(first + 2, rest.upperBound) ..<| rest.upperBound))
            }
            return .returnQuery(min(first + 1, rest.upperBound) ..<| rest.upperBound)
        }
        return .returnValue(rest)
    }

    private func raise(_ rest: Range<Int>) -> StepKind {
        let levels = ["debug", "log", "info", "notice", "warning", "exception"]
        let word = source.text(rest.lowerBound).lowercased()
        if levels.contains(word), !rest.isEmpty {
            return .raise(level: word, arguments: rest.lowerBound + 1 ..<| rest.upperBound)
        }
        return .raise(level: "exception", arguments: rest)
    }

    /// `text [INTO [STRICT] targets] [USING args]`, INTO and USING in either order.
    func dynamicCall(_ range: Range<Int>) -> DynamicCall {
        var marks: [(keyword: Keyword, at: Int)] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let keyword = source.keyword(index)
            if keyword == .into || keyword == .using { marks.append((keyword, index)) }
            index = source.next(index)
        }
        var call = DynamicCall(
            text: range.lowerBound ..<| (marks.first?.at ?? range.upperBound), into: [], isStrict: false, using: [])
        for (number, mark) in marks.enumerated() {
            let end = number + 1 < marks.count ? marks[number + 1].at : range.upperBound
            if mark.keyword == .into {
                call.isStrict = source.keyword(mark.at + 1) == .strict
                call.into = source.splitAtCommas(min(mark.at + (call.isStrict ? 2 : 1), end) ..<| end)
            } else {
                call.using = source.splitAtCommas(mark.at + 1 ..<| end)
            }
        }
        return call
    }

    private func diagnostics(_ rest: Range<Int>) -> StepKind {
        var start = rest.lowerBound
        let word = source.text(start).lowercased()
        let stacked = word == "stacked"
        if stacked || word == "current" { start += 1 }
        guard source.keyword(start) == .diagnostics else { return .opaque }
        var items: [DiagnosticsItem] = []
        for piece in source.splitAtCommas(min(start + 1, rest.upperBound)..<rest.upperBound) {
            guard let equals = piece.first(where: { source.isSymbol($0, "=") || source.isSymbol($0, ":=") }) else {
                return .opaque
            }
            items.append(
                DiagnosticsItem(target: piece.lowerBound ..<| equals, item: source.text(equals + 1).lowercased()))
        }
        return .getDiagnostics(stacked: stacked, items: items)
    }

    private func open(_ rest: Range<Int>) -> StepKind {
        guard source.isName(rest.lowerBound) else { return .opaque }
        let cursor = source.name(rest.lowerBound)
        var index = rest.lowerBound + 1
        if source.kind(index) == .leftParen {
            return .open(cursor: cursor, arguments: source.inside(index), query: nil, dynamic: nil)
        }
        if source.keyword(index) == .no { index += 1 }
        if source.keyword(index) == .scroll { index += 1 }
        if source.keyword(index) == .for {
            if source.keyword(index + 1) == .execute {
                let call = dynamicCall(min(index + 2, rest.upperBound) ..<| rest.upperBound)
                return .open(cursor: cursor, arguments: nil, query: nil, dynamic: call)
            }
            return .open(
                cursor: cursor, arguments: nil, query: min(index + 1, rest.upperBound) ..<| rest.upperBound,
                dynamic: nil)
        }
        return .open(cursor: cursor, arguments: nil, query: nil, dynamic: nil)
    }

    private func fetch(_ rest: Range<Int>, isMove: Bool) -> StepKind {
        let into = source.firstTopLevel(in: rest) { source.keyword($0) == .into }
        let head = rest.lowerBound ..<| (into ?? rest.upperBound)
        guard let last = head.last, source.isName(last) else { return .opaque }
        var direction = head.lowerBound ..<| last
        if let end = direction.last, source.keyword(end) == .from || source.keyword(end) == .in {
            direction = direction.lowerBound ..<| end
        }
        let targets = into.map { source.splitAtCommas($0 + 1 ..<| rest.upperBound) } ?? []
        return .fetch(cursor: source.name(last), direction: direction, into: targets, isMove: isMove)
    }

    private func jump(_ rest: Range<Int>, isExit: Bool) -> StepKind {
        var label: String?
        var condition: Range<Int>?
        var index = rest.lowerBound
        if index < rest.upperBound, source.keyword(index) != .when {
            label = source.name(index)
            index += 1
        }
        if index < rest.upperBound, source.keyword(index) == .when { condition = index + 1 ..<| rest.upperBound }
        return isExit ? .exit(label: label, condition: condition) : .continue(label: label, condition: condition)
    }
}
