import Catalog
import Foundation

/// Data tests that the catalog's constraints are evidence for.
enum TableTests {
    /// Tests of one column.
    static func columnTests(
        _ column: Column, of table: Table, parent: (QualifiedName) -> RelationshipTarget?
    ) -> [PlannedColumnTest] {
        var tests: [PlannedColumnTest] = []
        if column.notNull { tests.append(.notNull) }
        let isUnique =
            table.constraints.contains {
                ($0.kind == .primaryKey || $0.kind == .unique) && $0.columns == [column.name] && !$0.nullsNotDistinct
            } || table.uniqueIndexes.contains { $0.columns == [column.name] && $0.predicate == nil }
        if isUnique { tests.append(.unique) }
        for constraint in table.constraints where constraint.validated {
            if constraint.kind == .check, constraint.columns == [column.name], let expression = constraint.expression,
                let values = acceptedValues(expression, column: column.name)
            {
                tests.append(.acceptedValues(values.values, quote: values.quote))
            }
            if constraint.kind == .foreignKey, constraint.columns == [column.name],
                let referenced = constraint.referencedTable,
                let field = constraint.referencedColumns.first, let target = parent(referenced)
            {
                tests.append(.relationships(to: target, field: field))
            }
        }
        return tests
    }

    /// Tests of the whole table.
    static func modelTests(_ table: Table) -> [PlannedModelTest] {
        var tests: [PlannedModelTest] = []
        for constraint in table.constraints
        where (constraint.kind == .primaryKey || constraint.kind == .unique) && constraint.columns.count > 1
            && !constraint.nullsNotDistinct
        {
            tests.append(.uniqueCombination(constraint.columns))
        }
        for constraint in table.constraints where constraint.kind == .check && constraint.validated {
            guard let expression = constraint.expression else { continue }
            if constraint.columns.count == 1, acceptedValues(expression, column: constraint.columns[0]) != nil {
                continue
            }
            tests.append(.expressionIsNotFalse(name: constraint.name, expression: expression))
        }
        for index in table.uniqueIndexes where index.predicate != nil || index.columns.isEmpty {
            // dbt makes no such index: a test refuses the rows that the legacy table would have refused.
            guard let expressions = indexExpressions(index) else { continue }
            tests.append(.uniqueIndex(name: index.name, expressions: expressions, condition: index.predicate))
        }
        return tests
    }

    /// What a unique index is on, as `pg_get_indexdef` prints it; nil for what is more than expressions.
    private static func indexExpressions(_ index: UniqueIndex) -> [String]? {
        guard !index.definition.uppercased().contains("NULLS NOT DISTINCT"),
            let start = index.definition.range(of: "USING btree (")
        else { return nil }
        var depth = 1
        var isQuoted = false
        var pieces = [""]
        for character in index.definition[start.upperBound...] {
            if character == "'" { isQuoted.toggle() }
            if character == "(", !isQuoted { depth += 1 }
            if character == ")", !isQuoted { depth -= 1 }
            if depth == 0 { break }
            if character == ",", depth == 1, !isQuoted {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        pieces = pieces.map { $0.trimmingCharacters(in: .whitespaces) }
        let isPlain = pieces.allSatisfy { piece in
            piece.hasSuffix(")") || piece.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
        return pieces.isEmpty || !isPlain ? nil : pieces
    }

    /// `col = ANY (ARRAY['a'::text, 'b'::text])` or `(col)::text = ANY ((ARRAY[..])::text[])`: the list.
    static func acceptedValues(_ expression: String, column: String) -> (values: [String], quote: Bool)? {
        guard let open = expression.range(of: "ARRAY["),
            let close = expression.range(of: "]", range: open.upperBound..<expression.endIndex)
        else { return nil }
        let head = expression[..<open.lowerBound].filter { !$0.isWhitespace && $0 != "(" && $0 != ")" }
        guard head == "\(column)=ANY" || head == "\(column)::text=ANY" else { return nil }
        let tail = expression[close.upperBound...].filter { !$0.isWhitespace && $0 != "(" && $0 != ")" }
        guard tail.isEmpty || tail == "::text[]" else { return nil }
        var values: [String] = []
        var quoted = 0
        for item in split(String(expression[open.upperBound..<close.lowerBound])) {
            var text = item
            while text.hasPrefix("(") { text.removeFirst() }
            if text.hasPrefix("'") {
                var value = ""
                var index = text.index(after: text.startIndex)
                var isClosed = false
                while index < text.endIndex {
                    if text[index] == "'" {
                        let next = text.index(after: index)
                        if next < text.endIndex, text[next] == "'" {
                            value += "'"
                            index = text.index(after: next)
                            continue
                        }
                        isClosed = true
                        break
                    }
                    value.append(text[index])
                    index = text.index(after: index)
                }
                guard isClosed else { return nil }
                values.append(value)
                quoted += 1
            } else {
                let number = text.prefix { $0.isNumber || $0 == "-" || $0 == "." }
                guard !number.isEmpty else { return nil }
                values.append(String(number))
            }
        }
        guard !values.isEmpty, quoted == 0 || quoted == values.count else { return nil }
        return (values, quoted > 0)
    }

    private static func split(_ list: String) -> [String] {
        var items: [String] = []
        var current = ""
        var isQuoted = false
        for character in list {
            if character == "'" { isQuoted.toggle() }
            if character == ",", !isQuoted {
                items.append(current)
                current = ""
            } else if !(current.isEmpty && character == " ") {
                current.append(character)
            }
        }
        items.append(current)
        return items
    }
}
