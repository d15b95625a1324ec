/// A dbt unit test: what one model makes of given rows, as a run beside the original routine has shown it.
///
/// Source of the format: dbt's documentation, "Unit tests"; the types are those of `format_type`.
public struct UnitTest: Sendable, Equatable {
    /// Rows as the database prints them.
    public struct Rows: Sendable, Equatable {
        /// A column with its type.
        public struct Column: Sendable, Equatable {
            /// As the relation has it.
            public var name: String
            /// With modifier, and without the domains above it: `numeric(10,2)`.
            public var type: String

            /// Makes a column.
            public init(name: String, type: String) {
                self.name = name
                self.type = type
            }
        }
        /// In the relation's order.
        public var columns: [Column]
        /// One value a column; nil is NULL.
        public var rows: [[String?]]
        /// `information_schema`, which dbt asks for types, has none for some column of the relation: arrays, enums.
        public let needsSQL: Bool

        /// Makes rows of a whole relation.
        public init(columns: [Column], rows: [[String?]]) {
            self.columns = columns
            self.rows = rows
            needsSQL = columns.contains { !UnitTest.isKnown($0.type) }
        }

        /// What stands for a relation that is only named, so that another model is built first.
        public static let notRead = Rows(columns: [Column(name: "not_read", type: "boolean")], rows: [], needsSQL: true)

        private init(columns: [Column], rows: [[String?]], needsSQL: Bool) {
            self.columns = columns
            self.rows = rows
            self.needsSQL = needsSQL
        }

        /// The same rows with some of the columns.
        public func keeping(_ positions: [Int]) -> Rows {
            var kept = self
            kept.columns = positions.map { columns[$0] }
            kept.rows = rows.map { row in positions.map { row[$0] } }
            return kept
        }
    }
    /// What takes the place of a relation.
    public struct Input: Sendable, Equatable {
        /// `ref('stg_raw__orders')`, `source('dw', 'orders')`.
        public var call: String
        /// Its rows.
        public var rows: Rows

        /// Makes an input.
        public init(call: String, rows: Rows) {
            self.call = call
            self.rows = rows
        }
    }
    /// The tested model.
    public var model: String
    /// Folder of the model's file, relative to the project.
    public var folder: String
    /// Where the rows come from.
    public var description: String
    /// In the order in which the model names them.
    public var inputs: [Input]
    /// The model's rows.
    public var expected: Rows
    /// dbt vars as YAML scalars, by name.
    public var variables: [String: String]
    /// The call's `now()`, ISO 8601.
    public var instant: String

    /// Makes a unit test.
    public init(
        model: String, folder: String, description: String, inputs: [Input], expected: Rows,
        variables: [String: String], instant: String
    ) {
        self.model = model
        self.folder = folder
        self.description = description
        self.inputs = inputs
        self.expected = expected
        self.variables = variables
        self.instant = instant
    }

    /// Unique for its model, which is all that dbt asks; PostgreSQL takes no long ones.
    public static let name = "as_the_original"
}

/// Writes unit tests down: one file a folder, `_<folder>__unit_tests.yml`.
public func renderUnitTests(_ tests: [UnitTest], templates: TemplateFolder) throws -> [GeneratedFile] {
    var set = TemplateSet(templates)
    var byFolder: [String: [UnitTest]] = [:]
    for test in tests { byFolder[test.folder, default: []].append(test) }
    return try byFolder.sorted { $0.key < $1.key }.map { folder, tests in
        let contexts = tests.sorted { $0.model < $1.model }.map(\.context)
        return GeneratedFile(
            path: UnitTest.path(in: folder), content: try set.render("unit_tests.yml", ["tests": contexts]))
    }
}

extension UnitTest {
    /// The file of a folder's unit tests, relative to the project.
    public static func path(in folder: String) -> String { "\(folder)/_\(FilePaths.name(folder))__unit_tests.yml" }

    fileprivate var context: TemplateContext {
        [
            "name": Self.name, "model": YAMLText.scalar(model), "description": YAMLText.scalar(description),
            "inputs": inputs.map { input in Self.rows(input.rows, indent: 10, ["input": YAMLText.scalar(input.call)]) },
            "expected": [Self.rows(expected, indent: 8, [:])],
            "variables": variables.sorted { $0.key < $1.key }.map { ["name": $0.key, "value": $0.value] },
            "instant": instant,
        ]
    }

    /// Rows as YAML where dbt can find the types, as SQL where `information_schema` has no name for one: arrays, enums.
    private static func rows(_ rows: Rows, indent: Int, _ more: TemplateContext) -> TemplateContext {
        var context = more
        context["sql"] = rows.needsSQL ? sql(rows, indent: indent) : false
        context["isEmpty"] = !rows.needsSQL && rows.rows.isEmpty
        context["rows"] = rows.needsSQL ? [] : rows.rows.map { yaml($0, rows.columns, indent: indent) }
        return context
    }

    fileprivate static func isKnown(_ type: String) -> Bool {
        let known = [
            "smallint", "integer", "bigint", "numeric", "real", "double precision", "text", "character varying",
            "character", "boolean", "date", "time", "interval", "uuid", "json", "bytea", "bit", "inet", "cidr",
        ]
        return !type.hasSuffix("]")
            && known.contains { type == $0 || type.hasPrefix($0 + "(") || type.hasPrefix($0 + " ") }
            || type.hasPrefix("timestamp") || type == "jsonb"
    }

    /// One mapping a row: on one line where that is short enough.
    private static func yaml(_ row: [String?], _ columns: [Rows.Column], indent: Int) -> String {
        let pairs = zip(columns, row).map { "\(YAMLText.scalar($0.name)): \(scalar($1, $0.type))" }
        let line = "- {\(pairs.joined(separator: ", "))}"
        if indent + line.count <= 120 { return line }
        let blanks = String(repeating: " ", count: indent + 2)
        return "- " + pairs.joined(separator: "\n\(blanks)")
    }

    private static func scalar(_ value: String?, _ type: String) -> String {
        guard let value else { return "null" }
        switch type {
        case "smallint", "integer", "bigint": return value
        case "boolean": return value == "t" || value == "true" ? "true" : "false"
        // dbt would make a float of a decimal, and a date of a date.
        default: return YAMLText.quoted(value)
        }
    }

    /// `select * from (values (..), (..)) as fixture (a, b)`: the first row has the types.
    private static func sql(_ rows: Rows, indent: Int) -> String {
        func list(_ row: [String?], isTyped: Bool) -> String {
            let items = zip(rows.columns, row).map { column, value in
                let literal = value.map { "'\($0.replacing("'", with: "''"))'" } ?? "null"
                return isTyped ? "cast(\(literal) as \(column.type))" : literal
            }
            return "    (\(items.joined(separator: ", ")))"
        }
        let blanks = String(repeating: " ", count: indent)
        let given = rows.rows.isEmpty ? [rows.columns.map { _ in nil }] : rows.rows
        let lines = given.enumerated().map { list($1, isTyped: $0 == 0) + ($0 + 1 < given.count ? "," : "") }
        let names = rows.columns.map { Names.quoted($0.name) }.joined(separator: ", ")
        return
            (["select * from (values"] + lines + [") as fixture (\(names))\(rows.rows.isEmpty ? " where false" : "")"])
            .map { blanks + $0 }.joined(separator: "\n")
    }
}
