/// Hashes a row of COPY text column by column, so that equal rows hash equal under the rules.
struct RowCanonicalizer {
    private enum Treatment: UInt8 {
        case exact
        /// The text has several forms for one value.
        case numbers
        /// The same, with fewer digits.
        case rounded
        /// Only null or not counts.
        case presence
    }
    private let treatments: [Treatment]
    private let places: Int

    /// Every column exactly.
    init(columns: [RelationReader.Column]) {
        treatments = columns.map { CanonicalNumbers.isNeeded(forType: $0.baseType) ? .numbers : .exact }
        places = 0
    }

    /// Volatile and surrogate columns for presence only.
    init(columns: [RelationReader.Column], masking rules: ComparisonRules) {
        treatments = zip(columns, RowCanonicalizer(columns: columns).treatments).map { column, exact in
            let isMasked =
                rules.volatileColumns.contains(column.name) || rules.surrogateColumns[column.name] != nil
            return isMasked ? .presence : rules.isRounded(column) ? .rounded : exact
        }
        places = rules.decimalPlaces ?? 0
    }

    /// The hash of a row.
    func hash(_ row: UnsafeRawBufferPointer) -> RowHash {
        RowHash { sink in
            CopyText.forEachField(row) { index, field in
                // A row without columns still looks like one empty field.
                guard index < treatments.count else { return }
                guard let field else { return sink.add(marker: 0) }
                switch treatments[index] {
                case .exact: sink.add(bytes: field)
                case .numbers:
                    CanonicalNumbers.of(CopyText.unescaped(field)).withUnsafeBytes { sink.add(bytes: $0) }
                case .rounded:
                    let number = CanonicalNumbers.rounded(CopyText.unescaped(field), places: places)
                    number.withUnsafeBytes { sink.add(bytes: $0) }
                case .presence: sink.add(marker: 1)
                }
            }
        }
    }

    /// Two values of a column count as equal.
    func areEqual(_ left: String?, _ right: String?, column: Int) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        switch treatments[column] {
        case .exact: return left.utf8.elementsEqual(right.utf8)
        case .numbers: return CanonicalNumbers.of(Array(left.utf8)) == CanonicalNumbers.of(Array(right.utf8))
        case .rounded:
            return CanonicalNumbers.rounded(Array(left.utf8), places: places)
                == CanonicalNumbers.rounded(Array(right.utf8), places: places)
        case .presence: return true
        }
    }
}
