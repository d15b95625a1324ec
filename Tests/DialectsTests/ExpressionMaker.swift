/// Makes expressions of PostgreSQL over the columns of `ExpressionMaker.table`, the same for the same seed.
struct ExpressionMaker {
    enum Kind: CaseIterable { case int, numeric, text, date, bool }

    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(state: seed) }

    /// Rows with NULLs, ties, zeros, blanks and negative numbers.
    static let table = """
        (values
            (1, 5, -2, 10::bigint, 1.25::numeric(8,2), 2.5000::numeric(12,4), 0.333::numeric, 'abc'::text, 'ab'::varchar(8), 'x'::char(4), date '2024-02-29', true),
            (2, null, 0, null, null, 0.0001, 7, 'ABC', 'ab  ', 'ab', date '2023-12-31', false),
            (3, 5, 3, 7000000000, -2.675, null, -1.005, '', null, null, null, null),
            (4, 0, 1, 0, 0, -3.1415, null, null, 'x', 'ABC', date '2024-01-01', true),
            (5, -7, 2, -3, 1.25, 2.5, 2.5, 'a_c', 'a-c-d', 'x', date '2024-02-29', false),
            (6, 100, null, 12, 99.99, 12.3456, 1000.125, 'Änder ung', 'z', 'zz', date '2020-02-28', null)
        ) as t (id, i, j, b, n, m, u, s, v, c, d, f)
        """

    private mutating func pick(_ choices: [String]) -> String { choices[random.below(choices.count)] }

    mutating func expression(_ kind: Kind, depth: Int = 3) -> String {
        switch kind {
        case .int: int(depth)
        case .numeric: numeric(depth)
        case .text: text(depth)
        case .date: date(depth)
        case .bool: bool(depth)
        }
    }

    private mutating func choice(_ kind: Kind, _ depth: Int) -> String {
        switch random.below(3) {
        case 0: "coalesce(\(expression(kind, depth: depth - 1)), \(expression(kind, depth: depth - 1)))"
        case 1:
            "case when \(bool(depth - 1)) then \(expression(kind, depth: depth - 1)) else \(expression(kind, depth: depth - 1)) end"
        default: "greatest(\(expression(kind, depth: depth - 1)), \(expression(kind, depth: depth - 1)))"
        }
    }

    private mutating func int(_ depth: Int) -> String {
        guard depth > 0 else { return pick(["i", "j", "id", "2", "-3", "0", "null::int"]) }
        let next = depth - 1
        switch random.below(11) {
        case 0: return "(\(int(next)) + \(int(next)))"
        case 1: return "(\(int(next)) - \(int(next)))"
        case 2: return "\(int(0)) * \(int(0))"
        case 3: return "\(int(next)) / nullif(\(int(next)), 0)"
        case 4: return "\(int(next)) % nullif(\(int(0)), 0)"
        case 5: return "length(\(text(next)))"
        case 6: return "round(\(numeric(next)))::int"
        case 7: return "\(numeric(0))::int"
        case 8: return "(\(date(next)) - \(date(next)))"
        case 9: return "extract(\(pick(["year", "month", "day", "isodow", "doy", "quarter"])) from \(date(next)))::int"
        default: return choice(.int, depth)
        }
    }

    private mutating func numeric(_ depth: Int) -> String {
        guard depth > 0 else { return pick(["n", "m", "u", "1.5", "-0.01", "0.0", "2::numeric", "100.0"]) }
        let next = depth - 1
        switch random.below(12) {
        case 0: return "(\(numeric(next)) + \(numeric(next)))"
        case 1: return "(\(numeric(next)) - \(int(next)))"
        case 2: return "\(numeric(0)) * \(numeric(0))"
        // A quotient of quotients may differ in the last of the ten places that count.
        case 3: return "\(numeric(0)) / nullif(\(numeric(0)), 0) / nullif(\(int(0)), 0)"
        case 4: return "\(numeric(0)) * \(int(0)) / nullif(\(int(0)), 0)"
        case 5: return "round(\(numeric(next)), \(random.below(4)))"
        case 6: return "trunc(\(numeric(next)), \(random.below(3)))"
        case 7: return pick(["floor", "ceil", "abs", "round", "trunc"]) + "(\(numeric(next)))"
        case 8: return "\(int(next))::numeric"
        case 9: return "\(numeric(next))::numeric(20,\(random.below(4)))"
        case 10: return "least(\(numeric(next)), \(int(next)))"
        default: return choice(.numeric, depth)
        }
    }

    private mutating func text(_ depth: Int) -> String {
        guard depth > 0 else { return pick(["s", "v", "c::text", "'a'", "''", "'x-y'", "null::text", "s || ''"]) }
        let next = depth - 1
        switch random.below(12) {
        case 0: return "(\(text(next)) || \(text(next)))"
        case 1: return pick(["upper", "lower", "btrim", "reverse", "initcap"]) + "(\(text(next)))"
        case 2: return pick(["left", "right"]) + "(\(text(next)), \(random.below(5) - 2))"
        case 3: return "substring(\(text(next)) from \(random.below(3) + 1) for \(random.below(3)))"
        case 4: return "lpad(\(text(next)), \(random.below(6)), '\(pick(["0", " ", "ab"]))')"
        case 5: return "replace(\(text(next)), 'a', \(text(0)))"
        case 6: return "split_part(\(text(next)), '-', \(random.below(3) + 1))"
        case 7: return "(\(int(next)))::text"
        case 8: return "(\(date(next)))::text"
        case 9: return "to_char(\(date(next)), '\(pick(["YYYY-MM", "YYYYMMDD", "DD.MM.YY", "YYYY\"Q\"Q"]))')"
        case 10: return "concat(\(text(next)), \(int(next)))"
        default: return choice(.text, depth)
        }
    }

    private mutating func date(_ depth: Int) -> String {
        guard depth > 0 else { return pick(["d", "date '2024-01-31'", "d + 1", "null::date"]) }
        let next = depth - 1
        switch random.below(5) {
        case 0: return "\(date(0)) + \(random.below(60))"
        case 1: return "date_trunc('\(pick(["month", "year", "week", "quarter"]))', \(date(next)))::date"
        case 2: return "(\(date(0)) + interval '\(random.below(3) + 1) \(pick(["month", "days", "year"]))')::date"
        default: return choice(.date, depth)
        }
    }

    private mutating func bool(_ depth: Int) -> String {
        guard depth > 0 else {
            return pick(["f", "i > 0", "n is null", "s = 'abc'", "v = c", "d < date '2024-02-01'"])
        }
        let next = depth - 1
        let kind = Kind.allCases[random.below(4)]
        switch random.below(11) {
        case 0: return "(\(bool(next)) and \(bool(next)))"
        case 1: return "(\(bool(next)) or \(bool(next)))"
        case 2: return "not (\(bool(next)))"
        case 3: return "\(expression(kind, depth: next)) is null"
        case 4: return "\(expression(kind, depth: 0)) in (\(expression(kind, depth: 0)), \(expression(kind, depth: 0)))"
        case 5: return "\(expression(kind, depth: 0)) is distinct from \(expression(kind, depth: 0))"
        case 6: return "\(numeric(0)) between \(int(0)) and \(numeric(0))"
        case 7: return "\(text(0)) like '\(pick(["a%", "_b%", "a\\_c", "%"]))'"
        case 8: return "(\(int(0)), \(text(0))) \(pick(["=", "<>", "<", ">="])) (\(int(0)), \(text(0)))"
        case 9: return "(\(int(0)), \(int(0))) in ((\(int(0)), \(int(0))), (1, 2))"
        default:
            return "\(expression(kind, depth: next)) \(pick(["=", "<>", "<", ">="])) \(expression(kind, depth: next))"
        }
    }

    /// A query with one column `x`: of rows, of groups, over windows or of a set operation.
    mutating func query() -> String {
        let kind = Kind.allCases[random.below(5)]
        switch random.below(6) {
        case 0:
            let number = random.chance() ? int(1) : numeric(2)
            return
                "select \(pick(["sum", "avg", "max", "min", "count"]))(\(number)) as x from \(Self.table) group by f order by f nulls first"
        case 1:
            let number = random.chance() ? int(1) : numeric(1)
            let order = pick(["d desc, id", "n, id desc", "s desc nulls last, id"])
            return
                "select \(pick(["sum", "avg", "max", "lag", "first_value"]))(\(number)) over (partition by f order by \(order)) as x from \(Self.table) order by id"
        case 2:
            let (first, second) = (expression(kind, depth: 2), expression(kind, depth: 2))
            return
                "select q.x from (select id, \(first) as x from \(Self.table) union all select id + 100, \(second) from \(Self.table)) as q order by q.id"
        case 3: return "select id as x from \(Self.table) where \(bool(3)) order by id"
        default: return "select \(expression(kind)) as x from \(Self.table) order by id"
        }
    }
}

/// A small generator with a seed.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    mutating func chance() -> Bool { next() % 2 == 0 }
}
