import Catalog
import Steps
import Tokens

/// One iteration of a loop whose values are known: what its targets get.
struct KnownIteration {
    /// Ranges of the loop's targets; empty for the variable of an integer loop.
    var targets: [Range<Int>]
    /// The variable of an integer loop.
    var variable = ""
    /// Literals, one a target or one a field of a record.
    var values: [String]
    /// Names and types of a record's fields.
    var columns: [VersionColumn] = []
}

/// The lowest rung of the loop ladder: a few iterations over literals are lowered one after the other.
///
/// Rule: FOREACH over an array of literals (written out, or a variable that still holds one), FOR over integers with
/// literal bounds, FOR over VALUES of literals. Precondition: at most 40 iterations. What is no literal takes the other rungs.
///
/// Source: PostgreSQL manual, PL/pgSQL, "Control Structures": the array is evaluated once, before the first iteration.
extension Lowerer {
    private static let mostIterations = 40

    /// The iterations when there are few and all are known.
    func knownIterations(_ loop: Loop) -> [KnownIteration]? {
        switch loop.kind {
        case .array(let targets, false, let array):
            guard targets.count == 1, let items = literalItems(array, in: source) else { return nil }
            return items.map { KnownIteration(targets: targets, values: [$0]) }
        case .integers(let variable, let from, let to, let by, let reverse):
            guard let first = Int(source.text(from)), let last = Int(source.text(to)),
                let step = by.map({ Int(source.text($0)) }) ?? 1,
                step > 0
            else { return nil }
            let numbers = Array(stride(from: first, through: last, by: reverse ? -step : step))
            // Many iterations read better as a series; few, and those that the body may leave, as they are.
            guard numbers.count <= Self.mostIterations else { return nil }
            return numbers.map { KnownIteration(targets: [], variable: variable, values: ["cast(\($0) as integer)"]) }
        case .query(let targets, let query): return listedRows(targets, query)
        default: return nil
        }
    }

    // MARK: arrays

    /// The elements of `array[..]`, of a literal `'{..}'`, or of a variable whose value is one of these.
    private func literalItems(_ whole: Range<Int>, in text: SourceText) -> [String]? {
        var range = whole
        // ARRAY may be the word of FOREACH .. IN ARRAY itself.
        if text.keyword(range.lowerBound - 1) == .array, text.kind(range.lowerBound) == .leftBracket {
            return literals(text, text.inside(range.lowerBound))
        }
        while text.kind(range.lowerBound) == .leftParen, text.closing(of: range.lowerBound) == range.upperBound - 1 {
            range = text.inside(range.lowerBound)
        }
        let first = range.lowerBound
        if text.keyword(first) == .cast, text.closing(of: first + 1) == range.upperBound - 1 {
            let inner = text.inside(first + 1)
            guard let at = text.firstTopLevel(in: inner, where: { text.keyword($0) == .as }) else { return nil }
            return literalItems(inner.lowerBound..<at, in: text).flatMap {
                kept($0, by: text.text(at + 1..<inner.upperBound))
            }
        }
        if let cast = text.firstTopLevel(in: range, where: { text.isSymbol($0, "::") }) {
            guard cast > first else { return nil }
            return literalItems(first..<cast, in: text).flatMap { kept($0, by: text.text(cast + 1..<range.upperBound)) }
        }
        if text.keyword(first) == .array, text.kind(first + 1) == .leftBracket,
            text.closing(of: first + 1) == range.upperBound - 1
        {
            return literals(text, text.inside(first + 1))
        }
        guard range.count == 1 else { return nil }
        if text.kind(first) == .string { return plainElements(StringToken.decode(text.text(first)) ?? "") }
        guard text === source, text.isName(first), let variable = scope.find(text.name(first)),
            variable.fields == nil, let value = variable.value.plainText
        else { return nil }
        let held = SourceText(value, profile: .postgresql)
        return literalItems(held.all, in: held)
    }

    /// The elements, where a cast of the array leaves each as it is written: texts as texts, whole numbers as such.
    private func kept(_ items: [String], by type: String) -> [String]? {
        switch type.lowercased().filter({ $0 != " " }) {
        case "text[]", "charactervarying[]", "varchar[]": items.allSatisfy { $0.hasPrefix("'") } ? items : nil
        case "integer[]", "int[]", "int4[]", "bigint[]", "int8[]":
            items.allSatisfy { Int32($0.filter { $0 != " " && $0 != "'" }) != nil } ? items : nil
        default: nil
        }
    }

    private func literals(_ text: SourceText, _ range: Range<Int>) -> [String]? {
        let pieces = text.splitAtCommas(range)
        guard pieces.count <= Self.mostIterations, pieces.allSatisfy({ isLiteral(text, $0) }) else { return nil }
        return pieces.map(text.text)
    }

    /// Elements of an array's text form that need no quotes there.
    private func plainElements(_ text: String) -> [String]? {
        guard text.hasPrefix("{"), text.hasSuffix("}"), text.count > 2 else { return nil }
        let items = text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
        let isPlain = items.allSatisfy { item in
            !item.isEmpty && item.lowercased() != "null"
                && item.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == ".") }
        }
        guard isPlain, items.count <= Self.mostIterations else { return nil }
        return items.map { SQLText.literal(String($0)) }
    }

    private func isLiteral(_ text: SourceText, _ range: Range<Int>) -> Bool {
        let first = range.lowerBound
        return range.count == 1 && [.string, .number].contains(text.kind(first))
            || range.count == 2 && text.text(first) == "-" && text.kind(first + 1) == .number
            || range.count == 3 && text.kind(first) == .string && text.isSymbol(first + 1, "::")
    }

    // MARK: VALUES

    /// `VALUES (..), ..` and `SELECT * FROM (VALUES (..), ..) AS t (a, b)`: rows of literals, in written order.
    private func listedRows(_ targets: [Range<Int>], _ range: Range<Int>) -> [KnownIteration]? {
        guard let query = readQuery(source, range), query.with.isEmpty, query.arms.count == 1, query.tail.isEmpty else {
            return nil
        }
        var rows: [[Range<Int>]] = []
        var names: [String] = []
        switch query.arms[0] {
        case .values(let listed, _, _): rows = listed
        case .select(let select):
            guard select.items.count == 1, select.items[0].star?.isEmpty == true, select.from.count == 1,
                select.filter == nil, select.groupBy == nil, select.having == nil, !select.isDistinct,
                case .subquery(let inner) = select.from[0].kind, inner.with.isEmpty, inner.arms.count == 1,
                inner.tail.isEmpty, case .values(let listed, _, _) = inner.arms[0]
            else { return nil }
            rows = listed
            names = select.from[0].aliasColumns
        default: return nil
        }
        guard let width = rows.first?.count, rows.count <= Self.mostIterations, rows.allSatisfy({ $0.count == width })
        else { return nil }
        var columns: [VersionColumn] = []
        for position in 0..<width {
            guard let type = listedType(rows.map { $0[position] }) else { return nil }
            columns.append(VersionColumn(position < names.count ? names[position] : "column\(position + 1)", type))
        }
        return rows.map { row in
            KnownIteration(targets: targets, values: row.map(source.text), columns: columns)
        }
    }

    /// The type of a column of VALUES, where all are texts or all are integers; NULLs go with both.
    private func listedType(_ values: [Range<Int>]) -> String? {
        let given = values.filter { !($0.count == 1 && source.keyword($0.lowerBound) == .null) }
        if given.allSatisfy({ $0.count == 1 && source.kind($0.lowerBound) == .string }) { return "text" }
        let isWhole = given.allSatisfy { value in
            isLiteral(source, value) && Int32(source.text(value).filter { $0 != " " }) != nil
        }
        return isWhole ? "integer" : nil
    }

    // MARK: lowering

    func unroll(_ loop: Loop, _ steps: [KnownIteration]) throws {
        let exit = Reach()
        reaches.append(exit)
        let counted = frame.countsSteps
        for (number, step) in steps.enumerated()
        where !isDead && (mutant != .unrolledOnce || number == 0) {
            let outer = scope
            scope = Scope(label: nil, parent: outer)
            defer { scope = outer }
            try begin(step)
            let iteration = Reach()
            reaches.append(iteration)
            loops.append(
                LoopFrame(
                    label: loop.label, exit: exit, iteration: iteration, isUnrolled: true, range: loop.range,
                    depth: frames.count))
            frame.countsSteps = counted && number == 0
            run(loop.body)
            loops.removeLast()
            reaches.removeAll { $0 === iteration }
        }
        frame.countsSteps = counted
        if steps.isEmpty { for region in loop.body { countLeaves(region) { $0.noted += 1 } } }
        reaches.removeAll { $0 === exit }
        let before = diagnostics
        setDiagnostics(count: before?.rowCount ?? "0", found: steps.isEmpty ? "false" : "true")
        if before?.knowsCount == false || before?.validUnder != nil { diagnostics?.knowsCount = false }
    }

    /// Gives the loop's targets their values, with the characters for texts that are put together from them.
    private func begin(_ step: KnownIteration) throws {
        guard let target = step.targets.first else {
            scope.variables[step.variable] = Variable(
                name: step.variable, type: "integer", value: SQLTemplate(step.values[0]))
            return
        }
        let texts = step.values.map { value -> DynamicText? in
            let text = SourceText(value, profile: .postgresql)
            return try? TextFolder(lowerer: self, source: text, scope: nil).fold(text.all)
        }
        if step.columns.isEmpty {
            try assign(
                target: target,
                Expression(
                    template: SQLTemplate(step.values[0]), taint: [], isVolatile: false, type: nil, text: texts[0],
                    variants: texts[0].map { [TextVariant(condition: nil, text: $0)] }))
            return
        }
        let values = zip(step.values, step.columns).map { value, column -> SQLTemplate in
            value.lowercased() == "null" ? SQLTemplate("cast(null as \(column.type ?? "text"))") : SQLTemplate(value)
        }
        try assignValues(step.targets, values: values, columns: step.columns)
        let fields =
            step.targets.count == 1
            ? variable(target)?.fields ?? [variable(target)].compactMap { $0 }
            : step.targets.compactMap { variable($0) }
        for (field, text) in zip(fields, texts) {
            field.text = assignedText(text, to: field.type)
            field.variants = field.text.map { [TextVariant(condition: nil, text: $0.text)] }
        }
    }
}
