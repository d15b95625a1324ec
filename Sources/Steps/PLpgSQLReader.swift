import Findings
import Tokens

/// Reads a PL/pgSQL body into a region tree. Never fails: what it does not know becomes an opaque step.
///
/// The statement grammar follows the PostgreSQL manual's chapter "PL/pgSQL"; SQL statements are only delimited here.
public func readPLpgSQL(_ source: SourceText) -> Block {
    var reader = PLpgSQLReader(source: source)
    return reader.readRoutine()
}

struct PLpgSQLReader {
    let source: SourceText
    var position = 0
    /// A word that closes or divides a structure is missing: the text is cut short, or not PL/pgSQL.
    var isBroken = false

    init(source: SourceText) { self.source = source }

    var keyword: Keyword { source.keyword(position) }
    var atEnd: Bool { position >= source.count }

    mutating func readRoutine() -> Block {
        // Options such as `#variable_conflict use_column` stand before the block.
        while !atEnd, keyword != .declare, keyword != .begin, !source.isSymbol(position, "<<") { position += 1 }
        let start = position
        let label = readLabel()
        if keyword == .declare || keyword == .begin {
            var block = readBlock(label: label, start: start)
            block.comments = source.comments(before: start)
            if source.kind(position) == .semicolon { position += 1 }
            // What is read of a broken text may be less than what was written: it must not pass for the whole.
            if !atEnd || isBroken {
                block.body.append(opaque(from: position, to: source.count))
            }
            return block
        }
        let all = source.all
        let body = [opaque(from: 0, to: source.count)]
        return Block(label: nil, declarations: [], body: body, handlers: [], range: all, comments: [])
    }

    // MARK: blocks

    mutating func readLabel() -> String? {
        guard source.isSymbol(position, "<<"), source.isName(position + 1), source.isSymbol(position + 2, ">>") else {
            return nil
        }
        defer { position += 3 }
        return source.name(position + 1)
    }

    mutating func readBlock(label: String?, start: Int) -> Block {
        var block = Block(label: label, declarations: [], body: [], handlers: [], range: start ..<| start, comments: [])
        if keyword == .declare {
            position += 1
            while !atEnd, keyword != .begin {
                if keyword == .declare {
                    position += 1
                    continue
                }
                let before = position
                if let declaration = readDeclaration() { block.declarations.append(declaration) }
                if position == before { position += 1 }
            }
        }
        if keyword == .begin { position += 1 } else { isBroken = true }
        block.body = readStatements(until: [.end, .exception])
        if keyword == .exception {
            position += 1
            while keyword == .when {
                block.handlers.append(readHandler())
            }
        }
        if keyword == .end { position += 1 } else { isBroken = true }
        if source.isName(position), source.kind(position + 1) == .semicolon || position + 1 >= source.count {
            position += 1  // END label
        }
        block.range = start ..<| max(start, position)
        return block
    }

    mutating func readHandler() -> Handler {
        let start = position
        position += 1
        let then = findKeyword(.then, from: position)
        if source.keyword(then) != .then { isBroken = true }
        var conditions: [String] = []
        var piece: [String] = []
        for index in position ..<| then {
            if source.keyword(index) == .or {
                conditions.append(piece.joined(separator: " "))
                piece = []
            } else {
                piece.append(source.text(index).lowercased())
            }
        }
        conditions.append(piece.joined(separator: " "))
        position = min(then + 1, source.count)
        let body = readStatements(until: [.when, .end])
        return Handler(conditions: conditions, body: body, range: start ..<| max(start, position))
    }

    mutating func readDeclaration() -> Declaration? {
        let start = position
        let end = endOfStatement(from: position)
        defer { position = min(end + 1, source.count) }
        guard source.isName(start), start + 1 < end else { return nil }
        let name = source.name(start)
        var index = start + 1
        let range = start ..<| end
        if source.text(index).lowercased() == "alias" {
            let target = source.keyword(index + 1) == .for ? index + 2 : index + 1
            return Declaration(name: name, kind: .alias(of: target ..<| max(target, end)), range: range)
        }
        // [NO] SCROLL CURSOR [(params)] FOR query
        var probe = index
        if source.keyword(probe) == .no { probe += 1 }
        if source.keyword(probe) == .scroll { probe += 1 }
        if source.keyword(probe) == .cursor {
            probe += 1
            var parameters: Range<Int>?
            if source.kind(probe) == .leftParen {
                parameters = source.inside(probe)
                probe = source.closing(of: probe) + 1
            }
            if source.keyword(probe) == .for || source.keyword(probe) == .is {
                return Declaration(
                    name: name, kind: .cursor(parameters: parameters, query: min(probe + 1, end) ..<| end), range: range
                )
            }
        }
        var isConstant = false
        if source.keyword(index) == .constant {
            isConstant = true
            index += 1
        }
        var typeEnd = index
        var initial: Range<Int>?
        var notNull = false
        var cursor = index
        while cursor < end {
            if source.keyword(cursor) == .not, source.keyword(cursor + 1) == .null {
                notNull = true
                cursor += 2
                continue
            }
            if source.isSymbol(cursor, ":=") || source.isSymbol(cursor, "=") || source.keyword(cursor) == .default {
                initial = cursor + 1 ..<| end
                break
            }
            if source.keyword(cursor) == .collate {
                cursor += 2
                continue
            }
            cursor = source.next(cursor)
            typeEnd = cursor
        }
        return Declaration(
            name: name,
            kind: .variable(
                type: index ..<| max(index, min(typeEnd, end)), isConstant: isConstant, notNull: notNull,
                initial: initial),
            range: range)
    }

    // MARK: statements

    mutating func readStatements(until stops: Set<Keyword>) -> [Region] {
        var regions: [Region] = []
        while !atEnd, !stops.contains(keyword) {
            if source.kind(position) == .semicolon {
                position += 1
                continue
            }
            let before = position
            regions.append(readStatement())
            if position <= before { position = before + 1 }
        }
        return regions
    }

    mutating func readStatement() -> Region {
        let start = position
        let comments = source.comments(before: start)
        let label = readLabel()
        switch keyword {
        case .declare, .begin:
            var block = readBlock(label: label, start: start)
            block.comments = comments
            skipSemicolon()
            return .block(block)
        case .if: return readIf(start, comments)
        case .case: return readCase(start, comments)
        case .loop, .while, .for, .foreach: return readLoop(label, start, comments)
        default: break
        }
        let end = endOfStatement(from: position)
        let kind = simpleStatement(position ..<| end)
        position = min(end + 1, source.count)
        return .step(Step(kind: kind, range: start ..<| end, comments: comments))
    }

    mutating func readIf(_ start: Int, _ comments: [String]) -> Region {
        var branch = Branch(range: start ..<| start, comments: comments, arms: [], isCase: false)
        var armComments = comments
        repeat {
            position += 1
            let then = findKeyword(.then, from: position)
            if source.keyword(then) != .then { isBroken = true }
            let condition = position ..<| then
            position = min(then + 1, source.count)
            let body = readStatements(until: [.elsif, .elseif, .else, .end])
            branch.arms.append(.init(conditions: [condition], body: body, comments: armComments))
            armComments = source.comments(before: position)
        } while keyword == .elsif || keyword == .elseif
        if keyword == .else {
            position += 1
            branch.otherwise = readStatements(until: [.end])
        }
        finish(.if)
        branch.range = start ..<| position
        skipSemicolon()
        return .branch(branch)
    }

    mutating func readCase(_ start: Int, _ comments: [String]) -> Region {
        var branch = Branch(range: start ..<| start, comments: comments, arms: [], isCase: true)
        position += 1
        if keyword != .when {
            let when = findKeyword(.when, from: position)
            branch.subject = position ..<| when
            position = when
        }
        while keyword == .when {
            let armComments = source.comments(before: position)
            position += 1
            let then = findKeyword(.then, from: position)
            if source.keyword(then) != .then { isBroken = true }
            let conditions = branch.subject == nil ? [position ..<| then] : source.splitAtCommas(position ..<| then)
            position = min(then + 1, source.count)
            let body = readStatements(until: [.when, .else, .end])
            branch.arms.append(.init(conditions: conditions, body: body, comments: armComments))
        }
        if keyword == .else {
            position += 1
            branch.otherwise = readStatements(until: [.end])
        }
        finish(.case)
        branch.range = start ..<| position
        skipSemicolon()
        return .branch(branch)
    }

    mutating func readLoop(_ label: String?, _ start: Int, _ comments: [String]) -> Region {
        let headerStart = position
        let kindWord = keyword
        let loopAt = kindWord == .loop ? position : findKeyword(.loop, from: position + 1)
        if source.keyword(loopAt) != .loop { isBroken = true }
        let header = headerStart ..<| loopAt
        var kind = Loop.Kind.forever
        switch kindWord {
        case .while: kind = .while(headerStart + 1 ..<| loopAt)
        case .for: kind = forKind(headerStart + 1 ..<| max(loopAt, headerStart + 1))
        case .foreach: kind = foreachKind(headerStart + 1 ..<| max(loopAt, headerStart + 1))
        default: break
        }
        position = min(loopAt + 1, source.count)
        let body = readStatements(until: [.end])
        finish(.loop)
        if source.isName(position), source.kind(position) != .semicolon { position += 1 }
        let range = start ..<| position
        skipSemicolon()
        return .loop(Loop(kind: kind, label: label, body: body, range: range, header: header, comments: comments))
    }

    func forKind(_ header: Range<Int>) -> Loop.Kind {
        guard let inAt = source.firstTopLevel(in: header, where: { source.keyword($0) == .in }) else {
            return .forever
        }
        let targets = source.splitAtCommas(header.lowerBound ..<| inAt)
        var rest = inAt + 1 ..<| header.upperBound
        if source.keyword(rest.lowerBound) == .execute {
            return .dynamicQuery(targets: targets, call: dynamicCall(rest.lowerBound + 1 ..<| rest.upperBound))
        }
        let reverse = source.keyword(rest.lowerBound) == .reverse
        let lowerStart = reverse ? rest.lowerBound + 1 : rest.lowerBound
        if let dots = source.firstTopLevel(in: lowerStart ..<| rest.upperBound, where: { source.isSymbol($0, "..") }) {
            let by = source.firstTopLevel(in: dots + 1 ..<| rest.upperBound) { source.keyword($0) == .by }
            return .integers(
                variable: source.name(header.lowerBound), from: lowerStart ..<| dots,
                to: dots + 1 ..<| (by ?? rest.upperBound),
                by: by.map { $0 + 1 ..<| rest.upperBound }, reverse: reverse)
        }
        // A bare name (with arguments) is a bound cursor; anything else a query.
        if source.kind(rest.lowerBound) == .word, source.keyword(rest.lowerBound) != .select,
            source.keyword(rest.lowerBound) != .with, source.keyword(rest.lowerBound) != .values,
            source.next(rest.lowerBound + 1) >= rest.upperBound || rest.count == 1
        {
            let arguments = rest.count > 1 ? source.inside(rest.lowerBound + 1) : nil
            return .cursor(
                variable: source.name(header.lowerBound), cursor: source.name(rest.lowerBound), arguments: arguments)
        }
        while source.kind(rest.lowerBound) == .leftParen, source.closing(of: rest.lowerBound) == rest.upperBound - 1 {
            rest = source.inside(rest.lowerBound)
        }
        return .query(targets: targets, query: rest)
    }

    func foreachKind(_ header: Range<Int>) -> Loop.Kind {
        guard let inAt = source.firstTopLevel(in: header, where: { source.keyword($0) == .in }) else {
            return .forever
        }
        var targetEnd = inAt
        var slice = false
        if let at = source.firstTopLevel(
            in: header.lowerBound ..<| inAt, where: { source.text($0).lowercased() == "slice" })
        {
            slice = source.text(at + 1) != "0"
            targetEnd = at
        }
        let arrayStart = source.keyword(inAt + 1) == .array ? inAt + 2 : inAt + 1
        return .array(
            targets: source.splitAtCommas(header.lowerBound ..<| targetEnd), slice: slice,
            array: min(arrayStart, header.upperBound) ..<| header.upperBound)
    }

    mutating func finish(_ word: Keyword) {
        if keyword == .end { position += 1 } else { isBroken = true }
        if keyword == word { position += 1 } else { isBroken = true }
    }

    mutating func skipSemicolon() {
        if source.kind(position) == .semicolon { position += 1 }
    }

    // MARK: finding ends

    /// The semicolon that ends the statement at `from`, or the end of the text.
    func endOfStatement(from: Int) -> Int {
        var index = from
        while index < source.count {
            if source.kind(index) == .semicolon { return index }
            index = source.next(index)
        }
        return source.count
    }

    /// The first `word` at depth zero that does not belong to a CASE expression.
    func findKeyword(_ word: Keyword, from: Int) -> Int {
        var depth = 0
        var index = from
        while index < source.count {
            let keyword = source.keyword(index)
            if depth == 0, keyword == word { return index }
            if keyword == .case { depth += 1 }
            if keyword == .end, depth > 0 { depth -= 1 }
            // A header never spans statements: without this a missing THEN would swallow the routine.
            if source.kind(index) == .semicolon { return index }
            index = source.next(index)
        }
        return source.count
    }

    func opaque(from: Int, to: Int) -> Region {
        .step(Step(kind: .opaque, range: from ..<| to, comments: []))
    }
}
