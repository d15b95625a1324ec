import Catalog
import Steps
import Tokens
import Types

/// A column of a query, with PostgreSQL's type where it is known.
struct TypedColumn: Equatable {
    var name: String
    var type: String?
}

/// What names mean inside a query.
struct QueryScope {
    /// A relation in FROM.
    struct Relation {
        var name: String?
        /// Nil where they are not known.
        var columns: [TypedColumn]?
    }
    /// A query in FROM whose rows have an order.
    struct Ordered {
        var alias: String
        /// Names that replace those of its columns.
        var columns: [String]
        var query: Query
    }
    /// Relations of this query, then those of the queries around it.
    var relations: [Relation] = []
    /// The only relation in FROM, when it is a query.
    var ordered: Ordered?
    /// Tables and common table expressions by name.
    var tables: [String: [TypedColumn]] = [:]

    func type(qualifier: String?, column: String) -> String? {
        for relation in relations where qualifier == nil || relation.name == qualifier {
            // Its own column may have the name that one further out has, too.
            if relation.columns == nil, !column.hasPrefix(TemplateRewriter.mark) { return nil }
            if let found = relation.columns?.first(where: { $0.name == column }) { return found.type }
        }
        return nil
    }
}

/// Works out the columns of queries as PostgreSQL sees them.
struct QueryColumns {
    let source: SourceText
    let types: TargetTypes

    func context(_ scope: QueryScope) -> TypeContext {
        TypeContext(
            column: { scope.type(qualifier: $0, column: $1) },
            subquery: { query in
                let columns = columns(of: query, scope: scope)
                return columns?.count == 1 ? columns?[0].type : nil
            },
            userType: { types.userType($0) })
    }

    func type(of range: Range<Int>, in scope: QueryScope) -> String? { inferType(source, range, context(scope)) }

    func family(of range: Range<Int>, in scope: QueryScope) -> TypeFamily? { types.family(type(of: range, in: scope)) }

    /// The scope inside a query: its WITH list is known.
    func scope(inside query: Query, _ outer: QueryScope) -> QueryScope {
        var scope = outer
        for part in query.with {
            guard let body = part.query else { continue }
            var inner = scope
            // The first arm gives a recursive part's types.
            if query.isRecursive, let first = body.arms.first, let columns = columns(of: first, scope: scope) {
                inner.tables[part.name] = Self.renamed(columns, part.columns)
            }
            scope.tables[part.name] = columns(of: body, scope: inner).map { Self.renamed($0, part.columns) }
        }
        return scope
    }

    /// The output columns; nil where a star stands for nobody knows what.
    func columns(of query: Query, scope outer: QueryScope) -> [TypedColumn]? {
        let scope = scope(inside: query, outer)
        guard let first = query.arms.first, var result = columns(of: first, scope: scope) else { return nil }
        for arm in query.arms.dropFirst() {
            guard let other = columns(of: arm, scope: scope), other.count == result.count else { return nil }
            for position in result.indices {
                result[position].type = commonType([result[position].type, other[position].type], context(scope))
            }
        }
        // What nothing has given a type by now is text.
        for position in result.indices where result[position].type == "unknown" { result[position].type = "text" }
        return result
    }

    /// A bare string or NULL takes the type of what stands in the other rows.
    private func literalType(_ range: Range<Int>, _ scope: QueryScope) -> String? {
        let isBare =
            range.count == 1 && (source.kind(range.lowerBound) == .string || source.keyword(range.lowerBound) == .null)
        return isBare ? "unknown" : type(of: range, in: scope)
    }

    func columns(of arm: Query.Arm, scope: QueryScope) -> [TypedColumn]? {
        switch arm {
        case .nested(let query): return columns(of: query, scope: scope)
        case .table(let reference): return scope.tables[reference.name]
        case .values(let rows, _, _):
            return rows.first?.indices.map { position in
                let all = rows.map { row in row.indices.contains(position) ? literalType(row[position], scope) : nil }
                return TypedColumn(name: "column\(position + 1)", type: commonType(all, context(scope)))
            }
        case .select(let select):
            let inner = self.scope(inside: select, scope)
            var result: [TypedColumn] = []
            for item in select.items {
                guard let star = item.star, item.alias == nil else {
                    let name = item.alias ?? inferColumnName(source, item.expression)
                    result.append(TypedColumn(name: name, type: literalType(item.expression, inner)))
                    continue
                }
                let qualifier = star.last.map { source.name($0) }
                let own = inner.relations.prefix(select.from.count).filter { qualifier == nil || $0.name == qualifier }
                var seen: Set<String> = []
                let merged = Set(select.from.flatMap(\.usingColumns))
                for relation in own {
                    guard let columns = relation.columns else { return nil }
                    // A column of USING comes once, and first: only its type matters here.
                    result += columns.filter { !merged.contains($0.name) || seen.insert($0.name).inserted }
                }
            }
            return result
        }
    }

    /// The scope inside a SELECT: FROM is known.
    func scope(inside select: Select, _ outer: QueryScope) -> QueryScope {
        var scope = outer
        scope.relations = []
        for item in select.from {
            // A LATERAL item sees what stands to its left.
            var left = outer
            left.relations = scope.relations + outer.relations
            scope.relations.append(relation(item, left))
        }
        scope.relations += outer.relations
        scope.ordered = nil
        if select.from.count == 1, case .subquery(let query) = select.from[0].kind, let alias = select.from[0].alias {
            scope.ordered = QueryScope.Ordered(alias: alias, columns: select.from[0].aliasColumns, query: query)
        }
        return scope
    }

    private func relation(_ item: FromItem, _ scope: QueryScope) -> QueryScope.Relation {
        var columns: [TypedColumn]?
        var name = item.alias
        switch item.kind {
        case .relation(let reference):
            columns = scope.tables[(reference.schema.map { $0 + "." } ?? "") + reference.name]
            name = reference.exposedName
        case .subquery(let query): columns = self.columns(of: query, scope: scope)
        case .function(let call):
            if let list = recordColumns(after: call, item) {
                columns = list
            } else {
                let function = source.name(call.lowerBound)
                name = name ?? function
                if Self.oneColumn.contains(function) {
                    columns = [TypedColumn(name: name ?? function, type: type(of: call, in: scope))]
                }
            }
        case .unknown: break
        }
        return QueryScope.Relation(name: name, columns: columns.map { Self.renamed($0, item.aliasColumns) })
    }

    /// Set-returning functions with one column, which the alias names.
    static let oneColumn: Set<String> = ["generate_series", "unnest"]

    /// `jsonb_to_recordset(..) as t (a integer, b text)`: names and types of the list.
    func recordColumns(after call: Range<Int>, _ item: FromItem) -> [TypedColumn]? {
        guard let last = item.range.last, source.kind(last) == .rightParen, last >= call.upperBound,
            let open = (call.upperBound..<last).last(where: { source.closing(of: $0) == last })
        else { return nil }
        var result: [TypedColumn] = []
        for piece in source.splitAtCommas(source.inside(open)) {
            guard piece.count > 1, source.isName(piece.lowerBound) else { return nil }
            let type = source.text(piece.lowerBound + 1..<piece.upperBound)
            result.append(TypedColumn(name: source.name(piece.lowerBound), type: TypeName.normalized(type)))
        }
        return result
    }

    static func renamed(_ columns: [TypedColumn], _ names: [String]) -> [TypedColumn] {
        var result = columns
        for (position, name) in names.enumerated() where position < result.count { result[position].name = name }
        return result
    }
}
