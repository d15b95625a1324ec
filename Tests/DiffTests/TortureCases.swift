/// A pair of values, or of tables, that a diff must decide, and how.
struct TortureCase: Sendable, CustomStringConvertible {
    var name: String
    /// Columns and rows of each side in PostgreSQL's SQL.
    var left: TableText
    var right: TableText
    /// The right side in DuckDB's and SQLite's SQL; nil where the type does not exist there.
    var duck: TableText?
    var lite: TableText?
    /// Rows only left, only right, changed.
    var expected: [Int]
    var key: [String] = ["id"]
    /// Part of a remark that must be given.
    var notice: String?

    var description: String { name }

    struct TableText: Sendable {
        var columns: String
        var rows: String
    }

    /// One row with the key 1 and a value a side.
    static func value(
        _ name: String, _ leftType: String, _ left: String, _ rightType: String, _ right: String, changed: Int,
        duck: (String, String)? = nil, lite: (String, String)? = nil, notice: String? = nil
    ) -> TortureCase {
        let table = { (type: String, value: String) in
            TableText(columns: "id int primary key, v \(type)", rows: "(1, \(value))")
        }
        return TortureCase(
            name: name, left: table(leftType, left), right: table(rightType, right), duck: duck.map(table),
            lite: lite.map(table), expected: [0, 0, changed], notice: notice)
    }

    /// Tables with columns of their own, the same on all engines.
    static func table(
        _ name: String, _ columns: String, left: String, right: String, _ expected: [Int], key: [String] = ["id"],
        rightColumns: String? = nil, duck: Bool = true, lite: Bool = true, notice: String? = nil
    ) -> TortureCase {
        let other = TableText(columns: rightColumns ?? columns, rows: right)
        return TortureCase(
            name: name, left: TableText(columns: columns, rows: left), right: other, duck: duck ? other : nil,
            lite: lite ? other : nil, expected: expected, key: key, notice: notice)
    }

    static let all: [TortureCase] = values + times + documents + keys

    private static let values: [TortureCase] = [
        // 0.1 in 32 bits is another number than 0.1 in 64, though both print as 0.1.
        .value(
            "a narrow and a wide float", "float4", "0.1", "float8", "0.1", changed: 1, duck: ("double", "0.1"),
            lite: ("real", "0.1")),
        .table(
            "separator inside values", "id int primary key, a text, b text", left: "(1, 'x|y', 'z')",
            right: "(1, 'x', 'y|z')", [0, 0, 1]),
        .value(
            "NULL and the text <null>", "text", "NULL", "text", "'<null>'", changed: 1, duck: ("text", "'<null>'"),
            lite: ("text", "'<null>'")),
        .value(
            "NULL and an empty text", "text", "NULL", "text", "''", changed: 1, duck: ("text", "''"),
            lite: ("text", "''")),
        .value(
            "unconstrained numeric", "numeric", "1.4", "numeric", "1.2", changed: 1, duck: ("decimal(10,1)", "1.2"),
            lite: ("numeric", "1.2")),
        .value(
            "another scale, the same value", "numeric", "1.10", "numeric", "1.1000", changed: 0,
            duck: ("decimal(10,4)", "1.1000"), lite: ("numeric", "1.1000")),
        .value(
            "the last of 38 digits", "numeric(38,0)", "12345678901234567890123456789012345678", "numeric(38,0)",
            "12345678901234567890123456789012345679", changed: 1,
            duck: ("decimal(38,0)", "12345678901234567890123456789012345679"),
            lite: ("text", "'12345678901234567890123456789012345679'")),
        .value(
            "wider than 38 digits", "numeric", "12345678901234567890123456789012345678901.5", "numeric(50,2)",
            "12345678901234567890123456789012345678901.50", changed: 0),
        .value(
            "trailing zeros before the point", "numeric", "1200000000", "numeric", "1.2e9", changed: 0,
            duck: ("bigint", "1200000000"), lite: ("integer", "1200000000")),
        .value(
            "small decimals", "numeric", "0.00001234", "numeric", "0.000012340", changed: 0,
            duck: ("decimal(20,9)", "0.00001234"), lite: ("numeric", "0.00001234")),
        .value(
            "a float one unit apart", "float8", "0.1::float8 + 0.2::float8", "float8", "0.3", changed: 1,
            duck: ("double", "0.3"), lite: ("real", "0.3")),
        .value(
            "tiny floats", "float8", "1e-20", "float8", "2e-20", changed: 1, duck: ("double", "2e-20"),
            lite: ("real", "2e-20")),
        .value("NaN is NaN", "float8", "'NaN'", "float8", "'NaN'", changed: 0, duck: ("double", "'NaN'")),
        .value(
            "infinity", "float8", "'Infinity'", "float8", "'Infinity'", changed: 0, duck: ("double", "'Infinity'"),
            lite: ("real", "9e999")),
        .value("minus zero", "float8", "'-0'", "float8", "0", changed: 0, duck: ("double", "0"), lite: ("real", "0")),
        .value(
            "NaN and NULL", "float8", "'NaN'", "float8", "NULL", changed: 1, duck: ("double", "NULL"),
            lite: ("real", "NULL")),
        .value("float4 beside float4", "float4", "0.1", "float4", "0.1", changed: 0, duck: ("float", "0.1")),
        .value(
            "bigint and numeric", "bigint", "9007199254740993", "numeric(20,0)", "9007199254740993", changed: 0,
            duck: ("decimal(20,0)", "9007199254740993"), lite: ("integer", "9007199254740993")),
        .value(
            "int and numeric with decimals", "int", "10", "numeric(10,2)", "10.00", changed: 0,
            duck: ("decimal(10,2)", "10.00"), lite: ("numeric", "10.00")),
        .value(
            "boolean and 0/1", "boolean", "true", "int", "1", changed: 0, duck: ("integer", "1"),
            lite: ("boolean", "1"), notice: nil),
        .value(
            "boolean and 2", "boolean", "true", "int", "2", changed: 1, duck: ("integer", "2"), lite: ("integer", "2")),
        .value(
            "an unsigned number beyond bigint", "numeric(20,0)", "18446744073709551615", "numeric(20,0)",
            "18446744073709551615", changed: 0, duck: ("ubigint", "18446744073709551615")),
        .value("infinite numeric", "numeric", "'Infinity'", "numeric", "'Infinity'", changed: 0),
        .value(
            "a double and the same decimal", "float8", "0.1", "numeric", "0.1", changed: 0,
            duck: ("decimal(5,1)", "0.1"), lite: ("numeric", "0.1")),
        .value(
            "half a cent lost", "numeric(18,2)", "10.01", "numeric(18,3)", "10.005", changed: 1,
            duck: ("decimal(18,3)", "10.005"), lite: ("numeric", "10.005")),
        .value(
            "trailing blank", "varchar(10)", "'a '", "varchar(10)", "'a'", changed: 1, duck: ("varchar", "'a'"),
            lite: ("varchar(10)", "'a'")),
        .value("case", "text", "'Abc'", "text", "'abc'", changed: 1, duck: ("text", "'abc'"), lite: ("text", "'abc'")),
        .value(
            "trailing newline", "text", "E'a\\n'", "text", "'a'", changed: 1, duck: ("text", "'a'"),
            lite: ("text", "'a'")),
        .value(
            "zero-width space", "text", "E'a\\u200B'", "text", "'a'", changed: 1, duck: ("text", "'a'"),
            lite: ("text", "'a'")),
        .value(
            "padding is no value", "char(5)", "'ab'", "varchar(5)", "'ab'", changed: 0, duck: ("varchar", "'ab'"),
            lite: ("text", "'ab'")),
        .value(
            "a megabyte, the last byte differs", "text", "repeat('x', 1000000) || 'a'", "text",
            "repeat('x', 1000000) || 'b'", changed: 1, duck: ("text", "repeat('x', 1000000) || 'b'")),
        .value(
            "bytes", "bytea", "'\\x00ff'", "bytea", "'\\x00ff'", changed: 0, duck: ("blob", "'\\x00\\xff'::blob"),
            lite: ("blob", "x'00ff'")),
        .value(
            "uuid and upper-case text", "uuid", "'6f9619ff-8b86-d011-b42d-00c04fc964ff'", "text",
            "'6F9619FF-8B86-D011-B42D-00C04FC964FF'", changed: 0,
            duck: ("uuid", "'6f9619ff-8b86-d011-b42d-00c04fc964ff'"),
            lite: ("text", "'6F9619FF-8B86-D011-B42D-00C04FC964FF'"), notice: nil),
    ]

    private static let times: [TortureCase] = [
        .value(
            "a lost fraction", "timestamp(3)", "'2024-01-01 10:00:00.123'", "timestamp(6)",
            "'2024-01-01 10:00:00.123456'", changed: 1, duck: ("timestamp", "'2024-01-01 10:00:00.123456'"),
            lite: ("timestamp", "'2024-01-01 10:00:00.123456'")),
        .value(
            "an instant and the UTC wall clock", "timestamptz", "'2024-01-01 12:00:00+02'", "timestamp",
            "'2024-01-01 10:00:00'", changed: 0, duck: ("timestamp", "'2024-01-01 10:00:00'"),
            lite: ("timestamp", "'2024-01-01 10:00:00'"), notice: "read as UTC"),
        .value(
            "instants in two zones", "timestamptz", "'2024-01-01 12:00:00+02'", "timestamptz",
            "'2024-01-01 11:00:00+01'", changed: 0, duck: ("timestamptz", "'2024-01-01 10:00:00+00'"),
            lite: ("timestamptz", "'2024-01-01 11:00:00+01:00'")),
        .value(
            "the two infinities", "timestamp", "'infinity'", "timestamp", "'-infinity'", changed: 1,
            duck: ("timestamp", "'-infinity'"), lite: ("timestamp", "'-infinity'")),
        .value(
            "infinity on both sides", "timestamp", "'infinity'", "timestamp", "'infinity'", changed: 0,
            duck: ("timestamp", "'infinity'"), lite: ("timestamp", "'infinity'")),
        .value(
            "infinity and NULL", "timestamp", "'infinity'", "timestamp", "NULL", changed: 1,
            duck: ("timestamp", "NULL"), lite: ("timestamp", "NULL")),
        .value(
            "year 12345", "timestamp", "'12345-01-01'", "timestamp", "'12346-01-01'", changed: 1,
            duck: ("timestamp", "'12346-01-01'"), lite: ("timestamp", "'12346-01-01 00:00:00'")),
        .value(
            "before our era", "date", "'0044-03-15 BC'", "date", "'0044-03-15 BC'", changed: 0,
            duck: ("date", "'0044-03-15 (BC)'"), lite: ("date", "'0044-03-15 BC'")),
        .value(
            "a date and its midnight", "date", "'2024-02-29'", "timestamp", "'2024-02-29 00:00:00'", changed: 0,
            duck: ("timestamp", "'2024-02-29'"), lite: ("timestamp", "'2024-02-29 00:00:00'")),
        .value(
            "a second of the day", "time", "'10:00:00'", "time", "'10:00:01'", changed: 1, duck: ("time", "'10:00:01'"),
            lite: ("time", "'10:00:01'")),
        .value(
            "the end of the day", "time", "'24:00:00'", "time", "'24:00:00'", changed: 0, lite: ("time", "'24:00:00'")),
        .value(
            "a month and thirty days", "interval", "'1 month'", "interval", "'30 days'", changed: 1,
            duck: ("interval", "interval 30 days")),
        .value(
            "a day and 24 hours", "interval", "'1 day'", "interval", "'24 hours'", changed: 1,
            duck: ("interval", "interval 24 hours")),
        .value(
            "the same interval", "interval", "'1 mon 2 days 03:00'", "interval", "'1 mon 2 days 03:00'", changed: 0,
            duck: ("interval", "interval '1 month 2 days 3 hours'")),
        .value(
            "time with zone", "timetz", "'10:00+02'", "timetz", "'10:00+02'", changed: 0,
            duck: ("timetz", "'10:00:00+02'")),
    ]

    private static let documents: [TortureCase] = [
        .value(
            "a json key twice", "json", "'{\"a\":1,\"a\":2}'", "json", "'{\"a\":2}'", changed: 1,
            lite: ("json", "'{\"a\":2}'")),
        .value(
            "arrays of narrow and wide floats", "float4[]", "array[0.1]::float4[]", "float8[]", "array[0.1]::float8[]",
            changed: 1),
        .value(
            "jsonb 1.0 and 1", "jsonb", "'{\"a\": 1.0}'", "jsonb", "'{\"a\":1}'", changed: 0,
            lite: ("json", "'{\"a\":1}'")),
        .value(
            "json keys in another order", "json", "'{\"b\":1, \"a\":[1, 2]}'", "jsonb", "'{\"a\":[1,2],\"b\":1}'",
            changed: 0, lite: ("json", "'{\"a\":[1,2],\"b\":1}'")),
        .value("a json null and no value", "jsonb", "'null'", "jsonb", "NULL", changed: 1, lite: ("json", "NULL")),
        .value(
            "json numbers beyond 2^53", "jsonb", "'9007199254740993'", "jsonb", "'9007199254740992'", changed: 1,
            lite: ("json", "'9007199254740992'")),
        .value(
            "an array's NULL and the text NULL", "text[]", "array[NULL]::text[]", "text[]", "array['NULL']", changed: 1,
            duck: ("text[]", "['NULL']")),
        .value(
            "a comma inside an element", "text[]", "array['a,b']", "text[]", "array['a','b']", changed: 1,
            duck: ("text[]", "['a','b']")),
        .value(
            "equal arrays", "int[]", "array[1,NULL,3]", "int[]", "array[1,NULL,3]", changed: 0,
            duck: ("int[]", "[1,NULL,3]")),
        .value("an empty array and NULL", "int[]", "'{}'", "int[]", "NULL", changed: 1, duck: ("int[]", "NULL")),
        .value("equal ranges in two notations", "int4range", "'[1,3)'", "int4range", "'[1,2]'", changed: 0),
        .value("addresses", "inet", "'10.0.0.1'", "inet", "'10.0.0.1/32'", changed: 0),
        .value("points", "point", "'(1,2)'", "point", "'(1,3)'", changed: 1),
        .value(
            "polygons of one area", "polygon", "'((0,0),(0,1),(1,1))'", "polygon", "'((0,0),(1,0),(1,1))'", changed: 1),
        .value(
            "money", "money", "12.34", "numeric(10,2)", "12.34", changed: 0, duck: ("decimal(10,2)", "12.34"),
            lite: ("numeric", "12.34")),
    ]

    private static let keys: [TortureCase] = [
        .table(
            "another order of columns", "id int primary key, a text, b int", left: "(1, 'x', 2)", right: "(2, 1, 'x')",
            [0, 0, 0], rightColumns: "b int, id int primary key, a text"),
        .table(
            "duplicate keys, the same rows", "id int, v text", left: "(1, 'a'), (1, 'b')", right: "(1, 'b'), (1, 'a')",
            [0, 0, 0], notice: "share their key"),
        .table(
            "duplicate keys, one row changed", "id int, v text, w int", left: "(1, 'a', 1), (1, 'b', 2)",
            right: "(1, 'b', 2), (1, 'a', 3)", [0, 0, 1], notice: "share their key"),
        .table("two copies and one", "id int, v text", left: "(1, 'a'), (1, 'a')", right: "(1, 'a')", [1, 0, 0]),
        .table(
            "a NULL key on one side", "id int, v text", left: "(1, 'a'), (NULL, 'b')", right: "(1, 'a')", [1, 0, 0],
            notice: "NULL in the key"),
        .table(
            "a NULL key on both sides", "id int, v text", left: "(NULL, 'b')", right: "(NULL, 'b')", [0, 0, 0],
            notice: "NULL in the key"),
        .table(
            "a composite key crossed", "a int, b int, v int, primary key (a, b)", left: "(1, 11, 0), (11, 1, 0)",
            right: "(11, 1, 0), (1, 11, 0)", [0, 0, 0], key: ["a", "b"]),
        .table(
            "separators in a composite key", "a text, b text, v int, primary key (a, b)", left: "('a', 'b|c', 0)",
            right: "('a|b', 'c', 0)", [1, 1, 0], key: ["a", "b"]),
        .table(
            "text keys of mixed case", "id text primary key, v int",
            left: "('a-b', 1), ('A_b', 2), ('ab', 3), ('Ab', 4)", right: "('ab', 3), ('Ab', 4), ('A_b', 2), ('a-b', 1)",
            [0, 0, 0]),
        .table(
            "text keys that differ in case", "id text primary key, v int", left: "('abc', 1)", right: "('ABC', 1)",
            [1, 1, 0]),
        .table(
            "keys at the ends of bigint", "id bigint primary key, v int",
            left: "(-9223372036854775808, 1), (9223372036854775807, 2)",
            right: "(-9223372036854775808, 1), (9223372036854775807, 3)", [0, 0, 1]),
        .table(
            "sparse keys", "id bigint primary key, v int", left: "(1, 1), (1000000000000000, 2)",
            right: "(1, 1), (1000000000000000, 3)", [0, 0, 1]),
        .table(
            "a date as the key", "id date primary key, v int", left: "('2024-01-01', 1), ('2024-01-02', 2)",
            right: "('2024-01-01', 1), ('2024-01-02', 3)", [0, 0, 1]),
        .table(
            "an instant as the key", "id timestamptz primary key, v int", left: "('2024-01-01 00:00:00+00', 1)",
            right: "('2024-01-01 00:00:01+00', 1)", [1, 1, 0]),
        .table(
            "int and bigint as the key", "id int primary key, v int", left: "(1, 1)", right: "(1, 1), (2, 2)",
            [0, 1, 0], rightColumns: "id bigint primary key, v int"),
        .table(
            "keys below and above", "id int primary key, v int", left: "(5, 1)", right: "(1, 1), (5, 1), (9, 1)",
            [0, 2, 0]),
        .table(
            "awkward names", "id int primary key, \"select\" int, \"Mixed Case\" int, \"a \"\"b\"\" c\" int",
            left: "(1, 1, 2, 3)", right: "(1, 1, 2, 4)", [0, 0, 1]),
        .table(
            "padded and bare keys", "id char(5) primary key, v int", left: "('ab', 1), ('abc', 2)",
            right: "('ab', 1), ('abc', 2)", [0, 0, 0], rightColumns: "id varchar(5) primary key, v int"),
        .table("nothing on the right", "id int primary key, v int", left: "(1, 1), (2, 2)", right: "", [2, 0, 0]),
        .table(
            "nothing at all", "id int primary key, v int", left: "", right: "", [0, 0, 0],
            notice: "both sides are empty"),
        .table("only a key", "id int primary key", left: "(1), (2)", right: "(2), (3)", [1, 1, 0]),
        .table("all values NULL on one side", "id int primary key, v int", left: "(1, NULL)", right: "", [1, 0, 0]),
        .table(
            "120 columns, the last differs",
            "id int primary key, " + (1...119).map { "c\($0) int" }.joined(separator: ", "),
            left: "(1, \((1...119).map(String.init).joined(separator: ", ")))",
            right: "(1, \((1...118).map(String.init).joined(separator: ", ")), 0)", [0, 0, 1]),
    ]
}
