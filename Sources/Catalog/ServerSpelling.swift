import Tokens

/// PostgreSQL prints some things otherwise than they were written: types with their schema, literals with their type.
/// It can be told only when all files are read, as a type may stand in a later one.
struct ServerSpelling {
    let types: [QualifiedName: UserType]

    /// Keywords that stand for a value and print in capitals.
    private static let valueWords: Set<String> = [
        "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user",
        "session_user",
        "user", "current_role", "current_catalog", "current_schema",
    ]

    func apply(to table: inout Table) {
        for index in table.columns.indices {
            table.columns[index].type = type(table.columns[index].type, near: table.name.schema)
            if let value = table.columns[index].defaultExpression {
                table.columns[index].defaultExpression = literal(value, of: table.columns[index].type)
            }
        }
    }

    func apply(to routine: inout Routine) {
        for index in routine.parameters.indices {
            routine.parameters[index].type = type(routine.parameters[index].type, near: routine.name.schema)
        }
        guard let result = routine.returnType, !result.hasPrefix("TABLE(") else { return }
        let prefix = result.hasPrefix("SETOF ") ? "SETOF " : ""
        routine.returnType = prefix + type(String(result.dropFirst(prefix.count)), near: routine.name.schema)
    }

    /// A user's type that was named without its schema gets it: the one of the object that uses it, else the only one.
    private func type(_ written: String, near schema: String) -> String {
        let name = written.hasSuffix("[]") ? String(written.dropLast(2)) : written
        guard !name.isEmpty, !name.contains(where: { ".(% ".contains($0) }) else { return written }
        let candidates = types.keys.filter { TypeNames.quoted($0.name) == name }
        let found = candidates.first { $0.schema == schema } ?? (candidates.count == 1 ? candidates.first : nil)
        guard let found, found.schema != "public" else { return written }
        return TypeNames.quoted(found.schema) + "." + written
    }

    /// A lone string gets a cast to the column's type without modifiers.
    private func literal(_ value: String, of type: String) -> String {
        if Self.valueWords.contains(value.lowercased()) { return value.uppercased() }
        let tokens = lex(value, profile: .postgresql).tokens
        guard tokens.count == 1, tokens[0].kind == .string, value.hasPrefix("'") else { return value }
        guard let cast = castName(type) else { return value }
        return value + "::" + cast
    }

    private func castName(_ type: String, depth: Int = 0) -> String? {
        guard !type.isEmpty, !type.contains("%"), depth < 16 else { return nil }
        if let domain = types.first(where: { $0.value.kind == .domain && spelled($0.key) == type }) {
            return castName(domain.value.baseType ?? "", depth: depth + 1)
        }
        var name = type
        if let open = name.firstIndex(of: "("), let close = name.firstIndex(of: ")"), open < close {
            name.removeSubrange(open...close)
        }
        switch name {
        case "character": return "bpchar"
        case "character[]": return "bpchar[]"
        case "bit", "bit[]": return "\"bit\"" + name.dropFirst(3)
        default: return name
        }
    }

    private func spelled(_ name: QualifiedName) -> String {
        (name.schema == "public" ? "" : TypeNames.quoted(name.schema) + ".") + TypeNames.quoted(name.name)
    }
}
