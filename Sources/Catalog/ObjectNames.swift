/// Names and limits that PostgreSQL gives to what a statement leaves open.
enum ObjectNames {
    /// `table_column_label`, the longer of the first two cut until it fits into 63 bytes, as the server does.
    static func made(_ table: String, _ column: String, _ label: String) -> String {
        var first = Array(table.unicodeScalars)
        var second = Array(column.unicodeScalars)
        func bytes(_ scalars: [Unicode.Scalar]) -> Int { scalars.reduce(0) { $0 + UTF8.width($1) } }
        let room = 63 - label.utf8.count - 1 - (column.isEmpty ? 0 : 1)
        while bytes(first) + bytes(second) > room, !(first.isEmpty && second.isEmpty) {
            if bytes(first) > bytes(second) { first.removeLast() } else { second.removeLast() }
        }
        let names = [first, second].map { scalars in
            var name = String.UnicodeScalarView()
            name.append(contentsOf: scalars)
            return String(name)
        }
        return ([names[0]] + (column.isEmpty ? [] : [names[1]]) + [label]).joined(separator: "_")
    }

    /// A name that is not taken: with 1, 2, .. behind the label.
    static func free(_ table: String, _ column: String, _ label: String, taken: Set<String>) -> String {
        var name = made(table, column, label)
        var number = 0
        while taken.contains(name) {
            number += 1
            name = made(table, column, label + String(number))
        }
        return name
    }

    /// Largest value of an integer type.
    static func maximum(_ type: String) -> Int {
        switch type {
        case "smallint": Int(Int16.max)
        case "integer": Int(Int32.max)
        default: .max
        }
    }
}
