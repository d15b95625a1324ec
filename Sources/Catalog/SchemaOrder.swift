import Foundation

/// What must come before what.
struct SchemaOrder {
    /// Types, each after those it is made of.
    let types: [UserType]
    /// Tables after their parents, views after what they read.
    let tables: [Table]
    private let routines: [Routine]

    init(_ snapshot: CatalogSnapshot) {
        routines = snapshot.routines
        types = sorted(snapshot.types, name: \.name) { type in
            let used = [type.baseType].compactMap { $0 } + type.attributes.map(\.type)
            return snapshot.types.map(\.name).filter { name in
                name != type.name && used.contains { mentions(name, in: $0, followedBy: "") }
            }
        }
        tables = sorted(snapshot.tables, name: \.name) { $0.parents + $0.dependencies }
    }

    /// Routines without which these objects cannot be made or used, in the snapshot's order: those that their expressions
    /// call, and those that these call in turn.
    func routinesNeeded(by tables: [Table], _ types: [UserType], _ views: [Table], triggers: Bool) -> [Routine] {
        var texts: [String] = types.flatMap { $0.checks + [$0.defaultExpression].compactMap { $0 } }
        for table in tables + views {
            texts += table.columns.flatMap { [$0.defaultExpression, $0.generatedExpression].compactMap { $0 } }
            texts += table.constraints.map(\.definition) + table.uniqueIndexes.map(\.definition)
            texts += [table.viewQuery, table.partitionKey].compactMap { $0 }
            if triggers { texts += table.triggers.map(\.definition) }
        }
        var needed = Set<Int>()
        var pending = texts
        var isFirst = true
        while !pending.isEmpty {
            let text = pending.joined(separator: "\n")
            let called = calledNames(in: text)
            pending = []
            for (index, routine) in routines.enumerated()
            where called.contains(routine.name.name.lowercased()) && !needed.contains(index) {
                // The server qualifies names in expressions; a body is its author's text.
                if isFirst && !mentions(routine.name, in: text, followedBy: "(") { continue }
                needed.insert(index)
                pending.append(routine.body)
            }
            isFirst = false
        }
        return needed.sorted().map { routines[$0] }
    }
}

extension Routine {
    /// The signature or a body that is checked at once (BEGIN ATOMIC) names one of these relations.
    func mentions(_ relations: [QualifiedName]) -> Bool {
        let isChecked = language == "sql" && !definition.contains("AS $")
        let types = parameters.map(\.type) + [returnType ?? ""]
        let text = isChecked ? definition : types.joined(separator: "\n")
        return relations.contains { Catalog.mentions($0, in: text, followedBy: "") }
    }

    /// A function with one value that writes nothing, as far as its words say.
    var looksLikeScalarHelper: Bool {
        let isScalar =
            kind == .function && !returnsSet && !parameters.contains { $0.mode != .in && $0.mode != .variadic }
            && !["void", "trigger", "event_trigger", "record"].contains(returnType ?? "void")
        if !isScalar || volatility != "volatile" { return isScalar }
        let writing: Set<Substring> = [
            "insert", "update", "delete", "merge", "truncate", "execute", "copy", "call", "create", "drop", "alter",
        ]
        let code = body.lowercased().split(separator: "\n").map { line in
            line.range(of: "--").map { line[..<$0.lowerBound] } ?? line
        }
        let words = code.flatMap { $0.split { !$0.isLetter && !$0.isNumber && $0 != "_" } }
        return writing.isDisjoint(with: words)
    }
}

/// The name stands in the text as the server prints it, each part quoted or not.
private func mentions(_ name: QualifiedName, in text: String, followedBy end: String) -> Bool {
    [name.schema, quote(name.schema)].contains { schema in
        [name.name, quote(name.name)].contains { text.contains("\(schema).\($0)\(end)") }
    }
}

/// The words, in small letters, that stand before an opening parenthesis.
private func calledNames(in text: String) -> Set<String> {
    let bytes = Array(text.utf8)
    var names = Set<String>()
    for index in bytes.indices where bytes[index] == UInt8(ascii: "(") {
        var end = index
        while end > 0, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x0A { end -= 1 }
        if end > 0, bytes[end - 1] == UInt8(ascii: "\"") { end -= 1 }
        var start = end
        let isQuoted = end < index && bytes[end] == UInt8(ascii: "\"")
        while start > 0, isQuoted ? bytes[start - 1] != UInt8(ascii: "\"") : isWord(bytes[start - 1]) { start -= 1 }
        names.insert(String(decoding: bytes[start..<end], as: UTF8.self).lowercased())
    }
    return names
}

private func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == 0x5F || byte == 0x24 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte)
}

/// The elements, each after those it needs, and otherwise in the order they had; who needs each other stays as it is.
private func sorted<Element>(
    _ elements: [Element], name: (Element) -> QualifiedName, needs: (Element) -> [QualifiedName]
) -> [Element] {
    let positions = Dictionary(elements.enumerated().map { (name($1), $0) }) { first, _ in first }
    var result: [Element] = []
    var seen = Set<Int>()
    // Depth first with a stack of its own: chains of views may be long.
    for root in elements.indices {
        var stack = [(index: root, isDone: false)]
        while let (index, isDone) = stack.popLast() {
            if isDone {
                result.append(elements[index])
            } else if seen.insert(index).inserted {
                stack.append((index, true))
                for need in needs(elements[index]).reversed() {
                    if let position = positions[need] { stack.append((position, false)) }
                }
            }
        }
    }
    return result
}
