import Databases
import Engines

extension CallComparison {
    /// One renaming of the surrogate keys for all tables together, or a difference.
    func checkSurrogates(_ compared: inout [Compared]) throws {
        guard compared.contains(where: { $0.neededRules && $0.table != nil }) else { return }
        let indices = compared.indices.filter { compared[$0].table != nil }
        var tables = indices.compactMap { compared[$0].table }
        tables += try context(tables)
        let links = try SurrogateLinks(tables, isOwner: domains.isOwner)
        tables = links.tables
        for (position, index) in indices.enumerated() {
            compared[index].table = tables[position]
            if case .matchedWithRules(let rules) = compared[index].outcome.verdict {
                compared[index].outcome.verdict = .matchedWithRules(
                    rules + (links.loose[position] ?? []).map { "\($0): no key was found that it refers to" })
            }
        }
        let bad = try SurrogateMatching.contradictions(tables)
        for (position, rows) in bad where position < indices.count {
            try fail(&compared[indices[position]], tables[position], rows)
        }
        // Rows of another routine's table that fit nowhere: some table of ours refers to them differently.
        if !bad.isEmpty && bad.keys.allSatisfy({ $0 >= indices.count }) {
            for (position, index) in indices.enumerated() where compared[index].neededRules {
                try fail(&compared[index], tables[position], [])
            }
        }
    }

    private func fail(_ compared: inout Compared, _ table: SurrogateMatching.Table, _ rows: [Int]) throws {
        let columns = table.rules.surrogateColumns.keys.sorted().joined(separator: ", ")
        compared.outcome.verdict = .differs(
            "no one-to-one renaming of the surrogate keys (\(columns)) makes both sides equal: \(rows.count) rows here")
        compared.outcome.equalRows -= rows.count
        compared.outcome.onlyLegacyRows = rows.count
        compared.outcome.onlyDbtRows = rows.count
        compared.outcome.samples = try samples(table, Array(rows.prefix(sampleLimit)))
    }

    /// Tables of other routines with surrogate keys: they give the numbers a meaning.
    private func context(_ tables: [SurrogateMatching.Table]) throws -> [SurrogateMatching.Table] {
        var context: [SurrogateMatching.Table] = []
        for model in otherModels {
            let rules = rules(model)
            guard let relation = model.legacyRelation, !rules.surrogateColumns.isEmpty,
                let left = try legacySide(model, LegacyCall.Report(notices: [], seconds: 0)),
                let name = catalog.tables.first(where: { $0.name.description == relation })?.name
            else { continue }
            // Before its own first build, the project reads the legacy table in its place.
            let built = try RelationReader(dbt, schema: model.schema, name: model.alias)
            guard let right = try built ?? RelationReader(dbt, schema: name.schema, name: name.name) else { continue }
            let compare = TableCompare(legacy: left, dbt: right, rules: rules)
            // A table that differs already has been reported with its own routine, and would only confuse.
            if try compare.compare(model: model.name, relation: relation).outcome.verdict.isDifference { continue }
            context.append(SurrogateMatching.Table(name: relation, legacy: left, dbt: right, rules: rules))
        }
        return context
    }

    /// The legacy rows at these positions of the scan.
    private func samples(_ table: SurrogateMatching.Table, _ rows: [Int]) throws -> [SampleDifference] {
        let wanted = Set(rows)
        var ordinal = 0
        var samples: [SampleDifference] = []
        try table.legacy.forEachRow { row in
            defer { ordinal += 1 }
            guard wanted.contains(ordinal) else { return }
            let cells = zip(table.legacy.columns, CopyText.values(row)).map { column, value in
                SampleDifference.Cell(
                    column: column.name, legacy: value.map(SampleDifference.Value.text) ?? .null, dbt: nil,
                    differs: table.rules.surrogateColumns[column.name] != nil)
            }
            samples.append(SampleDifference(kind: .onlyLegacy, key: [], cells: cells))
        }
        return samples
    }
}
