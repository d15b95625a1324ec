import Catalog

/// A failure that the code raises, or that is foretold of a statement.
struct Raised {
    /// nil: whenever control gets there.
    var condition: SQLTemplate?
    var message: SQLTemplate
    /// Condition name in lower case, or `sqlstate '..'`.
    var state: String
    /// What the tables go back to: the versions of the last COMMIT.
    var fallback: [QualifiedName: VersionID]
    /// DETAIL; nil when it is not known.
    var detail: SQLTemplate? = "''"
    var hint: SQLTemplate? = "''"

    /// What GET STACKED DIAGNOSTICS tells of the objects, by its item; missing ones are empty.
    var names: [String: String] = [:]

    init(condition: SQLTemplate?, message: SQLTemplate, state: String, fallback: [QualifiedName: VersionID]) {
        self.condition = condition
        self.message = message
        self.state = state
        self.fallback = fallback
    }

    var sqlState: String { FailureCodes.sqlState(state) ?? "P0001" }
}

/// Condition names and their codes. Source: PostgreSQL manual, Appendix A.
enum FailureCodes {
    private static let codes = [
        "raise_exception": "P0001", "no_data_found": "P0002", "too_many_rows": "P0003", "assert_failure": "P0004",
        "plpgsql_error": "P0000", "unique_violation": "23505", "foreign_key_violation": "23503",
        "not_null_violation": "23502", "check_violation": "23514", "restrict_violation": "23001",
        "exclusion_violation": "23P01", "integrity_constraint_violation": "23000", "division_by_zero": "22012",
        "numeric_value_out_of_range": "22003", "invalid_text_representation": "22P02",
        "invalid_datetime_format": "22007", "datetime_field_overflow": "22008",
        "string_data_right_truncation": "22001", "data_exception": "22000", "invalid_parameter_value": "22023",
        "null_value_not_allowed": "22004", "case_not_found": "20000", "cardinality_violation": "21000",
    ]
    /// Failures of the data for which predicates are written.
    static let foretold = [
        "raise_exception", "no_data_found", "too_many_rows", "unique_violation", "foreign_key_violation",
        "not_null_violation", "check_violation", "restrict_violation", "division_by_zero",
        "numeric_value_out_of_range", "invalid_text_representation", "invalid_datetime_format",
        "datetime_field_overflow", "string_data_right_truncation", "null_value_not_allowed", "case_not_found",
        "cardinality_violation",
    ]

    static func code(of name: String) -> String? { codes[name] }

    /// The name of a lower-case code.
    static func name(of code: String) -> String? { codes.first { $0.value.lowercased() == code }?.key }

    /// The code of a condition as a handler or RAISE writes it.
    static func sqlState(_ condition: String) -> String? {
        if condition.hasPrefix("sqlstate '") { return condition.dropFirst(10).filter { $0 != "'" }.uppercased() }
        return codes[condition]
    }

    /// Whether a handler for `condition` takes a failure: by its name, by its code, or by its code's class.
    ///
    /// Source: PostgreSQL manual, PL/pgSQL, "Trapping Errors": a category matches all errors in it; OTHERS matches all
    /// but a failed ASSERT.
    static func takes(_ condition: String, _ state: String) -> Bool {
        if condition == state { return true }
        let code = sqlState(state)
        if condition == "others" { return code != "P0004" }
        guard let code, let wanted = sqlState(condition) else { return false }
        return wanted == code || wanted.hasSuffix("000") && wanted.prefix(2) == code.prefix(2)
    }
}
