import Catalog
import Steps
import Tokens
import Types

extension Lowerer {
    /// The type an expression has, as `CREATE TABLE AS` would give it; nil when it isn't certain.
    func inferType(
        _ source: SourceText, _ range: Range<Int>, visible: [VisibleRelation], scope: Scope? = nil,
        ctes: ColumnFinder.Tables = [:], finder: ColumnFinder? = nil
    ) -> String? {
        let names = scope ?? (source === frames.last?.source ? self.scope : nil)
        let context = TypeContext(
            column: { qualifier, name in
                for relation in visible where qualifier == nil || relation.name == qualifier {
                    if let column = relation.columns?.first(where: { $0.name == name }) { return column.type }
                }
                return nil
            },
            variable: { name in
                let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
                if parts.count == 2 {
                    return names?.find(parts[0])?.field(parts[1])?.type ?? names?.find(label: parts[0], parts[1])?.type
                }
                return names?.find(name)?.type ?? (name == "found" && names != nil ? "boolean" : nil)
            },
            userFunction: { [self] schema, name, count in
                let all = catalog.routines(schema: schema, name: name, path: frames.last?.searchPath)
                let found = all.filter { takes($0, positional: count, named: []) }
                // Overloads that agree on the result need no choice.
                guard let type = found.first?.returnType, found.allSatisfy({ $0.returnType == type && !$0.returnsSet })
                else {
                    return nil
                }
                return qualifiedType(TypeName.ofSignature(type))
            },
            subquery: { query in
                let columns = (finder ?? ColumnFinder(self)).columns(
                    of: query, scope: names, ctes: ctes, outer: visible)
                return columns?.count == 1 ? columns?[0].type : nil
            },
            userType: { [self] name in userType(name) })
        return Types.inferType(source, range, context)
    }

    /// The qualified name of an enum, domain or composite that a bare name means; PostgreSQL's own types come first.
    func userTypeOnPath(_ name: String) -> String? {
        let own: Set<String> = [
            "money", "date", "text", "json", "jsonb", "uuid", "name", "xml", "bytea", "inet", "cidr", "macaddr",
            "point",
            "line", "box", "path", "circle", "polygon", "oid", "interval", "time", "timestamp", "numeric",
        ]
        guard !own.contains(name) else { return nil }
        guard let type = typeOnPath(name) else { return nil }
        return "\(SQLText.identifier(type.schema)).\(SQLText.identifier(type.name))"
    }

    /// The first of the search path's schemas that has it, then the only schema that has it.
    private func typeOnPath(_ name: String) -> QualifiedName? {
        let found = catalog.snapshot.types.map(\.name).filter { $0.name == name }
        guard found.count > 1 else { return found.first }
        return (frames.last?.searchPath ?? ["public"]).lazy.compactMap { schema in
            found.first { $0.schema == schema }
        }.first
    }

    func userType(_ name: String) -> UserType? {
        let parts = name.replacing("\"", with: "").split(separator: ".", maxSplits: 1).map(String.init)
        let full = parts.count == 2 ? QualifiedName(parts[0], parts[1]) : typeOnPath(parts.first ?? name)
        return catalog.snapshot.types.first { $0.name == full }
    }

    /// Knows the user's types and nothing else.
    var typeContext: TypeContext {
        TypeContext(
            column: { _, _ in nil }, variable: { _ in nil }, userFunction: { _, _, _ in nil }, subquery: { _ in nil },
            userType: { [self] name in userType(name) })
    }

    /// The type that the arms of a set operation agree on.
    func commonType(_ types: [String?]) -> String? {
        Types.commonType(types, typeContext)
    }

    /// The name of an output column without an alias.
    func inferName(_ source: SourceText, _ range: Range<Int>) -> String { inferColumnName(source, range) }
}
