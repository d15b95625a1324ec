import Catalog
import Findings
import Steps
import Tokens

/// Turns original SQL into templates: tables become the versions that are current, variables their values, the clock
/// the call's instant. Everything else stays as it was written, comments included.
struct Rewriter {
    let lowerer: Lowerer
    let source: SourceText
    /// Variables that the text can see; nil for views, whose text knows none.
    let scope: Scope?
    /// Replacements by first token.
    private var edits: [Int: (end: Int, template: SQLTemplate)] = [:]
    /// Texts to put behind tokens.
    private var suffixes: [Int: String] = [:]
    /// Tokens that are names of something else than a column or variable.
    var protected: Set<Int> = []
    /// FROM names of the statement, at any depth.
    private(set) var aliases: Set<String> = []
    /// FROM items of the statement, at any depth, whose columns can be looked up.
    var fromItems: [FromItem] = []
    private var hasUnknownRelations = false
    /// Schema-qualified tables of the statement: `schema.table.column` loses its schema.
    private var qualifiedTables: Set<QualifiedName> = []
    /// Tables that stand in FROM under their own bare name.
    private var bareTables: [String: QualifiedName] = [:]
    /// Two tables of the same bare name: the later ones get a name of their own.
    private var ownAliases: [QualifiedName: String] = [:]
    /// Tables that were read through `lifted`: common tables that became versions of their own.
    var lifted: [String: VersionID] = [:]
    /// The text is part of a query that yields rows, not a lone expression.
    var isInQuery = false
    var isVolatile = false
    var taint: Taint = []
    /// Columns that FROM items offer, for `#variable_conflict use_column` and for types.
    private var visibleColumns: Set<String> = []

    /// Where columns can be seen, for names that variables have, too.
    var nameScopes: [NameScope] = []

    init(_ lowerer: Lowerer, _ source: SourceText, scope: Scope?) {
        self.lowerer = lowerer
        self.source = source
        self.scope = scope
    }

    /// A relation that is no relation here: its columns have values.
    private var columnValues: (alias: String, values: [String: SQLTemplate])?
    /// Columns to write with a qualifier where the text has none, outside nested queries.
    private var unqualified: (columns: Set<String>, qualifier: String)?
    private var nestedTokens: Set<Int> = []

    /// Operands that are written in a form that does not fail, longest first for each token.
    private var safeForms: [Int: [SafeForm]] = [:]

    private struct SafeForm {
        var end: Int
        var form: (SQLTemplate) -> SQLTemplate
        /// Being written: inside, the operand stands as it is.
        var isOpen = false
    }

    /// Writes an operand in another form from now on, wherever it stands.
    mutating func makeSafe(_ range: Range<Int>, _ form: @escaping (SQLTemplate) -> SQLTemplate) {
        var forms = safeForms[range.lowerBound] ?? []
        guard !forms.contains(where: { $0.end == range.upperBound }) else { return }
        forms.append(SafeForm(end: range.upperBound, form: form))
        safeForms[range.lowerBound] = forms.sorted { $0.end > $1.end }
    }

    // MARK: collecting names

    /// Gives the columns of a relation, bare or qualified, values.
    mutating func bind(alias: String, columns: [String: SQLTemplate]) { columnValues = (alias, columns) }

    /// Gives bare columns a qualifier: the statement saw one relation where the version's query sees two.
    mutating func qualify(columns: Set<String>, with qualifier: String) { unqualified = (columns, qualifier) }

    /// Makes an alias known that FROM does not show: an UPDATE's target, `excluded`.
    mutating func addAlias(_ alias: String, columns: [String]) {
        aliases.insert(alias)
        visibleColumns.formUnion(columns)
    }

    /// A table whose schema-qualified columns may appear.
    mutating func addQualified(_ table: QualifiedName) {
        qualifiedTables.insert(table)
        bareTables[table.name] = table
    }

    /// Marks tokens that must stay as they are.
    mutating func protect(_ range: Range<Int>) { protected.formUnion(range) }

    /// Replaces tokens.
    mutating func replace(_ range: Range<Int>, with template: SQLTemplate) {
        guard !range.isEmpty else { return }
        edits[range.lowerBound] = (range.upperBound, template)
        protect(range)
    }

    /// Registers a query's relations, aliases and nested queries.
    mutating func collect(_ query: Query, ctes outer: Set<String>) throws {
        var ctes = outer
        if query.isRecursive { ctes.formUnion(query.with.map(\.name)) }
        for table in query.with {
            // Only the name, the column list and the keywords: the body is scanned like any other text.
            protect(table.nameIndex..<max(table.nameIndex + 1, table.body.lowerBound))
            guard let inner = table.query else {
                throw Refusal(code: .dataModifyingWith, detail: "WITH \(table.name) changes data inside a nested query")
            }
            try collect(inner, ctes: ctes)
            ctes.insert(table.name)
        }
        for arm in query.arms {
            switch arm {
            case .select(let select):
                try collect(select, ctes: ctes)
                protectOutputNames(select, query: query)
                // What is no output's name in ORDER BY sees the columns of FROM.
                if let first = query.orderBy.first, let last = query.orderBy.last {
                    noteNames(select.from, in: first.lowerBound..<last.upperBound, ctes: ctes)
                }
            case .values(_, _, let queries): for inner in queries { try collect(inner, ctes: ctes) }
            case .nested(let inner): try collect(inner, ctes: ctes)
            case .table(let reference): try relation(reference, ctes: ctes, wantsAlias: false)
            }
        }
        for inner in query.tailQueries { try collect(inner, ctes: ctes) }
    }

    /// ORDER BY and GROUP BY look at output names before anything else.
    private mutating func protectOutputNames(_ select: Select, query: Query) {
        let names = Set(select.items.compactMap(\.alias))
        let implicit = query.orderBy.isEmpty ? [] : select.implicitNames(source, withColumns: true)
        let single =
            query.orderBy.map { ($0, names.union(implicit)) }
            + (select.groupBy.map(source.splitAtCommas) ?? []).map { ($0, names) }
        for (piece, names) in single {
            guard let first = piece.first, source.isName(first), names.contains(source.name(first)) else { continue }
            let next = source.keyword(first + 1)
            if piece.count == 1 || next == .asc || next == .desc || next == .nulls { protected.insert(first) }
        }
    }

    private mutating func collect(_ select: Select, ctes: Set<String>) throws {
        for item in select.items { if let alias = item.aliasIndex { protected.insert(alias) } }
        try collect(select.from, ctes: ctes)
        noteNames(select.from, in: select.range, ctes: ctes)
        if let from = select.fromRange { protectUsing(from) }
        if let more = dependentColumns(select) { suffixes[more.behind] = more.text }
        for inner in select.expressionQueries { try collect(inner, ctes: ctes) }
    }

    /// Registers FROM items; also used for UPDATE .. FROM and DELETE .. USING.
    mutating func collect(_ items: [FromItem], ctes: Set<String>) throws {
        for item in items {
            if case .relation(let reference) = item.kind, reference.schema == nil, ctes.contains(reference.name) {
                hasUnknownRelations = true
            } else {
                fromItems.append(item)
            }
            if let alias = item.alias { aliases.insert(alias) }
            switch item.kind {
            case .relation(let reference):
                protect(item.range)
                try relation(reference, ctes: ctes, wantsAlias: item.alias == nil)
            case .subquery(let query):
                try collect(query, ctes: ctes)
                protectAround(item.range, inner: query.range)
            case .function(let call):
                protect(call.upperBound..<max(call.upperBound, item.range.upperBound))
                try tableFunction(call, alias: item.alias)
            case .unknown(let range):
                throw Refusal(
                    code: .unreadable, detail: "FROM item '\(lowerer.short(source.text(range)))' is not understood")
            }
        }
    }

    private mutating func protectAround(_ range: Range<Int>, inner: Range<Int>) {
        for index in range where !inner.contains(index) {
            switch source.kind(index) {
            case .leftParen, .rightParen: continue
            default: protected.insert(index)
            }
        }
    }

    private mutating func relation(_ reference: RelationReference, ctes: Set<String>, wantsAlias: Bool) throws {
        protect(reference.range)
        aliases.insert(reference.exposedName)
        if reference.schema == nil, ctes.contains(reference.name) { return }
        if reference.schema == nil, let version = lifted[reference.name] {
            visibleColumns.formUnion(lowerer.columnNames(version))
            replaceRelation(reference, with: version, wantsAlias: wantsAlias)
            return
        }
        if reference.schema == "pg_catalog" || reference.schema == "information_schema" {
            throw Refusal(
                code: .sideEffect,
                detail: "reads the system catalog (\(reference.name)), whose rows differ between the databases")
        }
        let version = try lowerer.read(reference)
        if let schema = reference.schema {
            let full = QualifiedName(schema, reference.name)
            qualifiedTables.insert(full)
            if reference.alias == nil {
                if let other = bareTables[reference.name], other != full {
                    try rename(full, reference, version: version)
                    return
                }
                bareTables[reference.name] = full
            }
        }
        visibleColumns.formUnion(lowerer.columnNames(version))
        replaceRelation(reference, with: version, wantsAlias: wantsAlias)
    }

    /// `src.orders` beside `dw.orders`: versions have no schema, so that the second needs another name.
    private mutating func rename(_ table: QualifiedName, _ reference: RelationReference, version: VersionID) throws {
        let isBare = source.all.contains { index in
            source.isName(index) && source.name(index) == table.name && source.kind(index - 1) != .dot
                && source.kind(index + 1) == .dot
        }
        guard !isBare else {
            throw Refusal(
                code: .unreadable, detail: "two tables named '\(table.name)' stand in one statement: give them aliases")
        }
        let alias = "\(table.schema)_\(table.name)"
        ownAliases[table] = alias
        aliases.insert(alias)
        visibleColumns.formUnion(lowerer.columnNames(version))
        var template = SQLTemplate(.relation(version))
        template.append(" as \(SQLText.identifier(alias))")
        edits[reference.range.lowerBound] = (reference.range.upperBound, template)
    }

    private mutating func replaceRelation(_ reference: RelationReference, with version: VersionID, wantsAlias: Bool) {
        var template = SQLTemplate(.relation(version))
        if wantsAlias, reference.alias == nil { template.append(" as \(SQLText.identifier(reference.name))") }
        edits[reference.range.lowerBound] = (reference.range.upperBound, template)
    }

    private mutating func tableFunction(_ call: Range<Int>, alias: String?) throws {
        guard let name = QueryReader.functionName(source, call.lowerBound) else { return }
        if let template = try lowerer.inlineTableFunction(&self, name: name, call: call, alias: alias) {
            replace(call, with: template)
        }
    }

    /// The statement's relations, at any depth; what two of them say differently of a name is not known.
    var visible: [VisibleRelation] {
        guard !hasUnknownRelations else { return [] }
        var relations = ColumnFinder(lowerer, lifted: lifted).visible(fromItems, source: source, scope: scope)
        if relations.contains(where: { $0.columns == nil }) { return [] }
        var types: [String: Set<String?>] = [:]
        for relation in relations {
            for column in relation.columns ?? [] { types[column.name, default: []].insert(column.type) }
        }
        for index in relations.indices {
            relations[index].columns = relations[index].columns?.map { column in
                types[column.name]?.count == 1 ? column : VersionColumn(column.name, nil)
            }
        }
        return relations
    }

    /// An argument of a function in FROM, whose nested queries are not collected yet.
    mutating func argument(_ range: Range<Int>) throws -> SQLTemplate {
        for query in QueryReader.nested(source, range) { try collect(query, ctes: []) }
        return try render(range)
    }

    // MARK: rendering

    /// The template of a range of an expression or a whole query whose names were collected.
    mutating func render(_ range: Range<Int>) throws -> SQLTemplate {
        var result = SQLTemplate()
        var index = range.lowerBound
        while index < range.upperBound {
            if index > range.lowerBound { result.append(source.triviaBefore(index)) }
            if let forms = safeForms[index],
                let position = forms.firstIndex(where: { $0.end <= range.upperBound && !$0.isOpen })
            {
                let end = forms[position].end
                safeForms[index]?[position].isOpen = true
                let operand = try render(index..<end)
                safeForms[index]?[position].isOpen = false
                result.append(forms[position].form(operand))
                index = end
                continue
            }
            if let edit = edits[index] {
                result.append(edit.template)
                index = edit.end
            } else if !protected.contains(index), let (end, template) = try substitute(index, limit: range.upperBound) {
                result.append(template)
                index = end
            } else if lowerer.mutant == .notInForgetsNulls, let (end, list) = try listWithoutNulls(index) {
                result.append(list)
                index = end
            } else {
                let isMutated = lowerer.mutant == .lessForLessOrEqual && source.text(index) == "<="
                result.append(isMutated ? "<" : source.text(index))
                index += 1
            }
            if let suffix = suffixes[index - 1] { result.append(suffix) }
        }
        return result
    }

    /// A mutant's NOT IN (SELECT ..): as NOT EXISTS, for which a NULL in the list is no obstacle.
    private mutating func listWithoutNulls(_ index: Int) throws -> (Int, SQLTemplate)? {
        guard source.keyword(index) == .in, source.keyword(index - 1) == .not, source.kind(index + 1) == .leftParen,
            source.keyword(index + 2) == .select
        else { return nil }
        let close = source.closing(of: index + 1)
        let inner = try render(index + 2..<close)
        return (close + 1, "in (select q.v from (\(inner)) as q (v) where q.v is not null)")
    }

    /// Collects the nested queries of an expression, then renders it.
    mutating func expression(_ range: Range<Int>) throws -> SQLTemplate {
        guard !range.isEmpty else { throw Refusal(code: .unreadable, detail: "an expression is missing") }
        for query in QueryReader.nested(source, range) {
            if let (tokens, value) = try lowerer.keyedExists(query, source: source, scope: scope) {
                replace(tokens, with: value)
                continue
            }
            nestedTokens.formUnion(query.range)
            try collect(query, ctes: [])
        }
        return try render(range)
    }

    /// What stands at `index` when it is a variable, the clock or a function of the user's; nil leaves the token.
    private mutating func substitute(_ index: Int, limit: Int) throws -> (Int, SQLTemplate)? {
        guard source.isName(index) else {
            if source.kind(index) == .parameter, let value = positional(source.text(index)) {
                return (index + 1, value)
            }
            return nil
        }
        if source.kind(index - 1) == .dot { return nil }
        let before = source.text(index - 1)
        if source.keyword(index - 1) == .as || before == "::" {
            return before == "::" || isCastTarget(index) ? castType(index) : nil
        }
        let isCall = source.kind(index + 1) == .leftParen
        if source.kind(index) == .word {
            if let clock = clock(index, isCall: isCall) { return clock }
        }
        let name = source.name(index)
        if source.kind(index + 1) == .dot { return try qualified(index, name: name) }
        if isCall {
            if name == "extract" { protected.insert(index + 2) }
            return try call(index, nameRange: index..<index + 1)
        }
        if source.text(index + 1) == "=>" || source.text(index + 1) == ":=" { return nil }
        if let value = columnValues?.values[name], scope?.find(name) == nil || lowerer.frame.prefersColumns {
            return (index + 1, value)
        }
        if let unqualified, unqualified.columns.contains(name), !nestedTokens.contains(index),
            scope?.find(name) == nil || lowerer.frame.prefersColumns
        {
            return (index + 1, SQLTemplate("\(unqualified.qualifier).\(source.text(index))"))
        }
        if Lowerer.systemColumns.contains(name), source.kind(index) == .word { try refuseSystemColumn(name) }
        guard let scope else { return nil }
        if name == "found", !scope.isDynamic {
            guard let found = lowerer.found() else {
                throw Refusal(code: .loop, detail: "FOUND of a statement whose outcome is not followed")
            }
            return (index + 1, found)
        }
        guard let variable = scope.find(name) else { return nil }
        if source.kind(index - 1) == .string, source.keyword(index - 2) == .interval { return nil }
        try refuseConflict(name, at: index)
        if lowerer.frame.prefersColumns, visibleColumns.contains(name) { return nil }
        if variable.fields != nil || variable.isRecord {
            guard let fields = variable.fields, !fields.isEmpty else {
                guard source.keyword(index + 1) == .is else {
                    throw Refusal(code: .variable, detail: "the whole record '\(name)' is used as a value")
                }
                return (index + 1, "cast(null as text)")
            }
            return (index + 1, try wholeRecord(name, fields, at: index, after: index + 1))
        }
        if let refusal = variable.unanswered { throw refusal }
        taint.formUnion(variable.taint)
        let value = lowerer.value(of: variable)
        if source.kind(index + 1) == .leftBracket { return (index + 1, "(\(value))") }
        if source.kind(index - 1) == .leftParen, [.any, .all, .some].contains(source.keyword(index - 2)),
            source.kind(index + 1) == .rightParen, let type = variable.type
        {
            // ANY of a bare subquery would compare with its rows, not with the elements of its array.
            return (index + 1, "cast(\(value) as \(type))")
        }
        return (index + 1, value)
    }

    /// A version has no system columns of its own, unless somebody gave it one.
    private func refuseSystemColumn(_ name: String) throws {
        if scope?.find(name) != nil || visibleColumns.contains(name) { return }
        throw Refusal(code: .variable, detail: "the system column '\(name)' has no counterpart in a model")
    }

    private mutating func positional(_ text: String) -> SQLTemplate? {
        guard text.hasPrefix("$"), let scope, let variable = scope.find(text) else { return nil }
        taint.formUnion(variable.taint)
        return lowerer.value(of: variable)
    }

    /// `record.field`, `label.variable`, `schema.function(`, `schema.table.column`.
    private mutating func qualified(_ index: Int, name: String) throws -> (Int, SQLTemplate)? {
        let second = source.name(index + 2)
        if source.kind(index + 3) == .leftParen, source.isName(index + 2) {
            return try call(index, nameRange: index..<index + 3)
        }
        if source.kind(index + 3) == .dot, qualifiedTables.contains(QualifiedName(name, second)) {
            // schema.table.column: the version carries the table's name only.
            protected.formUnion(index + 2..<index + 5)
            if let alias = ownAliases[QualifiedName(name, second)] {
                return (index + 3, SQLTemplate(SQLText.identifier(alias)))
            }
            return (index + 2, SQLTemplate())
        }
        if let columnValues, columnValues.alias == name, let value = columnValues.values[second] {
            return (index + 3, value)
        }
        if Lowerer.systemColumns.contains(second), source.kind(index + 2) == .word, aliases.contains(name) {
            try refuseSystemColumn(second)
        }
        try refuseConflict(alias: name, field: second, at: index)
        guard let scope, !aliases.contains(name) else { return nil }
        if let record = scope.find(name), let fields = record.fields {
            if source.isSymbol(index + 2, "*") {
                for field in fields { try lowerer.refuseUnlessSet(field, of: name) }
                if comparesRows(before: index, after: index + 3) {
                    return (index + 3, try wholeRecord(name, fields, at: index, after: index + 3))
                }
                taint.formUnion(fields.reduce([]) { $0.union($1.taint) })
                return (index + 3, SQLTemplate.joined(fields.map(lowerer.value(of:)), separator: ", "))
            }
            guard let field = record.field(second) else {
                throw Refusal(code: .variable, detail: "record '\(name)' has no known field '\(second)'")
            }
            try lowerer.refuseUnlessSet(field, of: name)
            taint.formUnion(field.taint)
            let value = lowerer.value(of: field)
            return (index + 3, source.kind(index + 3) == .leftBracket ? "(\(value))" : value)
        }
        if scope.hasLabel(name), let variable = scope.find(label: name, second), variable.fields == nil {
            if let refusal = variable.unanswered { throw refusal }
            taint.formUnion(variable.taint)
            return (index + 3, lowerer.value(of: variable))
        }
        return nil
    }

    /// A function call: sequences and routines of the user's need more than copying.
    private mutating func call(_ index: Int, nameRange: Range<Int>) throws -> (Int, SQLTemplate)? {
        let name = source.name(nameRange.upperBound - 1)
        let schema = nameRange.count == 3 ? source.name(nameRange.lowerBound) : nil
        if schema == "pg_catalog" || schema == nil, ["nextval", "currval", "lastval", "setval"].contains(name) {
            let (end, value) = try lowerer.sequenceCall(self, name: name, at: nameRange.upperBound)
            taint.insert(.surrogate)
            return (end, value)
        }
        if schema == nil || schema == "pg_catalog" {
            if let lock = lockOutcome(name, at: nameRange.upperBound) { return lock }
            try refuseSessionSetting(name, at: nameRange.upperBound)
        }
        guard let result = try lowerer.inlineFunction(&self, schema: schema, name: name, at: nameRange) else {
            // A built-in: the name stays, its arguments are scanned.
            protected.formUnion(nameRange)
            return nil
        }
        return result
    }

    /// Adds what a nested rewriting found out.
    mutating func absorb(taint: Taint, isVolatile: Bool) {
        self.taint.formUnion(taint)
        self.isVolatile = self.isVolatile || isVolatile
    }
}
