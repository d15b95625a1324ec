/// What has changed between two snapshots of one database, as far as a conversion depends on it.
public struct CatalogDrift: Sendable, Equatable, Codable {
    /// One thing that differs.
    public struct Item: Sendable, Equatable, Codable {
        /// How.
        public enum Change: String, Sendable, Codable { case added, removed, changed }
        /// `routine`, `table`, `view` and so on.
        public var kind: String
        /// `schema.name`, for routines with their argument types.
        public var name: String
        /// What happened to it.
        public var change: Change
        /// What differs in it, in a few words; empty for what is new or gone.
        public var details: [String]
    }

    /// Routines first, then tables, each by name.
    public var items: [Item] = []

    /// Compares two snapshots; row counts and the server's version do not count.
    public init(from old: CatalogSnapshot, to new: CatalogSnapshot) {
        compare(old.routines, new.routines, key: { "\($0.signature)" }, kind: { $0.kind.rawValue }) { old, new in
            var details: [String] = []
            if old.body != new.body { details.append("body") }
            if old.parameters != new.parameters { details.append("parameters") }
            if old.returnType != new.returnType || old.returnsSet != new.returnsSet { details.append("result") }
            if old.settings != new.settings { details.append("settings") }
            if old.comment != new.comment { details.append("comment") }
            return details
        }
        compare(old.tables, new.tables, key: { $0.name.description }, kind: { $0.kind.rawValue }) { old, new in
            var details = Self.columns(old, new)
            if old.constraints != new.constraints { details.append("constraints") }
            if old.uniqueIndexes != new.uniqueIndexes { details.append("unique indexes") }
            if old.triggers != new.triggers { details.append("triggers") }
            if old.viewQuery != new.viewQuery { details.append("query") }
            if old.partitionKey != new.partitionKey || old.partitionBound != new.partitionBound {
                details.append("partitions")
            }
            if old.comment != new.comment { details.append("comment") }
            return details
        }
        compare(old.types, new.types, key: { $0.name.description }, kind: { $0.kind.rawValue }) { old, new in
            old == new ? [] : ["definition"]
        }
        compare(old.sequences, new.sequences, key: { $0.name.description }, kind: { _ in "sequence" }) { old, new in
            old == new ? [] : ["definition"]
        }
    }

    private mutating func compare<Element>(
        _ old: [Element], _ new: [Element], key: (Element) -> String, kind: (Element) -> String,
        details: (Element, Element) -> [String]
    ) {
        let before = Dictionary(old.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
        for name in Set(before.keys).union(after.keys).sorted() {
            switch (before[name], after[name]) {
            case (let old?, let new?):
                let details = details(old, new)
                if !details.isEmpty {
                    items.append(Item(kind: kind(new), name: name, change: .changed, details: details))
                }
            case (nil, let new?): items.append(Item(kind: kind(new), name: name, change: .added, details: []))
            case (let old?, nil): items.append(Item(kind: kind(old), name: name, change: .removed, details: []))
            case (nil, nil): break
            }
        }
    }

    private static func columns(_ old: Table, _ new: Table) -> [String] {
        var details: [String] = []
        for column in new.columns where !old.columns.contains(where: { $0.name == column.name }) {
            details.append("column \(column.name) added")
        }
        for column in old.columns {
            guard let other = new.columns.first(where: { $0.name == column.name }) else {
                details.append("column \(column.name) removed")
                continue
            }
            if other != column { details.append("column \(column.name)") }
        }
        if details.isEmpty, old.columns.map(\.name) != new.columns.map(\.name) { details.append("order of columns") }
        return details
    }
}
