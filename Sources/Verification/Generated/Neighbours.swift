import Foundation

/// Values right beside a value: where `<` and `<=` part.
enum Neighbours {
    /// The number, one unit of its last place up and down, one up and down.
    static func ofNumber(_ text: String, decimals: Int?) -> [String] {
        guard let value = Decimal(string: text) else { return [] }
        let scale = decimals ?? max(2, text.split(separator: ".").dropFirst().first?.count ?? 0)
        let unit = Decimal(sign: .plus, exponent: -scale, significand: 1)
        return [value, value + unit, value - unit, value + 1, value - 1].map { "\($0)" }
    }

    /// The day, and the days before and after.
    static func ofDay(_ text: String) -> [String] {
        guard let day = Day(text) else { return [] }
        return [0, 1, -1].map { Day(number: day.number + $0).text }
    }

    /// The text in other letters, with a blank behind, and with more behind.
    static func ofText(_ text: String) -> [String] {
        [text, text, text, text.lowercased(), text.uppercased(), "\(text) ", "\(text)x"]
    }
}

/// A day of the Gregorian calendar.
struct Day {
    /// Days since 1970-01-01.
    let number: Int

    init(number: Int) { self.number = number }

    /// Reads `2024-02-29`, also at the beginning of a timestamp.
    init?(_ text: String) {
        let parts = text.prefix(10).split(separator: "-").map { Int($0) }
        guard text.count >= 10, parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            1...12 ~= month, 1...31 ~= day
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    init(year: Int, month: Int, day: Int) {
        // Years begin in March, so that the leap day is the last one.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * 146_097 + dayOfEra - 719_468
    }

    /// Today in UTC.
    static var today: Day { Day(number: Int((Date().timeIntervalSince1970 / 86_400).rounded(.down))) }

    /// `2024-02-29`.
    var text: String {
        let (year, month, day) = parts
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    }

    private var parts: (Int, Int, Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let civil = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (civil <= 2 ? 1 : 0), civil, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    /// The first day of its month, and the last one of the month before.
    var edges: [Day] {
        let (year, month, _) = parts
        let first = Day(year: year, month: month, day: 1)
        return [first, Day(number: first.number - 1)]
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
