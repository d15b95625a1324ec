import Catalog
import Steps
import Tokens
import Types

extension Lowerer {
    /// Nothing, or LIMIT with a number that one row is within.
    private func leavesOneRow(_ tail: Range<Int>, _ text: SourceText) -> Bool {
        tail.isEmpty
            || tail.count == 2 && text.keyword(tail.lowerBound) == .limit
                && Int(text.text(tail.lowerBound + 1)).map { $0 > 0 } == true
    }

    /// `SELECT f(..) INTO v` and `SELECT a, b INTO x, y FROM f(..)` of a function with one row: the function's steps are
    /// inlined like those of `v := f(..)`, so that it may write tables and call others; its OUT parameters are the row.
    ///
    /// - Returns: false when the query is another one.
    func selectCall(_ query: Query, targets: [Range<Int>]) throws -> Bool {
        guard iterations.isEmpty, query.with.isEmpty, leavesOneRow(query.tail, query.source), query.arms.count == 1,
            case .select(let select) = query.arms[0], select.filter == nil, select.groupBy == nil,
            select.having == nil, !select.isDistinct
        else { return false }
        let text = query.source
        func call(_ range: Range<Int>) throws -> RoutineCall? {
            sourceOverrides.append(text)
            defer { sourceOverrides.removeLast() }
            guard let call = try routineCall(range), call.routine.kind == .function, !call.routine.returnsSet else {
                return nil
            }
            return call
        }
        if select.from.isEmpty {
            guard select.items.count == 1, targets.count == 1, select.items[0].star == nil,
                let target = variable(targets[0]), target.fields == nil, !target.isRecord,
                let call = try call(select.items[0].expression),
                call.routine.parameters.filter({ $0.mode == .out || $0.mode == .inout }).count <= 1
            else { return false }
            let type = call.routine.returnType.map { qualifiedType(TypeName.ofSignature($0)) }
            let result = Variable(name: target.name, type: type, value: type.map { "cast(null as \($0))" } ?? "null")
            _ = try inOverride(text) { try callRoutine(call, returningInto: result) }
            store(Expression(template: result.value, taint: result.taint, isVolatile: false, type: type), in: target)
            diagnostics = nil
            setDiagnostics(count: "1", found: "true")
            return true
        }
        guard select.from.count == 1, case .function(let range) = select.from[0].kind,
            select.from[0].aliasColumns.isEmpty,
            let call = try call(range)
        else { return false }
        let outputs = call.routine.parameters.filter { $0.mode == .out || $0.mode == .inout }
        guard !outputs.isEmpty else { return false }
        let left = try inOverride(text) { try callRoutine(call, returningInto: nil) }
        let fields = outputs.compactMap { left.variables[$0.name] }.map { variable in
            Variable(name: variable.name, type: variable.type, value: variable.value, taint: variable.taint)
        }
        let row = Variable(name: select.from[0].alias ?? call.routine.name.name, type: nil, value: "null")
        row.fields = fields
        let inner = Scope(label: nil, parent: scope)
        for field in fields { inner.variables[field.name] = field }
        inner.variables[row.name] = row
        var values: [SQLTemplate] = []
        var columns: [VersionColumn] = []
        for item in select.items {
            if item.star != nil {
                values += fields.map(\.value)
                columns += fields.map { VersionColumn($0.name, $0.type, taint: $0.taint) }
                continue
            }
            let value = try plainExpression(item.expression, in: text, scope: inner)
            values.append("(\(value.template))")
            columns.append(
                VersionColumn(item.alias ?? inferName(text, item.expression), value.type, taint: value.taint))
        }
        try assignValues(targets, values: values, columns: columns)
        diagnostics = nil
        setDiagnostics(count: "1", found: "true")
        return true
    }

    private func inOverride<Result>(_ text: SourceText, _ body: () throws -> Result) rethrows -> Result {
        sourceOverrides.append(text)
        defer { sourceOverrides.removeLast() }
        return try body()
    }
}
