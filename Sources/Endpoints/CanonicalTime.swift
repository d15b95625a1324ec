/// Dates and times as numbers, and the text that engines without such types keep them in.
///
/// The calendar is the proleptic Gregorian one (SQL's), years may be negative (-1 is 2 BC). Day arithmetic after
/// Howard Hinnant, "chrono-compatible low-level date algorithms".
public enum CalendarTime {
    /// Days from 1970-01-01 to 2000-01-01, where PostgreSQL begins to count.
    public static let epochDays = 10_957
    /// Microseconds from 1970 to 2000.
    public static let epochMicros: Int64 = 946_684_800_000_000
    /// Microseconds of a day.
    public static let dayMicros: Int64 = 86_400_000_000

    /// Days since 2000-01-01.
    public static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468 - epochDays
    }

    /// Year, month and day of a number of days since 2000-01-01.
    public static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let z = days + epochDays + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

/// A date, a time of day, or both, read from ISO 8601 text as databases write it.
public struct TimeText: Equatable {
    /// Days since 2000-01-01; nil for a bare time.
    public var days: Int?
    /// Nanoseconds since midnight; nil for a bare date.
    public var nanos: Int64?
    /// Seconds east of Greenwich, nil where the text names none.
    public var zone: Int?
    /// 1 and -1 for the infinities.
    public var infinity = 0

    /// Reads `2024-02-29`, `2024-02-29 12:30:00.123456+02`, `12:30`, `infinity`, `0044-03-15 BC`; nil for anything else, also
    /// for days that the calendar does not have.
    public init?(_ text: some BidirectionalCollection<UInt8>) {
        var reader = Reader(text)
        if let word = reader.infinity() {
            infinity = word
            return
        }
        guard let first = reader.number(digits: 1...7) else { return nil }
        if reader.take("-") {
            guard let month = reader.number(digits: 1...2), (1...12).contains(month), reader.take("-"),
                let day = reader.number(digits: 1...2), day >= 1
            else { return nil }
            var year = first
            var rest = reader
            if reader.take(" ") || reader.take("T") {
                if reader.takeBC() {
                    reader = rest
                } else {
                    guard let clock = reader.clock(hour: nil) else { return nil }
                    nanos = clock
                    zone = reader.zone()
                }
            }
            rest = reader
            if reader.take(" "), reader.takeBC() { year = 1 - year } else { reader = rest }
            guard day <= Self.length(ofMonth: month, year: year) else { return nil }
            days = CalendarTime.days(year: year, month: month, day: day)
        } else {
            guard let clock = reader.clock(hour: first) else { return nil }
            nanos = clock
            zone = reader.zone()
        }
        guard reader.isAtEnd else { return nil }
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Walks over the bytes.
    private struct Reader {
        private let bytes: [UInt8]
        private var position = 0

        init(_ text: some BidirectionalCollection<UInt8>) {
            let string = Array(text)
            let isBlank = { (byte: UInt8) in byte == 0x20 }
            let start = string.firstIndex { !isBlank($0) } ?? string.count
            let end = string.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
            bytes = Array(string[start..<max(start, end)])
        }

        var isAtEnd: Bool { position == bytes.count }

        mutating func infinity() -> Int? {
            switch String(decoding: bytes, as: UTF8.self).lowercased() {
            case "infinity": 1
            case "-infinity": -1
            default: nil
            }
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func takeBC() -> Bool {
            guard position + 2 == bytes.count, bytes[position] == 0x42, bytes[position + 1] == 0x43 else {
                return false
            }
            position += 2
            return true
        }

        mutating func number(digits: ClosedRange<Int>) -> Int? {
            var value = 0
            var count = 0
            while position < bytes.count, count < digits.upperBound, (0x30...0x39).contains(bytes[position]) {
                value = value * 10 + Int(bytes[position] - 0x30)
                position += 1
                count += 1
            }
            return count >= digits.lowerBound ? value : nil
        }

        /// `hh:mm[:ss[.fffffffff]]`; 24:00:00 is the end of the day.
        mutating func clock(hour given: Int?) -> Int64? {
            guard let hour = given ?? number(digits: 1...2), take(":"), let minute = number(digits: 2...2) else {
                return nil
            }
            var seconds = 0
            var fraction: Int64 = 0
            if take(":") {
                guard let value = number(digits: 2...2) else { return nil }
                seconds = value
                if take(".") {
                    var scale: Int64 = 100_000_000
                    var any = false
                    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
                        // More than nine digits are not to be had; they may only be zeros.
                        if scale == 0 && bytes[position] != 0x30 { return nil }
                        fraction += Int64(bytes[position] - 0x30) * scale
                        scale /= 10
                        position += 1
                        any = true
                    }
                    guard any else { return nil }
                }
            }
            guard hour < 24 || (hour == 24 && minute == 0 && seconds == 0 && fraction == 0), minute < 60, seconds <= 60
            else {
                return nil
            }
            return Int64((hour * 60 + minute) * 60 + seconds) * 1_000_000_000 + fraction
        }

        mutating func zone() -> Int? {
            if take("Z") || take("z") { return 0 }
            let start = position
            _ = take(" ")
            let isEast = take("+")
            guard isEast || take("-"), let hours = number(digits: 2...2) else {
                position = start
                return nil
            }
            var seconds = hours * 3600
            _ = take(":")
            if let minutes = number(digits: 2...2) { seconds += minutes * 60 }
            if take(":"), let rest = number(digits: 2...2) { seconds += rest }
            return isEast ? seconds : -seconds
        }
    }
}
