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
        let driver = try rowsDriver(outline, scope: cursorVariables)
        variable.openCursor = OpenCursor(driver: driver, position: 0, conditions: path.count)
        if frame.routine.returnType == "refcursor" || variable.isResult { lastOpened = (name, driver) }
    }

    private func fetch(_ name: String, direction: Range<Int>, targets: [Range<Int>], isMove: Bool) throws {
        guard let variable = scope.find(name), var open = variable.openCursor, let rows = open.driver.rows else {
            throw Refusal(code: .cursor, detail: "cursor '\(name)' is not open")
        }
        let word = direction.map { source.text($0).lowercased() }.joined(separator: " ")
        guard iterations.isEmpty, open.conditions == path.count, word.isEmpty || word == "next" || word == "first"
        else {
            throw Refusal(
                code: .cursor, detail: "FETCH \(word.uppercased()) of '\(name)' where the position is not known")
        }
        open.position = word == "first" ? 1 : open.position + 1
        variable.openCursor = open
        let list = SQLText.list(open.driver.columns.map(\.name))
        let row = add(
            "select \(list) from \(rows) where iteration = \(open.position)",
            name: "\(name)_row_\(open.position)", columns: open.driver.columns)
        let found: SQLTemplate = "(exists (select 1 from \(row)))"
        if !isMove {
            try assignRow(
                targets, from: row, names: open.driver.columns.map(\.name), labels: open.driver.columns.map(\.name),
                columns: open.driver.columns)
        }
        setDiagnostics(count: "(select count(*) from \(row))", found: found)
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
