import Steps
import Tokens
import Types

/// What stands next to a literal in a dynamic text: PostgreSQL gives a quoted literal that type.
struct ValueContexts {
    /// What is known of it.
    enum Context {
        case known(String)
        /// It is compared with something of an unknown type.
        case comparison
        case plain
    }
    private let source: SourceText
    /// Columns by table name or alias.
    private var tables: [String: [String: String]] = [:]
    /// Names that mean several tables.
    private var ambiguous: Set<String> = []
    /// Derived tables may give a column's name another type.
    private let isFlat: Bool

    init(_ lowerer: Lowerer, _ source: SourceText) {
        self.source = source
        isFlat = source.all.count { source.keyword($0) == .select } <= 1
        for index in source.all where source.isName(index) && source.kind(index - 1) != .dot {
            let before = source.keyword(index - 1)
            guard [.from, .join, .into, .update, .using, .only].contains(before) || source.kind(index - 1) == .comma,
                let reference = readRelationName(source, index), let name = try? lowerer.tableName(reference)
            else { continue }
            let columns =
                lowerer.tables[name]?.columns.map { ($0.name, $0.type) }
                ?? lowerer.catalog.table(name)?.columns.map { ($0.name, Optional($0.type)) } ?? []
            var at = reference.range.upperBound
            if source.keyword(at) == .as { at += 1 }
            let hasAlias = source.isName(at) && (source.keyword(at - 1) == .as || source.keyword(at) == .none)
            let alias = hasAlias ? source.name(at) : reference.name
            let types = Dictionary(
                columns.compactMap { column in column.1.map { (column.0, $0) } }, uniquingKeysWith: { $1 })
            if let known = tables[alias], known != types { ambiguous.insert(alias) }
            tables[alias] = types
        }
    }

    /// The context of the literal at `index`.
    func type(at index: Int) -> Context {
        let next = source.text(index + 1)
        let previous = source.text(index - 1)
        let comparisons: Set<String> = ["=", "<>", "!=", "<", ">", "<=", ">="]
        let isNextOperator = source.kind(index + 1) == .op
        if source.kind(index - 1) == .op, !isNextOperator || comparisons.contains(next) {
            guard !isNextOperator else { return .plain }
            if comparisons.contains(previous) { return column(endingAt: index - 2).map(Context.known) ?? .comparison }
            if ["+", "-", "*", "/"].contains(previous), let type = column(endingAt: index - 2), isNumber(type) {
                return .known(type)
            }
            return .plain
        }
        if isNextOperator {
            if comparisons.contains(next) { return column(startingAt: index + 2).map(Context.known) ?? .comparison }
            if ["+", "-", "*", "/"].contains(next), let type = column(startingAt: index + 2), isNumber(type) {
                return .known(type)
            }
            return .plain
        }
        switch source.keyword(index - 1) {
        case .between:
            return column(endingAt: source.keyword(index - 2) == .not ? index - 3 : index - 2).map(Context.known)
                ?? .comparison
        case .and where source.keyword(index - 3) == .between:
            return column(endingAt: source.keyword(index - 4) == .not ? index - 5 : index - 4).map(Context.known)
                ?? .comparison
        default: break
        }
        // `column in (.., here, ..)`
        var at = index - 1
        while at > 0, source.kind(at) == .comma || [.parameter, .string, .number].contains(source.kind(at)) { at -= 1 }
        if source.kind(at) == .leftParen, source.keyword(at - 1) == .in {
            let end = source.keyword(at - 2) == .not ? at - 3 : at - 2
            return column(endingAt: end).map(Context.known) ?? .comparison
        }
        return .plain
    }

    private func isNumber(_ type: String) -> Bool {
        ["integer", "bigint", "smallint", "numeric", "double precision", "real"].contains(TypeName.base(type))
    }

    /// The type of the column whose reference ends at a token and is an operand of its own.
    private func column(endingAt end: Int) -> String? {
        guard end >= 0, source.isName(end) else { return nil }
        let isQualified = source.kind(end - 1) == .dot && source.isName(end - 2)
        let start = isQualified ? end - 2 : end
        guard source.kind(start - 1) != .op, source.kind(start - 1) != .dot else { return nil }
        return type(qualifier: isQualified ? source.name(start) : nil, source.name(end))
    }

    private func column(startingAt start: Int) -> String? {
        guard source.isName(start) else { return nil }
        let isQualified = source.kind(start + 1) == .dot && source.isName(start + 2)
        let end = isQualified ? start + 2 : start
        guard ![.op, .dot, .leftParen].contains(source.kind(end + 1)) else { return nil }
        return type(qualifier: isQualified ? source.name(start) : nil, source.name(end))
    }

    private func type(qualifier: String?, _ name: String) -> String? {
        if let qualifier { return ambiguous.contains(qualifier) ? nil : tables[qualifier]?[name] }
        guard isFlat, ambiguous.isEmpty else { return nil }
        let types = Set(tables.values.compactMap { $0[name] })
        return types.count == 1 ? types.first : nil
    }
}
