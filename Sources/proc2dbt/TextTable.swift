/// Rows of plain text in columns as wide as their widest cell, two blanks apart.
struct TextTable {
    private var rows: [[String]]
    private let numbers: Set<Int>

    /// Starts with the headings; columns in `numbers` are set flush right.
    init(_ headings: [String], numbers: Set<Int> = []) {
        rows = [headings]
        self.numbers = numbers
    }

    /// Adds a row with as many cells as there are headings.
    mutating func add(_ row: [String]) { rows.append(row) }

    /// The lines, without blanks at their ends.
    var lines: [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return numbers.contains(column) ? blanks + cell : cell + blanks
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
