import Tokens

/// Reads a type and spells it as PostgreSQL's `format_type` does, or, for other dialects, as it is written but flat.
enum TypeNames {
    /// Other spellings of PostgreSQL's types.
    private static let aliases: [String: String] = [
        "int": "integer", "int4": "integer", "int2": "smallint", "int8": "bigint", "decimal": "numeric",
        "dec": "numeric", "bool": "boolean", "float4": "real", "float8": "double precision",
        "varchar": "character varying", "char": "character", "bpchar": "character", "nchar": "character",
        "varbit": "bit varying", "timestamptz": "timestamp with time zone", "timetz": "time with time zone",
        "timestamp": "timestamp without time zone", "time": "time without time zone",
        "character varying": "character varying", "char varying": "character varying",
        "national character": "character", "national char": "character",
        "national character varying": "character varying", "national char varying": "character varying",
    ]

    /// Words that carry on a type's name.
    private static let continuations: [String: [String]] = [
        "double": ["precision"], "character": ["varying"], "char": ["varying"], "bit": ["varying"],
        "national": ["character", "char", "varchar"], "long": ["raw"],
    ]
    private static let intervalFields: Set<String> = ["year", "month", "day", "hour", "minute", "second", "to"]

    /// Reads the type at the cursor; nil when there is no name.
    static func read(_ cursor: inout TokenCursor, postgresql: Bool) -> String? {
        postgresql ? readPostgreSQL(&cursor) : readOther(&cursor)
    }

    // MARK: PostgreSQL

    private static func readPostgreSQL(_ cursor: inout TokenCursor) -> String? {
        let isQuoted = cursor.kind() == .quotedIdentifier
        guard let parts = cursor.nameParts() else { return nil }
        if cursor.kind() == .op, cursor.text() == "%", cursor.isWord("type", 1) || cursor.isWord("rowtype", 1) {
            let suffix = cursor.text(1).uppercased()
            cursor.position += 2
            return parts.map(quoted).joined(separator: ".") + "%" + suffix
        }
        // pg_catalog's types print without their schema and may be spelled by their inner names.
        let isBuiltIn = parts.count == 1 && !isQuoted || parts.count == 2 && parts[0] == "pg_catalog"
        var name = isBuiltIn ? parts[parts.count - 1] : parts.suffix(2).map(quoted).joined(separator: ".")
        // The one-byte type is not the character type, and its quotes say so.
        if isQuoted, parts == ["char"] { name = "\"char\"" }
        if isBuiltIn { continueName(&name, &cursor) }
        var modifiers = modifiers(&cursor)
        if isBuiltIn {
            name = spelled(name, &modifiers, &cursor)
        } else {
            name += modifiers
        }
        return name + arrays(&cursor)
    }

    private static func continueName(_ name: inout String, _ cursor: inout TokenCursor) {
        while let last = name.split(separator: " ").last,
            let next = continuations[String(last)]?.first(where: { cursor.isWord($0) })
        {
            name += " " + next
            cursor.position += 1
        }
    }

    private static func spelled(_ name: String, _ modifiers: inout String, _ cursor: inout TokenCursor) -> String {
        switch name {
        case "timestamp", "time":
            if cursor.accept("with time zone") { return name + modifiers + " with time zone" }
            _ = cursor.accept("without time zone")
            return name + modifiers + " without time zone"
        case "timestamptz", "timetz":
            return String(name.dropLast(2)) + modifiers + " with time zone"
        case "interval":
            var fields = ""
            while !cursor.isAtEnd, intervalFields.contains(cursor.text().lowercased()) {
                fields += " " + cursor.text().lowercased()
                cursor.position += 1
            }
            return name + fields + modifiers + self.modifiers(&cursor)
        case "float":
            let precision = Int(modifiers.filter(\.isNumber)) ?? 53
            return precision <= 24 ? "real" : "double precision"
        case "numeric", "decimal", "dec":
            // numeric(10) is numeric(10,0) to the server.
            if !modifiers.isEmpty, !modifiers.contains(",") { modifiers = modifiers.dropLast() + ",0)" }
            return "numeric" + modifiers
        case "char", "character", "nchar", "national char", "national character", "bit":
            return (aliases[name] ?? name) + (modifiers.isEmpty ? "(1)" : modifiers)
        default:
            return (aliases[name] ?? (name.allSatisfy { $0 == " " || isPlain($0) } ? name : quoted(name))) + modifiers
        }
    }

    private static func modifiers(_ cursor: inout TokenCursor) -> String {
        guard let inside = cursor.parenthesized() else { return "" }
        return "(" + inside.rest().filter { $0 != " " } + ")"
    }

    /// `[]`, `[3]` and `ARRAY[3]` all print as `[]`, whatever their number of dimensions.
    private static func arrays(_ cursor: inout TokenCursor) -> String {
        var isArray = cursor.accept("array")
        while cursor.kind() == .leftBracket {
            isArray = true
            cursor.skip()
        }
        return isArray ? "[]" : ""
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLowercase || character.isNumber) || character == "_"
    }

    /// A name in quotes where it needs them.
    static func quoted(_ name: String) -> String {
        let isPlain = name.allSatisfy(isPlain) && name.first?.isNumber == false
        return isPlain
            ? name
            : "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    // MARK: Other dialects

    /// Words that belong to the type when they follow it.
    private static let otherWords: Set<String> = [
        "varying", "precision", "raw", "unsigned", "signed", "zerofill", "large", "object",
    ]

    private static func readOther(_ cursor: inout TokenCursor) -> String? {
        let start = cursor.position
        _ = cursor.accept("ref")
        guard cursor.nameParts() != nil else { return nil }
        while !cursor.isAtEnd {
            if cursor.kind() == .leftParen || cursor.kind() == .leftBracket {
                cursor.skip()
            } else if cursor.kind() == .op, cursor.text().hasPrefix("<") {
                skipAngles(&cursor)
            } else if cursor.kind() == .op, cursor.text() == "%" {
                cursor.position = min(cursor.position + 2, cursor.end)
            } else if otherWords.contains(cursor.text().lowercased()) || cursor.accept("character set") {
                cursor.position += 1
            } else if cursor.areWords("with time zone") || cursor.areWords("without time zone") {
                cursor.position += 3
            } else if cursor.areWords("with local time zone") {
                cursor.position += 4
            } else if cursor.areWords("year to month") || cursor.areWords("day to second") {
                cursor.position += 3
            } else {
                break
            }
        }
        cursor.position = min(cursor.position, cursor.end)
        return cursor.flatText(start..<cursor.position)
    }

    /// `ARRAY<STRUCT<a INT64, b STRING>>`; the lexer may hand out `>>` as one token.
    private static func skipAngles(_ cursor: inout TokenCursor) {
        var depth = 0
        while !cursor.isAtEnd {
            if cursor.kind() == .op {
                let text = cursor.text()
                depth += text.filter { $0 == "<" }.count - text.filter { $0 == ">" }.count
            }
            cursor.skip()
            if depth <= 0 { return }
        }
    }
}
