import Databases

/// One object, one or two statements.
extension SchemaDDL {
    static func create(_ type: UserType) -> String {
        let name = quote(type.name)
        switch type.kind {
        case .enumeration:
            return
                "CREATE TYPE \(name) AS ENUM (\(type.labels.map(PostgresConnection.quoteLiteral).joined(separator: ", ")))"
        case .composite:
            return "CREATE TYPE \(name) AS (\(type.attributes.map(column).joined(separator: ", ")))"
        case .range:
            return "CREATE TYPE \(name) AS RANGE (SUBTYPE = \(type.baseType ?? "text"))"
        case .domain:
            let value = type.defaultExpression.map { " DEFAULT \($0)" } ?? ""
            let checks = type.checks.map { " \($0)" }.joined()
            return
                "CREATE DOMAIN \(name) AS \(type.baseType ?? "text")\(value)\(type.notNull ? " NOT NULL" : "")\(checks)"
        }
    }

    static func create(_ sequence: Sequence) -> String {
        "CREATE SEQUENCE \(quote(sequence.name)) AS \(sequence.type)\(options(of: sequence))"
    }

    private static func options(of sequence: Sequence) -> String {
        " INCREMENT BY \(sequence.increment) MINVALUE \(sequence.minimum) MAXVALUE \(sequence.maximum)"
            + " START WITH \(sequence.start)\(sequence.cycle ? " CYCLE" : "")"
    }

    static func own(_ sequence: Sequence) -> String? {
        guard let table = sequence.ownedByTable, let column = sequence.ownedByColumn else { return nil }
        return "ALTER SEQUENCE \(quote(sequence.name)) OWNED BY \(quote(table)).\(quote(column))"
    }

    /// The table with all but its foreign keys and the checks that its rows may break. Parents and partitions are tied together later, which keeps each table's
    /// own order of columns.
    static func create(_ table: Table, _ snapshot: CatalogSnapshot) -> String {
        let columns = table.columns.map { column -> String in
            // A partition takes its identity from the table it is attached to.
            guard let identity = column.identity, table.kind != .partition else { return self.column(column) }
            let sequence = snapshot.sequences.first { $0.name == column.sequence }
            let name = sequence.map { "SEQUENCE NAME \(quote($0.name))\(options(of: $0))" } ?? ""
            let kind = identity == .always ? "ALWAYS" : "BY DEFAULT"
            return "\(self.column(column)) GENERATED \(kind) AS IDENTITY (\(name))"
        }
        let constraints = table.constraints.filter { $0.kind != .foreignKey && ($0.kind != .check || $0.validated) }.map
        {
            "CONSTRAINT \(quote($0.name)) \($0.definition)"
        }
        let items = (columns + constraints).joined(separator: ",\n    ")
        let key = table.partitionKey.map { " PARTITION BY \($0)" } ?? ""
        return "CREATE TABLE \(quote(table.name)) (\n    \(items)\n)\(key)"
    }

    static func addConstraints(_ table: Table, where isWanted: (Constraint) -> Bool) -> [String] {
        table.constraints.filter(isWanted).map { constraint in
            "ALTER TABLE \(quote(table.name)) ADD CONSTRAINT \(quote(constraint.name)) \(constraint.definition)"
        }
    }

    private static func column(_ column: Column) -> String {
        var text = "\(quote(column.name)) \(column.type)"
        if let collation = column.collation { text += " COLLATE \(collation)" }
        if let expression = column.generatedExpression { text += " GENERATED ALWAYS AS (\(expression)) STORED" }
        if let expression = column.defaultExpression { text += " DEFAULT \(expression)" }
        return text + (column.notNull ? " NOT NULL" : "")
    }

    static func attach(_ table: Table) -> [String] {
        if let bound = table.partitionBound, let parent = table.parents.first {
            return ["ALTER TABLE \(quote(parent)) ATTACH PARTITION \(quote(table.name)) \(bound)"]
        }
        return table.parents.map { "ALTER TABLE \(quote(table.name)) INHERIT \(quote($0))" }
    }

    /// The view under its own column names, which its query need not have; a materialized one stays empty for now.
    static func createView(_ view: Table) -> [String] {
        guard let query = view.viewQuery else { return [] }
        let columns = view.columns.map { quote($0.name) }.joined(separator: ", ")
        let isMaterialized = view.kind == .materializedView
        let kind = isMaterialized ? "MATERIALIZED VIEW" : "VIEW"
        let create =
            "CREATE \(kind) \(quote(view.name)) (\(columns)) AS \(query)\(isMaterialized ? " WITH NO DATA" : "")"
        let defaults = view.columns.compactMap { column in
            column.defaultExpression.map {
                "ALTER VIEW \(quote(view.name)) ALTER COLUMN \(quote(column.name)) SET DEFAULT \($0)"
            }
        }
        return [create] + view.uniqueIndexes.map(\.definition) + defaults
    }

    static func create(_ trigger: Trigger, on table: Table) -> [String] {
        let name = quote(table.name)
        let disable = "ALTER TABLE \(name) DISABLE TRIGGER \(quote(trigger.name))"
        return [trigger.definition] + (trigger.enabled ? [] : [disable])
    }

    static func comment(_ routine: Routine) -> String? {
        guard let text = routine.comment else { return nil }
        let kind = routine.kind == .procedure ? "PROCEDURE" : "FUNCTION"
        // OUT parameters are no part of the identity of a function, but of a procedure's.
        let types = routine.parameters.filter { parameter in
            parameter.mode != .table && (parameter.mode != .out || routine.kind == .procedure)
        }.map { ($0.mode == .out ? "OUT " : $0.mode == .variadic ? "VARIADIC " : "") + $0.type }
        let arguments = types.joined(separator: ", ")
        return "COMMENT ON \(kind) \(quote(routine.name))(\(arguments)) IS \(PostgresConnection.quoteLiteral(text))"
    }

    static func comments(_ snapshot: CatalogSnapshot, early: [Routine]) -> [String] {
        func comment(_ object: String, _ text: String?) -> String? {
            text.map { "COMMENT ON \(object) IS \(PostgresConnection.quoteLiteral($0))" }
        }
        var statements: [String?] = []
        for type in snapshot.types {
            statements.append(comment("\(type.kind == .domain ? "DOMAIN" : "TYPE") \(quote(type.name))", type.comment))
            statements += type.attributes.map { comment("COLUMN \(quote(type.name)).\(quote($0.name))", $0.comment) }
        }
        for table in snapshot.tables {
            let kind =
                switch table.kind {
                case .view: "VIEW"
                case .materializedView: "MATERIALIZED VIEW"
                default: "TABLE"
                }
            statements.append(comment("\(kind) \(quote(table.name))", table.comment))
            statements += table.columns.map { comment("COLUMN \(quote(table.name)).\(quote($0.name))", $0.comment) }
        }
        return statements.compactMap { $0 } + early.compactMap(Self.comment)
    }
}
