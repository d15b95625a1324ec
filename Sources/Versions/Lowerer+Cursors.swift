import Catalog
import Steps
import Tokens

extension Lowerer {
    /// OPEN, FETCH and CLOSE: the rows are those of the moment of OPEN; a FETCH outside a loop takes the row at a position
    /// that is known.
    func lowerCursorStep(_ step: Step) throws -> Outcome {
        switch step.kind {
        case .open(let name, let arguments, let query, let dynamic):
            try open(name, arguments: arguments, query: query, dynamic: dynamic)
            return .converted
        case .fetch(let name, let direction, let targets, let isMove):
            try fetch(name, direction: direction, targets: targets, isMove: isMove)
            return .converted
        case .close(let name):
            scope.find(name)?.openCursor = nil
            return .noted(code: "P2D-210", "CLOSE: nothing stays open in the project")
        default: return .converted
        }
    }

    private func open(_ name: String, arguments: Range<Int>?, query: Range<Int>?, dynamic: DynamicCall?) throws {
        guard let variable = scope.find(name) else {
            throw Refusal(code: .cursor, detail: "cursor '\(name)' is not declared")
        }
        guard iterations.isEmpty else { throw Refusal(code: .loop, detail: "OPEN inside a loop over rows") }
        let outline: Query?
        var cursorVariables: Scope? = scope
        if let query {
            outline = readQuery(source, query)
        } else if let dynamic {
            let known = try dynamicQuery(dynamic)
            outline = known.query
            cursorVariables = known.scope
        } else {
            guard let definition = variable.cursor else {
                throw Refusal(code: .cursor, detail: "cursor '\(name)' is not bound to a query")
            }
            cursorVariables = try cursorScope(definition, arguments: arguments)
            outline = readQuery(definition.source, definition.query)
        }
        guard let outline else {
            throw Refusal(code: .unreadable, detail: "the query of cursor '\(name)' is not understood")
        }
        let driver = try cursorRows(outline, name: name, scope: cursorVariables)
        declareRow(of: name, driver)
        variable.openCursor = OpenCursor(
            driver: driver, position: 0, guardCondition: guardCondition, depth: stateLoops)
        if frame.routine.returnType == "refcursor" || variable.isResult { lastOpened = (name, driver) }
    }

    /// FETCH and MOVE. The position is a number while that is known before the call, else a variable like others.
    ///
    /// Source: PostgreSQL manual, FETCH: rows are counted from 1; 0 is before the first one, n + 1 behind the last one.
    private func fetch(_ name: String, direction: Range<Int>, targets: [Range<Int>], isMove: Bool) throws {
        guard let variable = scope.find(name), var open = variable.openCursor, let rows = open.driver.rows else {
            throw Refusal(code: .cursor, detail: "cursor '\(name)' is not open")
        }
        guard iterations.isEmpty else {
            throw Refusal(code: .cursor, detail: "FETCH inside a loop over rows where the position is not known")
        }
        guard !open.isLost else {
            throw Refusal(code: .cursor, detail: "where a loop has left cursor '\(name)' is not known")
        }
        let word = direction.map { source.text($0).lowercased() }.joined(separator: " ")
        let before: SQLTemplate
        let row: SQLTemplate
        let label: String
        if open.place == nil, open.guardCondition == guardCondition, open.depth == stateLoops,
            word.isEmpty || word == "next" || word == "first"
        {
            before = "\(open.position)"
            open.position = word == "first" ? 1 : open.position + 1
            variable.openCursor = open
            row = "\(open.position)"
            label = "\(name)_row_\(open.position)"
        } else {
            let place = makePlace(name, of: variable)
            before = place.value
            let next = try position(direction, from: place.value, rows: rows)
            store(Expression(template: next, taint: [], isVolatile: false, type: nil), in: place)
            row = place.value
            label = "\(name)_row"
        }
        let list = SQLText.list(open.driver.columns.map(\.name))
        let fetched = add(
            "select \(list) from \(rows) where iteration = \(row)", name: label, columns: open.driver.columns)
        let words = direction.map { source.text($0).lowercased() }
        if isMove, words.contains("all") {
            // All rows between here and the end count.
            let isBack = words.contains("backward")
            let count: SQLTemplate =
                isBack
                ? "(select count(*) from \(rows) where iteration < \(before))"
                : "(select count(*) from \(rows) where iteration > \(before))"
            setDiagnostics(count: count, found: nil)
            return
        }
        let shown = Array(open.driver.columns.prefix(open.driver.shown ?? open.driver.columns.count))
        if !isMove {
            try assignRow(
                targets, from: fetched, names: shown.map(\.name), labels: shown.map(\.name), columns: shown)
        }
        if let current = scope.find(Self.rowName(of: name)), let fields = current.fields {
            for (field, column) in zip(fields, open.driver.columns.dropFirst(shown.count)) {
                store(
                    Expression(
                        template: read(fetched, column: column.name), taint: column.taint, isVolatile: false,
                        type: column.type), in: field)
            }
        }
        setDiagnostics(
            count: "(select count(*) from \(fetched))", found: "(exists (select 1 from \(fetched)))")
    }

    /// The variable that holds a cursor's position.
    @discardableResult
    func makePlace(_ name: String, of cursor: Variable) -> Variable {
        if let place = cursor.openCursor?.place { return place }
        let place = Variable(
            name: "\(name)_position", type: "bigint",
            value: SQLTemplate("cast(\(cursor.openCursor?.position ?? 0) as bigint)"))
        cursor.openCursor?.place = place
        return place
    }

    /// Gives the cursors that a loop fetches from a position that it can carry.
    func makePlaces(_ loop: Loop) {
        for index in loop.range where source.isName(index) {
            guard let cursor = scope.find(source.name(index)), cursor.openCursor != nil else { continue }
            makePlace(source.name(index), of: cursor)
        }
    }

    private func position(_ direction: Range<Int>, from place: SQLTemplate, rows: VersionID) throws -> SQLTemplate {
        let end: SQLTemplate = "(select count(*) from \(rows)) + 1"
        var words = direction.map { source.text($0).lowercased() }
        var number: SQLTemplate?
        if let first = words.first, ["absolute", "relative", "forward", "backward"].contains(first), words.count > 1,
            words[1] != "all"
        {
            number = try expression(direction.lowerBound + 1..<direction.upperBound).template
            words = [first]
        }
        func moved(_ by: SQLTemplate) -> SQLTemplate { "greatest(0, least(\(place) + \(by), \(end)))" }
        switch (words.joined(separator: " "), number) {
        case ("", nil), ("next", nil), ("forward", nil): return "least(\(place) + 1, \(end))"
        case ("prior", nil), ("backward", nil): return "greatest(\(place) - 1, 0)"
        case ("first", nil): return "cast(1 as bigint)"
        case ("last", nil): return "(select count(*) from \(rows))"
        case ("forward all", nil), ("all", nil): return end
        case ("backward all", nil): return "cast(0 as bigint)"
        case ("absolute", let number?):
            return
                "case when (\(number)) < 0 then greatest(\(end) + (\(number)), 0) else least((\(number)), \(end)) end"
        case ("relative", let number?), ("forward", let number?): return moved("(\(number))")
        case ("backward", let number?): return moved("(-(\(number)))")
        default:
            throw Refusal(
                code: .cursor, detail: "FETCH \(source.text(direction).uppercased()) is not understood")
        }
    }

    /// `LOOP FETCH c INTO ..; EXIT WHEN NOT FOUND; ..`: the cursor, the targets, and how many steps say so.
    func fetchLoop(_ loop: Loop) -> (cursor: String, targets: [Range<Int>], steps: Int)? {
        guard case .forever = loop.kind, loop.body.count >= 2, case .step(let first) = loop.body[0],
            case .fetch(let cursor, let direction, let targets, false) = first.kind,
            direction.allSatisfy({ source.keyword($0) == .next })
        else { return nil }
        func isNotFound(_ range: Range<Int>?) -> Bool {
            guard let range else { return false }
            var inner = range
            while source.kind(inner.lowerBound) == .leftParen,
                source.closing(of: inner.lowerBound) == inner.upperBound - 1
            {
                inner = source.inside(inner.lowerBound)
            }
            return inner.count == 2 && source.keyword(inner.lowerBound) == .not
                && source.name(inner.lowerBound + 1) == "found"
        }
        switch loop.body[1] {
        case .step(let second):
            if case .exit(let label, let condition) = second.kind, label == nil || label == loop.label,
                isNotFound(condition)
            {
                return (cursor, targets, 2)
            }
        case .branch(let branch):
            if branch.arms.count == 1, branch.otherwise == nil, isNotFound(branch.arms[0].conditions.first),
                branch.arms[0].body.count == 1, case .step(let only) = branch.arms[0].body[0],
                case .exit(let label, nil) = only.kind, label == nil || label == loop.label
            {
                return (cursor, targets, 2)
            }
        default: break
        }
        return nil
    }
}
