import CSQLite

/// A user's own rule: a SQL expression over the two values `l` and `r` that says whether they count as equal.
///
/// SQLite evaluates it, in memory. Whole numbers come as integers, other numbers as floating point, everything else as text.
public final class SQLPredicate {
    private let session: SQLiteSession
    private let statement: SQLiteStatement

    /// Prepares an expression such as `abs(l - r) <= 0.01 * abs(l)`; throws where it cannot be read.
    public init(_ expression: String) throws(EndpointError) {
        session = try SQLiteSession(":memory:", readOnly: false)
        statement = try session.prepare("SELECT (\(expression)\n) FROM (SELECT ?1 AS l, ?2 AS r)")
    }

    /// True where the expression holds; NULL is not true.
    public func holds(
        _ left: UnsafeRawBufferPointer?, _ right: UnsafeRawBufferPointer?, _ form: CanonicalForm
    ) -> Bool {
        bind(1, left, form)
        bind(2, right, form)
        defer { sqlite3_reset(statement.handle) }
        guard (try? statement.step()) == true else { return false }
        return sqlite3_column_int(statement.handle, 0) != 0
    }

    private func bind(_ place: Int32, _ field: UnsafeRawBufferPointer?, _ form: CanonicalForm) {
        guard let field else {
            sqlite3_bind_null(statement.handle, place)
            return
        }
        let text = CanonicalText.render(field, as: form)
        switch form {
        case .integer, .boolean: sqlite3_bind_int64(statement.handle, place, Int64(text) ?? (text == "true" ? 1 : 0))
        case .decimal, .float32, .float64: sqlite3_bind_double(statement.handle, place, Double(text) ?? .nan)
        default:
            // SQLite keeps a copy of its own of what is bound this way.
            let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            sqlite3_bind_text(statement.handle, place, text, Int32(text.utf8.count), copied)
        }
    }
}
