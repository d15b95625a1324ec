/// Merges two texts that came from one: what a person made of a file, and what the program would write now.
///
/// Line by line, as in diff3: a run of lines that only one side has changed takes that side's lines; the same change on both
/// sides counts once; anything else is a conflict, and then there is no merged text. Changes that touch, with no common line
/// between them, are one.
///
/// Source: S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3", 2007.
enum ThreeWayMerge {
    /// The merged text; nil where both sides changed the same lines in different ways.
    static func merged(base: String, mine: String, theirs: String) -> String? {
        if mine == base { return theirs }
        if theirs == base || mine == theirs { return mine }
        let (base, mine, theirs) = (lines(base), lines(mine), lines(theirs))
        let inMine = matches(base, mine)
        let inTheirs = matches(base, theirs)
        var result: [Substring] = []
        var (b, m, t) = (0, 0, 0)
        while true {
            // Lines that all three share from here.
            while b < base.count, inMine[b] == m, inTheirs[b] == t {
                result.append(base[b])
                (b, m, t) = (b + 1, m + 1, t + 1)
            }
            if b == base.count, m == mine.count, t == theirs.count { break }
            // The next line that both sides have kept ends the run of changes.
            var next = b
            while next < base.count, inMine[next] == nil || inTheirs[next] == nil { next += 1 }
            let mineEnd = next < base.count ? inMine[next]! : mine.count
            let theirsEnd = next < base.count ? inTheirs[next]! : theirs.count
            let (old, one, two) = (base[b..<next], mine[m..<mineEnd], theirs[t..<theirsEnd])
            if one.elementsEqual(old) {
                result += two
            } else if two.elementsEqual(old) || one.elementsEqual(two) {
                result += one
            } else {
                return nil
            }
            (b, m, t) = (next, mineEnd, theirsEnd)
        }
        return result.joined(separator: "\n")
    }

    /// With a last empty line where the text ends in a line end, so that joining gives the text back.
    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// For each line of `old` its place in `new`; nil for lines that are gone. Places only grow.
    private static func matches(_ old: [Substring], _ new: [Substring]) -> [Int?] {
        var result: [Int?] = Array(repeating: nil, count: old.count)
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var place = 0
        for index in old.indices where !removed.contains(index) {
            while inserted.contains(place) { place += 1 }
            result[index] = place
            place += 1
        }
        return result
    }
}
