import Databases
import Foundation
import Testing

@testable import Diff
@testable import Endpoints

/// Rules: what they make equal, what they don't, and that it is counted.
@Suite(.serialized) struct RuleTests {
    private static let address = Result { try TestServer.database("rules") }

    /// One value a side under a rule.
    private func isEqual(_ type: String, _ left: String, _ right: String, _ rule: String, rightType: String? = nil)
        throws -> Bool
    {
        let address = try Self.address.get()
        try PostgresConnection.with(address) { connection in
            try connection.execute("DROP TABLE IF EXISTS l, r")
            try connection.execute("CREATE TABLE l (id int primary key, v \(type)); INSERT INTO l VALUES (1, \(left))")
            try connection.execute(
                "CREATE TABLE r (id int primary key, v \(rightType ?? type)); INSERT INTO r VALUES (1, \(right))")
        }
        var equal: Set<Bool> = []
        for strategy in [Strategy.join, .stream] {
            let found = try compare(PostgresEndpoint(address), "l", PostgresEndpoint(address), "r", strategy: strategy)
            {
                if !rule.isEmpty {
                    var parsed = ColumnRule()
                    try? parsed.add(rule)
                    $0.rules["v"] = parsed
                }
            }
            #expect(found.changedRows + found.equalRows + found.equalUnderRules == 1)
            if found.equalUnderRules == 1 {
                #expect(found.columns[1].equalUnderRule == 1)
                #expect(found.notices.contains { $0.contains("equal only under the rule") })
            }
            equal.insert(found.isEqual)
        }
        #expect(equal.count == 1, "the strategies disagree: \(type) \(left) \(right) \(rule)")
        return equal.first ?? false
    }

    @Test func numbers() throws {
        // The bound is inclusive, exact, and never about rounded values.
        #expect(try isEqual("numeric", "1.00", "1.01", "abs=0.01"))
        #expect(try !isEqual("numeric", "1.00", "1.0100001", "abs=0.01"))
        #expect(try isEqual("numeric", "0.4999", "0.5001", "abs=0.0002"))
        #expect(try isEqual("numeric", "-0.5", "0.5", "abs=1"))
        #expect(try isEqual("bigint", "9007199254740993", "9007199254740992", "abs=1"))
        #expect(try !isEqual("bigint", "9007199254740993", "9007199254740991", "abs=1"))
        #expect(try isEqual("numeric", "100", "99", "rel=0.01"))
        #expect(try !isEqual("numeric", "100", "98.99", "rel=0.01"))
        // Nothing is divided: zero is near zero only.
        #expect(try !isEqual("numeric", "0", "0.000001", "rel=0.01"))
        #expect(try !isEqual("numeric", "NULL", "0", "abs=1000"))
        #expect(try isEqual("double precision", "0.1::float8 + 0.2::float8", "0.3", "abs=1e-9"))
        #expect(try !isEqual("double precision", "'NaN'", "1", "abs=1e9"))
    }

    @Test func texts() throws {
        #expect(try isEqual("text", "' a '", "'a'", "trim"))
        #expect(try !isEqual("text", "' a b'", "'ab'", "trim"))
        #expect(try isEqual("text", "'Äb'", "'äB'", "case"))
        #expect(try !isEqual("text", "'a'", "'b'", "case"))
        #expect(try isEqual("text", "''", "NULL", "empty_is_null"))
        #expect(try !isEqual("text", "' '", "NULL", "empty_is_null"))
        #expect(try isEqual("text", "' '", "NULL", "empty_is_null,trim"))
    }

    @Test func times() throws {
        #expect(try isEqual("timestamp", "'2024-01-01 00:00:00.123'", "'2024-01-01 00:00:00.123456'", "precision=3"))
        #expect(try !isEqual("timestamp", "'2024-01-01 00:00:00.123'", "'2024-01-01 00:00:00.124'", "precision=3"))
        #expect(try isEqual("timestamp", "'2024-01-01 00:00:00'", "'2024-01-01 00:00:00.00334'", "within=3340us"))
        #expect(try !isEqual("timestamp", "'2024-01-01 00:00:00'", "'2024-01-01 00:00:00.003341'", "within=3340us"))
        #expect(try !isEqual("timestamp", "'infinity'", "'2024-01-01'", "within=1000000s"))
        #expect(
            try isEqual(
                "timestamp", "'2024-01-01 12:00'", "'2024-01-01 10:00+00'", "zone=+02:00", rightType: "timestamptz"))
    }

    @Test func casts() throws {
        #expect(throws: DiffError.self) { try isEqual("text", "'00012'", "12", "", rightType: "int") }
        #expect(try isEqual("text", "'00012'", "12", "cast=integer", rightType: "int"))
        #expect(try !isEqual("text", "'00012'", "12", "cast=text", rightType: "int"))
        #expect(try !isEqual("text", "'twelve'", "12", "cast=integer", rightType: "int"))
        #expect(try isEqual("text", "'Y'", "true", "cast=boolean", rightType: "boolean"))
        #expect(try isEqual("int[]", "array[3,1,2]", "array[1,2,3]", "unordered"))
        #expect(try !isEqual("int[]", "array[3,1,2]", "array[1,2,3,3]", "unordered"))
    }

    @Test func ownSQL() throws {
        let address = try Self.address.get()
        try PostgresConnection.with(address) { connection in
            try connection.execute(
                """
                DROP TABLE IF EXISTS l, r; CREATE TABLE l (id int primary key, n numeric, t text);
                INSERT INTO l VALUES (1, 100, 'a'), (2, 100, 'b'), (3, NULL, 'c');
                CREATE TABLE r (id int primary key, n numeric, t text);
                INSERT INTO r VALUES (1, 100.5, 'A!'), (2, 102, 'b'), (3, 0, 'c')
                """)
        }
        let found = try compare(PostgresEndpoint(address), "l", PostgresEndpoint(address), "r") {
            $0.rules["n"] = ColumnRule(predicate: "abs(l - r) < 0.01 * l")
            $0.rules["t"] = ColumnRule(predicate: "upper(l) || '!' = r")
        }
        #expect(found.counts == [0, 0, 2] && found.equalUnderRules == 1)
        #expect(found.columns.map(\.equalUnderRule) == [0, 1, 1])
        #expect(throws: EndpointError.self) {
            try compare(PostgresEndpoint(address), "l", PostgresEndpoint(address), "r") {
                $0.rules["n"] = ColumnRule(predicate: "l ~~ r (")
            }
        }
    }

    @Test func unreadable() {
        for text in ["abs", "abs=-1", "abs=x", "within=3", "precision=12", "round=2", "cast=money"] {
            var rule = ColumnRule()
            #expect(throws: DiffError.self) { try rule.add(text) }
        }
    }

    @Test func decimalArithmetic() {
        let number = { (text: String) in ExactDecimal(text) ?? ExactDecimal("0")! }
        #expect(ExactDecimal.distance(number("1.10"), number("-2.205")).description == "3.305")
        #expect(ExactDecimal.distance(number("1e3"), number("999.99")).description == "0.01")
        #expect((number("0.015") * number("-20")).description == "-0.300")
        #expect(ExactDecimal.magnitudeIsLess(number("-0.1"), number("0.11")))
        #expect(!ExactDecimal.magnitudeIsLess(number("0.110"), number("0.11")))
        for text in ["", ".", "1e", "abc", "1.2.3", "NaN", "--1"] { #expect(ExactDecimal(text) == nil, "\(text)") }
    }
}
