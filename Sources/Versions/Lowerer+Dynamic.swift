import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    // MARK: known texts

    /// The text of an expression when something of it is known.
    func textOf(_ range: Range<Int>) -> DynamicText? {
        guard let first = range.first, !scope.isDynamic else { return nil }
        let isText = range.contains { source.kind($0) == .string || source.isSymbol($0, "||") } || source.isName(first)
        guard isText, let text = try? TextFolder(lowerer: self, source: source, scope: scope).fold(range),
            text.only == nil
        else { return nil }
        return text
    }

    /// The texts that an expression of known pieces may yield.
    func possibleTexts(_ range: Range<Int>) -> [TextVariant]? {
        let hasChoice = range.contains { index in
            guard source.isName(index) else { return false }
            if source.keyword(index) == .case { return true }
            guard source.kind(index - 1) != .dot, let variable = scope.find(source.name(index)) else { return false }
            return (variable.variants?.count ?? 0) > 1 || !variable.domains.isEmpty
        }
        guard hasChoice, !scope.isDynamic, let variants = try? textVariants(range),
            variants.count > 1 || variants[0].text.only == nil
        else { return nil }
        return variants
    }

    /// What a variable keeps of an assigned text: all of it, or nothing where its type changes it.
    func assignedText(_ text: DynamicText?, to type: String?) -> AssignedText? {
        guard let text else { return nil }
        if let type, ["integer", "bigint", "smallint"].contains(type) {
            guard let known = text.known, Int(known).map(String.init) == known else { return nil }
        } else if let type, type != "text" {
            guard TypeName.base(type) == "character varying", let known = text.known else { return nil }
            if let open = type.firstIndex(of: "("), let length = Int(type[open...].filter(\.isNumber)),
                known.unicodeScalars.count > length
            {
                return nil
            }
        }
        return AssignedText(text: text, path: path, reaches: reaches.filter { $0.condition != nil })
    }

    /// The characters of a variable's value, when its last assignment is one that always counts here.
    func knownText(of variable: Variable) -> DynamicText? {
        if let assigned = variable.text, assigned.path.allSatisfy(path.contains),
            assigned.reaches.allSatisfy({ old in reaches.contains { $0 === old } })
        {
            return assigned.text
        }
        for (name, value) in fixedParameters
        where variable.value == SQLTemplate(.parameter(routine: entry.name.description, name: name)) {
            usedParameters.insert(name)
            return DynamicText(value)
        }
        guard let plain = variable.value.plainText else { return nil }
        let text = SourceText(plain, profile: .postgresql)
        guard let folded = try? TextFolder(lowerer: self, source: text, scope: nil).fold(text.all),
            folded.isNull || folded.known != nil
        else { return nil }
        return folded
    }

    // MARK: EXECUTE

    /// EXECUTE: a text that is known up to values is read as the statements that it holds.
    ///
    /// Source: PostgreSQL manual, PL/pgSQL, "Executing Dynamic Commands": the text sees USING's arguments and none of the
    /// routine's variables; ROW_COUNT is set, FOUND is not.
    func lowerExecute(_ call: DynamicCall) throws -> Outcome {
        if call.into.isEmpty, executesPartitionDDL(call.text) {
            return .noted(code: "P2D-206", "CREATE TABLE .. PARTITION OF makes room for rows and is dropped")
        }
        let only: DynamicAssembly
        do {
            only = try dynamicText(call)
        } catch let refusal as Refusal where refusal.code == .dynamicSQL {
            // Text that hangs on conditions: one branch for each text.
            if call.into.isEmpty, executesUpkeep(call.text) {
                return .noted(
                    code: "P2D-206", "a text that makes indexes, statistics or rights changes no rows and is dropped")
            }
            guard iterations.isEmpty, let variants = try? textVariants(call.text), variants.count > 1 else {
                throw refusal
            }
            try forEach(variants) { _ = try execute(try assembled($0, call), call) }
            return .converted
        }
        return try execute(only, call)
    }

    private func execute(_ text: DynamicAssembly, _ call: DynamicCall) throws -> Outcome {
        let statements = statements(text.source)
        guard !statements.isEmpty else { throw Refusal(code: .defect, detail: "EXECUTE of an empty text fails") }
        guard call.into.isEmpty || statements.count == 1 else {
            throw Refusal(code: .dynamicSQL, detail: "EXECUTE .. INTO of several statements is not followed")
        }
        failOnNull(text.mustNotBeNull)
        let before = diagnostics
        var outcome = Outcome.noted(code: "P2D-206", "")
        var notes: [String] = []
        for statement in statements {
            diagnostics = before
            let isQuery =
                [.select, .values, .with].contains(text.source.keyword(statement.lowerBound))
                || text.source.kind(statement.lowerBound) == .leftParen
            if isQuery, let query = readQuery(text.source, statement), query.with.allSatisfy({ $0.query != nil }) {
                try executeQuery(query, statement, text, call)
                outcome = .converted
                continue
            }
            switch try inside(text, { try executeStatement(statement, call) }) {
            case .converted: outcome = .converted
            case .noted(_, let message):
                notes.append(message)
                setDiagnostics(count: "0", found: nil)
            }
        }
        if let after = diagnostics {
            diagnostics = Diagnostics(rowCount: after.rowCount, found: before?.found ?? "false", taint: after.taint)
        }
        if case .noted(let code, _) = outcome { return .noted(code: code, notes.joined(separator: "; ")) }
        return outcome
    }

    /// RETURN QUERY EXECUTE.
    func lowerReturnDynamic(_ call: DynamicCall) throws {
        func rows(_ text: DynamicAssembly) throws {
            let query = try onlyQuery(text)
            failOnNull(text.mustNotBeNull)
            try returnRows(query, scope: text.scope)
        }
        let only: DynamicAssembly
        do {
            only = try dynamicText(call)
        } catch let refusal as Refusal where refusal.code == .dynamicSQL {
            guard iterations.isEmpty, let variants = try? textVariants(call.text), variants.count > 1 else {
                throw refusal
            }
            try forEach(variants) { try rows(try assembled($0, call)) }
            return
        }
        try rows(only)
    }

    /// The query that a dynamic text holds, and the scope that it sees: for loops and cursors.
    func dynamicQuery(_ call: DynamicCall) throws -> (query: Query, scope: Scope) {
        let text = try dynamicText(call)
        let query = try onlyQuery(text)
        failOnNull(text.mustNotBeNull)
        return (query, text.scope)
    }

    private func onlyQuery(_ text: DynamicAssembly) throws -> Query {
        let statements = statements(text.source)
        guard statements.count == 1, let query = readQuery(text.source, statements[0]),
            query.with.allSatisfy({ $0.query != nil })
        else {
            throw Refusal(code: .dynamicSQL, detail: "'\(short(text.source.text(text.source.all)))' is not one query")
        }
        return query
    }

    /// The text with its values and USING arguments bound.
    private func dynamicText(_ call: DynamicCall) throws -> DynamicAssembly {
        try assembled(TextFolder(lowerer: self, source: source, scope: scope).fold(call.text), call)
    }

    private func assembled(_ text: DynamicText, _ call: DynamicCall) throws -> DynamicAssembly {
        let dynamic = Scope(label: nil, parent: nil)
        dynamic.isDynamic = true
        for (position, argument) in call.using.enumerated() {
            dynamic.variables["$\(position + 1)"] = try usingArgument(argument, "$\(position + 1)")
        }
        var assembler = DynamicAssembler(self, line: source.line(currentStep.lowerBound))
        return try assembler.assemble(text, scope: dynamic)
    }

    private func usingArgument(_ range: Range<Int>, _ name: String) throws -> Variable {
        let value = try plainExpression(range, in: source, scope: scope)
        var template: SQLTemplate = "(\(value.template))"
        if range.count == 1, source.kind(range.lowerBound) == .string || source.keyword(range.lowerBound) == .null {
            template = "cast(\(value.template) as text)"
        } else if range.count == 1 {
            template = value.template
        } else if value.isVolatile || value.template.parts.count > 12 {
            let type = value.type
            template = scalar(
                guarded(value.template, else: "null"), name: "argument", type: type, taint: value.taint,
                isVolatile: value.isVolatile)
        }
        return Variable(name: name, type: value.type, value: template, taint: value.taint)
    }

    /// Where one of the values is NULL, the whole text is, and EXECUTE fails.
    private func failOnNull(_ values: [SQLTemplate]) {
        guard !values.isEmpty else { return }
        let tests = values.map { "(\($0)) is null" as SQLTemplate }
        let line = source.line(currentStep.lowerBound)
        let test = condition(
            .joined(tests, separator: " or "), name: "text_is_null_line_\(line)", taint: [], isVolatile: false)
        under(test) { raise("'query string argument of EXECUTE is null'", state: "null_value_not_allowed") }
    }

    /// Ranges between the semicolons.
    private func statements(_ source: SourceText) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        var index = 0
        while index < source.count {
            if source.kind(index) == .semicolon {
                if start < index { result.append(start..<index) }
                start = index + 1
            }
            index = source.next(index)
        }
        if start < source.count { result.append(start..<source.count) }
        return result
    }

    /// Runs `body` with the dynamic text in the routine's place.
    private func inside<Result>(_ text: DynamicAssembly, _ body: () throws -> Result) rethrows -> Result {
        let saved = (scope: scope, step: currentStep)
        let inner = Frame(
            routine: frame.routine, source: text.source, searchPath: frame.searchPath, prefersColumns: false)
        inner.countsSteps = false
        frames.append(inner)
        scope = text.scope
        currentStep = 0..<min(1, text.source.count)
        defer {
            frames.removeLast()
            scope = saved.scope
            currentStep = saved.step
        }
        return try body()
    }

    /// A query: its first row goes into variables, or nowhere.
    private func executeQuery(_ query: Query, _ range: Range<Int>, _ text: DynamicAssembly, _ call: DynamicCall) throws
    {
        guard call.into.isEmpty else {
            try selectInto(query, targets: call.into, isStrict: call.isStrict, scope: text.scope)
            return
        }
        if text.source.keyword(range.lowerBound) == .select {
            _ = try inside(text) { try lowerPerform(range) }
            return
        }
        let rows = try queryTemplate(query, scope: text.scope)
        setDiagnostics(count: "(select count(*) from (\(rows.template)) as q)", found: nil)
    }

    private func executeStatement(_ range: Range<Int>, _ call: DynamicCall) throws -> Outcome {
        switch source.keyword(range.lowerBound) {
        case .call:
            guard call.into.isEmpty else { break }
            try lowerCall(range.lowerBound + 1..<range.upperBound)
            return .converted
        case .do, .execute, .prepare, .commit, .rollback, .begin, .savepoint:
            throw Refusal(code: .dynamicSQL, detail: "EXECUTE of '\(short(source.text(range)))' is not followed")
        default: break
        }
        guard call.into.isEmpty else {
            throw Refusal(
                code: .dynamicSQL, detail: "EXECUTE .. INTO of '\(short(source.text(range)))' is not followed")
        }
        return try lowerSQL(range)
    }
}
