/// The rows of one side's tables, with every surrogate value as a node that rows share.
///
/// `dw.sales.customer_id = 7` and `dw.customers.id = 7` are the same node when both columns belong to one domain: the
/// numbers themselves mean nothing, who shares them with whom means everything.
struct SurrogateGraph {
    /// A row: its content without the surrogates, and where its nodes stand in `nodes`.
    struct Row {
        var table: Int
        /// Position in the table's scan, to find the row again.
        var ordinal: Int
        var content: RowHash
        var firstNode: Int
        var nodeCount: Int
    }

    private struct NodeKey: Hashable {
        var domain: String
        var value: [UInt8]
    }

    private(set) var rows: [Row] = []
    /// The rows' nodes one after the other; -1 for NULL.
    private(set) var nodes: [Int32] = []
    private var numbers: [NodeKey: Int32] = [:]
    private var domains: [String] = []
    /// What is known of each node so far.
    private(set) var colors: [RowHash] = []

    /// Reads one table's rows in.
    mutating func add(table: Int, _ reader: RelationReader, _ rules: ComparisonRules) throws {
        let canonicalizer = RowCanonicalizer(columns: reader.columns, masking: rules)
        let domainOfColumn = reader.columns.map { rules.surrogateColumns[$0.name] }
        var ordinal = 0
        try reader.forEachRow { bytes in
            let first = nodes.count
            CopyText.forEachField(bytes) { index, field in
                guard index < domainOfColumn.count, let domain = domainOfColumn[index] else { return }
                nodes.append(field.map { node(domain, Array($0)) } ?? -1)
            }
            rows.append(
                Row(
                    table: table, ordinal: ordinal, content: canonicalizer.hash(bytes), firstNode: first,
                    nodeCount: nodes.count - first))
            ordinal += 1
        }
    }

    private mutating func node(_ domain: String, _ value: [UInt8]) -> Int32 {
        let key = NodeKey(domain: domain, value: value)
        if let number = numbers[key] { return number }
        let number = Int32(domains.count)
        numbers[key] = number
        domains.append(domain)
        colors.append(RowHash { sink in Array(domain.utf8).withUnsafeBytes { sink.add(bytes: $0) } })
        return number
    }

    /// The nodes of a row.
    func nodes(of row: Int) -> ArraySlice<Int32> {
        nodes[rows[row].firstNode..<rows[row].firstNode + rows[row].nodeCount]
    }

    /// What a row looks like with its nodes' colours in place of their values.
    func color(of row: Int) -> RowHash {
        RowHash { sink in
            sink.add(word: UInt64(rows[row].table))
            sink.add(rows[row].content)
            let own = nodes(of: row)
            for node in own {
                guard node >= 0 else {
                    sink.add(marker: 0)
                    continue
                }
                sink.add(colors[Int(node)])
                // Twice the same number in a row is not two numbers that look alike.
                sink.add(word: UInt64((own.firstIndex(of: node) ?? 0) - own.startIndex))
            }
        }
    }

    /// Gives each node a colour that also says in which rows it stands, and at which place.
    mutating func refine() {
        var sums = [RowHash](repeating: .zero, count: colors.count)
        for row in rows.indices {
            let color = color(of: row)
            for (place, node) in nodes(of: row).enumerated() where node >= 0 {
                let use = RowHash { sink in
                    sink.add(color)
                    sink.add(word: UInt64(place))
                }
                sums[Int(node)] = sums[Int(node)] &+ use
            }
        }
        for node in colors.indices {
            colors[node] = RowHash { sink in
                sink.add(colors[node])
                sink.add(sums[node])
            }
        }
    }

    /// How many nodes can be told apart.
    var colorCount: Int { Set(colors).count }
}
