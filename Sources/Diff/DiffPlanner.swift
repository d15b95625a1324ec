import Endpoints

/// Pairs the columns of two datasets and finds the key.
struct DiffPlanner {
    let endpoints: Sides<any Endpoint>
    let datasets: Sides<Dataset>
    let settings: DiffSettings

    /// Makes the plan; reads the catalogs, and the rows only where a key has to be proved or searched.
    func plan() throws -> DiffPlan {
        let schemas = Sides(
            left: try endpoints.left.describe(datasets.left), right: try endpoints.right.describe(datasets.right))
        var differences = SchemaDifferences()
        let pairs = try pairColumns(schemas, &differences)
        var columns = try pairs.map { pair throws(DiffError) in
            let rule = settings.rule(pair.left.name, pair.left.type)
            let pairing = try TypePairing(pair.left, pair.right, rule)
            return PlannedColumn(
                name: pair.left.name, columns: pair, form: pairing.form, rule: rule, remark: pairing.remark)
        }
        guard !columns.isEmpty else { throw DiffError.nothingToCompare }
        let key = try KeyChoice(
            endpoints: endpoints, datasets: datasets, schemas: schemas, columns: columns, wanted: settings.key
        ).choose()
        let chosen = key.columns.compactMap { name in columns.first { $0.name == name } }
        columns = chosen + columns.filter { !key.columns.contains($0.name) }
        return DiffPlan(
            columns: columns, keyCount: chosen.count, keyReason: key.reason, datasets: datasets, schemas: schemas,
            differences: differences, keyFaults: key.faults, sampledShare: try sampledShare())
    }

    private func sampledShare() throws -> Double? {
        switch settings.sample {
        case nil: return nil
        case .share(let share): return share
        case .rows(let rows):
            let all = try endpoints.left.count(datasets.left)
            return all <= rows ? nil : Double(rows) / Double(all)
        }
    }

    private func pairColumns(
        _ schemas: Sides<DatasetSchema>, _ differences: inout SchemaDifferences
    ) throws(DiffError) -> [Sides<ColumnInfo>] {
        let left = schemas.left.columns
        let right = schemas.right.columns
        // A rule for a column that is not there is a slip of the pen, and would go unnoticed.
        let ruled = settings.rules.keys.filter { $0 != "*" && !$0.hasPrefix("type:") }.sorted()
        for name in settings.key + settings.columns + settings.mapped.keys + ruled {
            guard try find(name, in: left, side: .left) != nil else { throw .noSuchColumn(name, side: .left) }
        }
        var pairs: [Sides<ColumnInfo>] = []
        var places: [Int] = []
        for column in left {
            guard isWanted(column.name) else { continue }
            let partner: ColumnInfo?
            if let target = mapping(of: column.name) {
                guard let found = try find(target, in: right, side: .right) else {
                    throw .noSuchColumn(target, side: .right)
                }
                partner = found
            } else {
                partner = try find(column.name, in: right, side: .right)
            }
            if let partner, !isExcluded(partner.name), let place = right.firstIndex(of: partner) {
                pairs.append(Sides(left: column, right: partner))
                places.append(place)
            } else if partner == nil {
                differences.only.left.append(column)
            }
        }
        if settings.columns.isEmpty {
            differences.only.right = right.enumerated().filter {
                !places.contains($0.offset) && !isExcluded($0.element.name)
            }
            .map(\.element)
        }
        for pair in pairs {
            if pair.left.nativeType != pair.right.nativeType {
                differences.types.append((pair.left.name, pair.left.nativeType, pair.right.nativeType))
            }
            if pair.left.isNullable != pair.right.isNullable {
                differences.nullability.append((pair.left.name, pair.left.isNullable, pair.right.isNullable))
            }
        }
        differences.order = places != places.sorted()
        return pairs
    }

    private func mapping(of name: String) -> String? {
        settings.mapped[name] ?? settings.mapped.first { $0.key.lowercased() == name.lowercased() }?.value
    }

    private func isExcluded(_ name: String) -> Bool {
        settings.excluded.contains { $0.lowercased() == name.lowercased() }
    }

    private func isWanted(_ name: String) -> Bool {
        if isExcluded(name) { return false }
        let wanted = settings.columns + (settings.columns.isEmpty ? [] : settings.key)
        return wanted.isEmpty || wanted.contains { $0.lowercased() == name.lowercased() }
    }

    /// The column of this name, else the one that differs from it in case only.
    private func find(
        _ name: String, in columns: [ColumnInfo], side: Side
    ) throws(DiffError) -> ColumnInfo? {
        if let exact = columns.first(where: { $0.name == name }) { return exact }
        let loose = columns.filter { $0.name.lowercased() == name.lowercased() }
        if loose.count > 1 { throw .ambiguousColumn(name, side: side) }
        return loose.first
    }
}
