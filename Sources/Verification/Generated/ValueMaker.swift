import Catalog
import Foundation

/// Makes values up: those that the text compares with and their neighbours, those of the starting state, and a few plain
/// ones out of a small range, so that joins meet and ties happen.
struct ValueMaker {
    let pools: ValuePools
    let today: Day

    /// A value that is not NULL; nil when none is known for such a column.
    func value(_ name: String, _ kind: ColumnKind, _ random: inout Randomness) -> String? {
        switch kind.family {
        case .boolean: return random.chance(50) ? "true" : "false"
        case .enumeration: return random.pick(kind.labels)
        default: break
        }
        let donors = pools.donors(for: name, kind.family)
        let dice = random.below(100)
        if dice < 40, let value = random.pick(donors) { return fitted(value, kind) }
        if dice < 75, let value = literal(pools.literals(for: name), kind, &random) { return fitted(value, kind) }
        if dice < 83, let value = literal(pools.allLiterals, kind, &random) { return fitted(value, kind) }
        return plain(kind, donors, &random).map { fitted($0, kind) } ?? random.pick(donors)
    }

    /// A value for a key: different ones, out of a small range.
    func key(_ name: String, _ kind: ColumnKind, _ random: inout Randomness) -> String? {
        switch kind.family {
        case .integer: return random.chance(70) ? String(1 + random.below(14)) : value(name, kind, &random)
        case .decimal: return random.chance(70) ? String(1 + random.below(9)) : value(name, kind, &random)
        case .text where random.chance(25):
            return fitted((random.pick(["K", "A", "B"]) ?? "") + String(random.below(9)), kind)
        default: return value(name, kind, &random)
        }
    }

    /// One of the literals, or a value right beside it.
    private func literal(
        _ literals: [ComparedLiterals.Literal], _ kind: ColumnKind, _ random: inout Randomness
    ) -> String? {
        for _ in 0..<3 {
            guard let literal = random.pick(literals) else { return nil }
            var values: [String] = []
            switch (literal, kind.family) {
            case (.number(let text), .integer) where !text.contains("."):
                values = Neighbours.ofNumber(text, decimals: 0)
            case (.number(let text), .decimal), (.number(let text), .float):
                values = Neighbours.ofNumber(text, decimals: kind.limit)
            case (.text(let text), .text): values = Neighbours.ofText(text)
            case (.text(let text), .date): values = Neighbours.ofDay(text)
            case (.text(let text), .timestamp), (.text(let text), .zonedTimestamp):
                values = Neighbours.ofDay(text).map { moment($0, kind, &random) }
            case (.number(let text), .date):
                // `current_date - 30`: the days around it.
                if let days = Int(text), abs(days) < 800 {
                    values = [-days, 1 - days, -1 - days, days].map { Day(number: today.number + $0).text }
                }
            case (.number(let text), .timestamp), (.number(let text), .zonedTimestamp):
                if let days = Int(text), abs(days) < 800, pools.readsClock {
                    values = [-days, 1 - days, -1 - days].map {
                        moment(Day(number: today.number + $0).text, kind, &random)
                    }
                }
            default: continue
            }
            if let value = random.pick(values) { return value }
        }
        return nil
    }

    private func moment(_ day: String, _ kind: ColumnKind, _ random: inout Randomness) -> String {
        let times = ["00:00:00", "00:00:00", "12:00:00", "23:59:59", "23:59:59.999999", "00:00:01"]
        return "\(day) \(random.pick(times) ?? "00:00:00")" + (kind.family == .zonedTimestamp ? "+00" : "")
    }

    private func plain(_ kind: ColumnKind, _ donors: [String], _ random: inout Randomness) -> String? {
        switch kind.family {
        case .integer: return random.pick(["0", "1", "1", "2", "2", "3", "4", "5", "-1", "10", "100"])
        case .decimal, .float:
            return random.pick(
                kind.limit == 0
                    ? ["0", "1", "2", "-1", "10", "100"]
                    : ["0", "1", "1", "2.5", "-1", "0.01", "10.005", "99.995", "100", "0.335", "33.33", "1000"])
        case .text: return random.pick(["A", "A", "B", "C", "a", "", " ", "A ", "x y", "O'Neil"])
        case .date: return day(donors, &random).text
        case .timestamp, .zonedTimestamp: return moment(day(donors, &random).text, kind, &random)
        case .time: return random.pick(["00:00:00", "08:30:00", "23:59:59"])
        case .interval: return random.pick(["1 day", "00:30:00", "1 mon", "0"])
        case .uuid: return "00000000-0000-4000-8000-00000000000\(random.below(6))"
        case .json: return random.pick(["{}", "{\"a\": 1}", "[]"])
        case .boolean, .enumeration, .other: return nil
        }
    }

    /// Near the days that are there: the same month's ends, a day or a month beside; near today when the text asks the clock.
    private func day(_ donors: [String], _ random: inout Randomness) -> Day {
        if pools.readsClock, random.chance(35) { return Day(number: today.number + random.below(5) - 3) }
        let base = random.pick(donors).flatMap { Day($0) } ?? Day(year: 2024, month: 1 + random.below(3), day: 15)
        switch random.below(5) {
        case 0: return base
        case 1: return random.pick(base.edges) ?? base
        case 2: return Day(number: base.number + 31)
        case 3: return Day(number: base.number - 1)
        default: return Day(number: base.number + 1)
        }
    }

    /// The value cut to what the column can hold.
    private func fitted(_ value: String, _ kind: ColumnKind) -> String {
        switch kind.family {
        case .text: return kind.limit.map { String(value.prefix($0)) } ?? value
        case .integer, .decimal:
            let whole = value.prefix { $0 != "." }.filter(\.isNumber)
            guard whole.count > kind.wholeDigits else { return value }
            // A long number that is there already fits; only made-up ones are cut.
            return kind.family == .integer && whole.count <= 18 && kind.wholeDigits > 4
                ? value : String(whole.prefix(max(1, kind.wholeDigits)))
        default: return value
        }
    }
}
