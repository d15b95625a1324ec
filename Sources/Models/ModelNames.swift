import Catalog

/// Names of models: snake_case, unique in the project.
struct ModelNames {
    private var taken: Set<String> = []

    /// The wanted name, or another where it is taken.
    mutating func take(_ wanted: String, otherwise: String? = nil) -> String {
        let base = String(wanted.prefix(60))
        if taken.insert(base).inserted { return base }
        if let otherwise, taken.insert(String(otherwise.prefix(60))).inserted { return String(otherwise.prefix(60)) }
        var number = 2
        while true {
            let name = "\(base.prefix(56))_\(number)"
            if taken.insert(name).inserted { return name }
            number += 1
        }
    }

    /// A tag for each entry routine: its name, with the schema where two schemas have it.
    static func tags(_ entries: [QualifiedName]) -> [String] {
        var names = ModelNames()
        let counts = Dictionary(grouping: entries.map { snake($0.name) }, by: { $0 }).mapValues(\.count)
        return entries.map { entry in
            let short = snake(entry.name)
            return names.take(counts[short] == 1 ? short : snake("\(entry.schema)_\(entry.name)"))
        }
    }

    /// Lower case, words joined by single underscores.
    static func snake(_ text: String) -> String {
        var result = ""
        var previousIsLower = false
        for character in text {
            if character.isASCII, character.isLetter || character.isNumber {
                if character.isUppercase, previousIsLower { result += "_" }
                result += character.lowercased()
                previousIsLower = character.isLowercase || character.isNumber
            } else {
                if !result.hasSuffix("_"), !result.isEmpty { result += "_" }
                previousIsLower = false
            }
        }
        while result.hasSuffix("_") { result.removeLast() }
        if result.first?.isNumber ?? true { result = "t_" + result }
        return result
    }

    /// `<entities>_<verb>ed` for a version's name: what the step has done to whose rows.
    static func intermediate(_ name: String, tag: String) -> String {
        let endings = [
            ("_after_update", "_updated"), ("_after_insert", "_extended"), ("_after_delete", "_pruned"),
            ("_after_merge", "_merged"), ("_after_cascade", "_cascaded"), ("_after_rollback", "_restored"),
            ("_as_stored", "_stored"), ("_updates", "_matched"), ("_entries", "_entries_collected"),
            ("_variables", "_variables_computed"),
        ]
        for (ending, verb) in endings where name.hasSuffix(ending) && name.count > ending.count {
            return name.dropLast(ending.count) + verb
        }
        for (beginning, verb) in [("new_", "_selected"), ("unseen_", "_selected"), ("numbered_", "_numbered")]
        where name.hasPrefix(beginning) && name.count > beginning.count {
            return (beginning == "numbered_" ? String(name.dropFirst(beginning.count)) : name) + verb
        }
        if name.hasPrefix("row_line_") || name.hasPrefix("condition_line_") || name.hasPrefix("outcome_line_") {
            return "\(tag)_\(name)_computed"
        }
        return name.hasSuffix("ed") ? name : name + "_computed"
    }

    /// `fct_` or `dim_` by evidence: what refers to others and measures something is a fact, what describes is a dimension.
    static func mart(_ table: QualifiedName, catalog: Table?) -> String {
        let name = snake(table.name)
        for (prefix, layer) in [("dim_", "dim_"), ("fct_", "fct_"), ("fact_", "fct_"), ("f_", "fct_"), ("d_", "dim_")]
        where name.hasPrefix(prefix) && name.count > prefix.count {
            return layer + name.dropFirst(prefix.count)
        }
        guard let catalog else { return "fct_" + name }
        let key = Set(catalog.primaryKey)
        let hasKey = catalog.constraints.contains { $0.kind == .primaryKey || $0.kind == .unique }
        // Rows that nothing tells apart happened; they describe nobody.
        if !hasKey && catalog.uniqueIndexes.isEmpty { return "fct_" + name }
        let references = catalog.constraints.filter { $0.kind == .foreignKey }.count
        let measures = catalog.columns.filter { column in
            !key.contains(column.name)
                && ["numeric", "double", "real", "bigint", "integer", "money"].contains { column.type.hasPrefix($0) }
                && !column.name.hasSuffix("_id") && !column.name.hasSuffix("_key")
        }.count
        let attributes = catalog.columns.filter { $0.type.hasPrefix("character") || $0.type == "text" }.count
        let isFact = references >= 2 || references >= 1 && measures >= 1 || measures > attributes
        return (isFact ? "fct_" : "dim_") + name
    }
}

/// Names of CTEs: unique in a model.
struct CTENames {
    private var taken: Set<String>

    init(reserved: Set<String>) { taken = reserved.union(["final"]) }

    /// The wanted name, numbered when it is taken.
    mutating func take(_ wanted: String) -> String {
        let base = String(wanted.prefix(58))
        if taken.insert(base).inserted { return base }
        var number = 2
        while !taken.insert("\(base)_\(number)").inserted { number += 1 }
        return "\(base)_\(number)"
    }
}
