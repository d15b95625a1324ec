import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    // MARK: assignments

    /// `target := value`.
    func assign(_ target: Range<Int>, _ value: Range<Int>) throws {
        // A query in place of an expression: `v := count(*) from t where ..` is `select` of that.
        if let call = try routineCall(value) {
            try assignCall(target, call)
            return
        }
        if source.firstTopLevel(in: value, where: { source.keyword($0) == .from && !isDistinctFrom($0) }) != nil {
            let text = SourceText(
                "select " + source.text(value), profile: .postgresql, lineOffset: source.line(value.lowerBound) - 1)
            guard let query = readQuery(text, text.all) else {
                throw Refusal(code: .unreadable, detail: "'\(short(source.text(value)))' is not understood")
            }
            let saved = diagnostics
            try selectInto(query, targets: [target], isStrict: false)
            diagnostics = saved  // an assignment leaves FOUND alone
            return
        }
        if let variable = variable(target), variable.fields != nil || variable.isRecord {
            try assignRecordValue(variable, value)
            return
        }
        if source.kind(target.upperBound - 1) == .rightBracket {
            try assignElement(target, value)
            return
        }
        try assign(target: target, try expression(value, target: variable(target)?.type))
    }

    private func isDistinctFrom(_ index: Int) -> Bool { source.keyword(index - 1) == .distinct }

    /// `record := other` or `record := row(..)`.
    private func assignRecordValue(_ record: Variable, _ value: Range<Int>) throws {
        if value.count == 1, let other = scope.find(source.name(value.lowerBound)), let fields = other.fields {
            if record.isRecord {
                let old = record.fields
                record.fields = fields.map { field in
                    let earlier = old?.first { $0.name == field.name }
                    let copy = Variable(name: field.name, type: field.type, value: field.value, taint: field.taint)
                    copy.validUnder = field.validUnder
                    if guardCondition != nil {
                        copy.value = "(\(guarded(field.value, else: earlier?.value ?? "null")))"
                        copy.taint.formUnion(earlier?.taint ?? [])
                        copy.validUnder = field.validUnder ?? validity(of: earlier)
                    }
                    return copy
                }
                return
            }
            guard let own = record.fields, own.count == fields.count else {
                throw Refusal(code: .variable, detail: "'\(record.name)' and '\(other.name)' have different columns")
            }
            for (field, from) in zip(own, fields) {
                try refuseUnlessSet(from, of: other.name)
                store(
                    Expression(template: from.value, taint: from.taint, isVolatile: false, type: from.type), in: field)
            }
            return
        }
        if value.count == 1, source.keyword(value.lowerBound) == .null, let fields = record.fields {
            for field in fields {
                store(Expression(template: "null", taint: [], isVolatile: false, type: nil), in: field)
            }
            return
        }
        if let fields = record.fields, !record.isRecord, let items = rowItems(value), items.count == fields.count {
            // All values are those from before the assignment.
            let values = try items.map { try expression($0) }
            for (field, item) in zip(fields, values) { store(item, in: field) }
            return
        }
        if value.count == 1, source.keyword(value.lowerBound) == .null, record.isRecord, record.fields == nil {
            return
        }
        throw Refusal(
            code: .variable, detail: "'\(record.name)' is assigned a whole row in a form that is not followed")
    }

    /// The items of `(a, b)` or `ROW(a, b)`.
    private func rowItems(_ value: Range<Int>) -> [Range<Int>]? {
        var open = value.lowerBound
        if source.keyword(open) == .row { open += 1 }
        guard source.kind(open) == .leftParen, source.closing(of: open) == value.upperBound - 1 else { return nil }
        let items = source.splitAtCommas(source.inside(open))
        return items.count > 1 || open > value.lowerBound ? items : nil
    }

    /// Assigns to a variable, a field, or refuses parts.
    func assign(target: Range<Int>, _ value: Expression) throws {
        guard let variable = variable(target) else {
            throw Refusal(code: .variable, detail: "'\(source.text(target))' is not a known variable")
        }
        guard variable.fields == nil, !variable.isRecord else {
            throw Refusal(code: .variable, detail: "the record '\(variable.name)' is assigned as a whole")
        }
        store(value, in: variable)
    }

    /// The variable or field that an assignment target names; nil for subscripts and unknown names.
    func variable(_ target: Range<Int>) -> Variable? {
        guard let first = target.first else { return nil }
        if target.count == 1 {
            return source.kind(first) == .parameter ? scope.find(source.text(first)) : scope.find(source.name(first))
        }
        guard target.count == 3, source.kind(first + 1) == .dot else { return nil }
        if let record = scope.find(source.name(first)) {
            if let field = record.field(source.name(first + 2)) { return field }
            return nil
        }
        return scope.find(label: source.name(first), source.name(first + 2))
    }

    /// Where a record's field can be read once it is set here.
    func validity(of variable: Variable?) -> [SQLTemplate]? {
        guard guardCondition != nil else { return nil }
        guard let variable else { return iterations.isEmpty ? nil : path }
        return variable.validUnder.map { path.starts(with: $0) ? $0 : path }
    }

    /// Refuses what an earlier iteration may have left in a record.
    func refuseUnlessSet(_ field: Variable, of record: String) throws {
        if let needed = field.validUnder, !path.starts(with: needed) {
            throw Refusal(
                code: .loop, detail: "'\(record).\(field.name)' may hold what an earlier iteration has put into it")
        }
    }

    /// A variable's value for the current step: inside a loop, where the step can only be reached through the last
    /// assignment, that one's value, so that what an earlier iteration left does not come into it.
    func value(of variable: Variable) -> SQLTemplate {
        guard !iterations.isEmpty, let known = variable.known, path.starts(with: known.path),
            known.reaches.allSatisfy({ reach in reaches.contains { $0 === reach } })
        else { return variable.value }
        return known.value
    }

    /// Remembers what an assignment under a condition gives, when that is short.
    func remember(_ value: SQLTemplate, in variable: Variable) {
        guard !iterations.isEmpty, guardOverride == nil, value.relations.isEmpty, value.parts.count <= 4,
            (value.plainText?.count ?? 0) <= 200
        else { return }
        variable.known = KnownValue(
            value: isAtomic(value) ? value : "(\(value))", path: path, reaches: reaches.filter { $0.condition != nil })
    }

    /// Makes a value the variable's, cast to its type, only where the current conditions hold.
    func store(_ value: Expression, in variable: Variable) {
        let before =
            variable.variants
            ?? [
                TextVariant(
                    condition: nil,
                    text: knownText(of: variable)
                        ?? DynamicText(
                            DynamicValue(
                                value: variable.value, type: variable.type, taint: variable.taint,
                                source: variable.name)))
            ]
        let variants = assignedVariants(value.variants, type: variable.type, old: before)
        defer {
            variable.text = assignedText(value.text, to: variable.type)
            variable.variants = variants
            variable.textHangsOnChoice = (value.variants?.count ?? 0) > 1
        }
        variable.validUnder = validity(of: variable)
        if guardCondition == nil { variable.unanswered = nil }
        var template = value.template
        if let type = variable.type, type != value.type, mutant != .variableCastDropped {
            template = fitting(value, type) ?? cast(template, to: type)
        }
        let isConditional = guardCondition != nil
        let next = guarded(template, else: variable.value)
        defer { if isConditional, !value.isVolatile { remember(template, in: variable) } }
        variable.taint = isConditional ? variable.taint.union(value.taint) : value.taint
        if next.relations.isEmpty, !value.isVolatile, next.parts.count <= 4, (next.plainText?.count ?? 0) <= 200 {
            variable.value = isAtomic(next) ? next : "(\(next))"
            return
        }
        if !isConditional, next.parts.count == 3, isScalarRead(next), iterations.last?.carries != true {
            variable.value = next
            return
        }
        variable.value = scalar(
            next, name: variable.name.hasPrefix("$") ? "argument" : variable.name, type: variable.type,
            taint: variable.taint, isVolatile: value.isVolatile)
    }

    /// A text for a variable declared varchar(n): one that is too long is a failure, which a plain cast would hide by
    /// cutting it, and blanks beyond the length go. Reading a JSON value into a column of the type does both.
    ///
    /// Source: PostgreSQL manual, "Character Types"; assignments of PL/pgSQL follow the rules of columns.
    private func fitting(_ value: Expression, _ type: String) -> SQLTemplate? {
        guard type.hasPrefix("character varying("), let length = TypeName.length(type),
            !fits(value.known ?? value.type, type),
            value.template.plainText != "null"
        else { return nil }
        if let literal = value.template.plainText, literal.count - 2 <= length, literal.first == "'",
            literal.last == "'",
            !literal.dropFirst().dropLast().contains("'")
        {
            return nil
        }
        if let known = value.known ?? value.type, !known.hasPrefix("character"), known != "text", length >= 60 {
            return nil
        }
        return
            "(select assigned.value from jsonb_to_record(jsonb_build_object('value', \(value.template))) as assigned (value \(type)))"
    }

    /// A literal, a cast or a parameter can stand anywhere.
    private func isAtomic(_ template: SQLTemplate) -> Bool {
        guard case .text(let text)? = template.parts.first else { return template.parts.count == 1 }
        if template.parts.count == 1 {
            return text.hasPrefix("cast(") || text.hasPrefix("(") && text.hasSuffix(")")
                || text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
        return text.hasPrefix("cast(")
    }

    /// `(select x from v)`.
    private func isScalarRead(_ template: SQLTemplate) -> Bool {
        guard case .text(let head) = template.parts[0], case .text(let tail) = template.parts[2] else { return false }
        return head.hasPrefix("(select ") && head.hasSuffix(" from ") && tail == ")"
            && head.dropFirst(8).dropLast(6).allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    // MARK: declarations

    /// Declares a block's names, with their initial values.
    func declare(_ declarations: [Declaration]) throws {
        for declaration in declarations {
            currentStep = declaration.range
            currentComments = []
            do {
                try declare(declaration)
            } catch let refusal as Refusal {
                let finding = finding(refusal, range: declaration.range)
                findings.append(finding)
                let variable = Variable(name: declaration.name, type: nil, value: "null")
                scope.variables[declaration.name] = variable
                poisonVariable(variable, finding)
            }
        }
    }

    private func declare(_ declaration: Declaration) throws {
        switch declaration.kind {
        case .alias(let of):
            let name =
                source.kind(of.lowerBound) == .parameter ? source.text(of.lowerBound) : source.name(of.lowerBound)
            if let target = scope.find(name) { scope.variables[declaration.name] = target }
        case .cursor(let parameters, let query):
            let variable = Variable(name: declaration.name, type: "refcursor", value: "null")
            variable.cursor = CursorDefinition(source: source, parameters: parameters, query: query)
            scope.variables[declaration.name] = variable
        case .variable(let type, _, _, let initial):
            let variable = try makeVariable(declaration.name, type: type)
            if let initial {
                let value = try expressionOrQuery(initial)
                scope.variables[declaration.name] = variable
                if variable.fields != nil || variable.isRecord {
                    try assignRecordValue(variable, initial)
                } else {
                    // A declaration runs whenever its block is entered: no older value survives.
                    let saved = variable.value
                    store(value, in: variable)
                    _ = saved
                }
            } else {
                scope.variables[declaration.name] = variable
            }
        }
    }

    private func expressionOrQuery(_ range: Range<Int>) throws -> Expression {
        if let call = try routineCall(range) {
            let variable = Variable(name: "value", type: nil, value: "null")
            scope.variables["\u{1}initial"] = variable
            try callRoutine(call, returningInto: variable)
            return Expression(template: variable.value, taint: variable.taint, isVolatile: false, type: nil)
        }
        if source.firstTopLevel(in: range, where: { source.keyword($0) == .from && !isDistinctFrom($0) }) != nil {
            let text = SourceText(
                "select " + source.text(range), profile: .postgresql, lineOffset: source.line(range.lowerBound) - 1)
            guard let query = readQuery(text, text.all) else {
                throw Refusal(code: .unreadable, detail: "'\(short(source.text(range)))' is not understood")
            }
            let body = try queryTemplate(query, scope: scope, targets: [])
            return Expression(
                template: "(\(body.template))", taint: body.taint, isVolatile: body.isVolatile,
                type: body.columns?.first?.type)
        }
        return try expression(range)
    }

    /// A variable of a declared type: scalar, RECORD, %TYPE, %ROWTYPE or a table's row type.
    func makeVariable(_ name: String, type range: Range<Int>) throws -> Variable {
        var words = range
        // COLLATE belongs to the declaration, not to the type.
        if let collate = range.first(where: { source.keyword($0) == .collate }) { words = range.lowerBound..<collate }
        let text = source.text(words).trimmed
        let lower = text.lowercased()
        if lower == "record" {
            let variable = Variable(name: name, type: nil, value: "null")
            variable.isRecord = true
            return variable
        }
        if lower == "refcursor" { return Variable(name: name, type: "refcursor", value: "null") }
        if let percent = words.first(where: { source.isSymbol($0, "%") }) {
            let suffix = source.text(percent + 1).lowercased()
            if suffix == "rowtype" { return try rowVariable(name, words.lowerBound..<percent) }
            if suffix == "type" {
                let isArray = source.kind(words.upperBound - 1) == .rightBracket
                let type = try columnType(words.lowerBound..<percent)
                if type == "\u{1}record" {
                    let variable = Variable(name: name, type: nil, value: "null")
                    variable.isRecord = true
                    return variable
                }
                return Variable(
                    name: name, type: type + (isArray ? "[]" : ""), value: "cast(null as \(type)\(isArray ? "[]" : ""))"
                )
            }
        }
        // A table's name is its row type.
        if words.allSatisfy({ source.isName($0) || source.kind($0) == .dot }),
            let reference = readRelationName(source, words.lowerBound),
            reference.range == words,
            catalog.resolveTable(schema: reference.schema, name: reference.name, path: frame.searchPath) != nil,
            catalog.snapshot.types.allSatisfy({ $0.name.name != reference.name })
        {
            return try rowVariable(name, words)
        }
        let type = qualifiedType(TypeName.normalized(text))
        if let composite = userType(type), composite.kind == .composite, !composite.attributes.isEmpty {
            // A composite's variable is a row with the attributes as fields.
            let variable = Variable(name: name, type: nil, value: "null")
            variable.fields = composite.attributes.map { attribute in
                let inner = qualifiedType(attribute.type)
                return Variable(name: attribute.name, type: inner, value: "cast(null as \(inner))")
            }
            return variable
        }
        return Variable(name: name, type: type, value: "cast(null as \(type))")
    }

    /// A user's type gets its schema, since the model may run with another search path.
    func qualifiedType(_ type: String) -> String {
        guard !type.contains(".") else { return type }
        let base = type.replacing("[]", with: "")
        guard let full = userTypeOnPath(base) else { return type }
        return full + type.dropFirst(base.count)
    }

    private func rowVariable(_ name: String, _ range: Range<Int>) throws -> Variable {
        guard let reference = readRelationName(source, range.lowerBound) else {
            throw Refusal(code: .variable, detail: "%ROWTYPE of something that is no table")
        }
        let columns: [(String, String?)]
        let full = try tableName(reference)
        if let state = tables[full] {
            columns = state.columns.map { ($0.name, $0.type) }
        } else {
            columns = (catalog.table(full)?.columns ?? []).map { ($0.name, $0.type) }
        }
        let variable = Variable(name: name, type: nil, value: "null")
        variable.fields = columns.map { column, type in
            Variable(name: column, type: type, value: type.map { "cast(null as \($0))" } ?? "null")
        }
        return variable
    }

    /// `table.column%TYPE` or `variable%TYPE`.
    private func columnType(_ range: Range<Int>) throws -> String {
        if range.count == 1 {
            guard let variable = scope.find(source.name(range.lowerBound)) else {
                throw Refusal(code: .variable, detail: "%TYPE of the unknown '\(source.text(range))'")
            }
            if variable.isRecord { return "\u{1}record" }
            guard let type = variable.type else {
                throw Refusal(code: .variable, detail: "%TYPE of an untyped variable")
            }
            return type
        }
        // `declare v %type;` names nothing.
        guard range.count == 3 || range.count == 5 else {
            throw Refusal(code: .variable, detail: "%TYPE of '\(source.text(range))' is not understood")
        }
        let column = source.name(range.upperBound - 1)
        let tableRange = range.lowerBound..<range.upperBound - 2
        if tableRange.count == 1, let record = scope.find(source.name(tableRange.lowerBound)),
            let field = record.field(column),
            let type = field.type
        {
            return type
        }
        let reference = RelationReference(
            range: tableRange, schema: tableRange.count == 3 ? source.name(tableRange.lowerBound) : nil,
            name: source.name(tableRange.upperBound - 1), alias: nil, only: false)
        let full = try tableName(reference)
        let type =
            tables[full]?.columns.first { $0.name == column }?.type
            ?? catalog.table(full)?.columns.first { $0.name == column }?.type
        guard let type else {
            throw Refusal(code: .defect, detail: "'\(full)' has no column '\(column)' for %TYPE")
        }
        return type
    }
}
