import Testing

@testable import Project

@Suite struct ThreeWayMergeTests {
    @Test(arguments: [
        ("a\nb\nc\n", "a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n"),
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        ("a\nb\nc\n", "a\nx\nc\n", "a\nx\nc\n", "a\nx\nc\n"),
        ("a\nb\nc\n", "b\nc\n", "a\nb\n", "b\n"),
        ("", "mine\n", "", "mine\n"),
        ("a\nb\nc\nd\n", "a\nb\nc\nd\ne\n", "z\na\nb\nc\nd\n", "z\na\nb\nc\nd\ne\n"),
        ("a\nb", "a\nb\n", "A\nb", "A\nb\n"),
    ])
    func merges(base: String, mine: String, theirs: String, expected: String) {
        #expect(ThreeWayMerge.merged(base: base, mine: mine, theirs: theirs) == expected)
        #expect(ThreeWayMerge.merged(base: base, mine: theirs, theirs: mine) == expected)
    }

    @Test(arguments: [
        ("a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n"), ("a\nb\nc\n", "a\nc\n", "a\ny\nc\n"), ("", "a\n", "b\n"),
        ("a\nb\n", "a\nx\nb\n", "a\ny\nb\n"),
    ])
    func conflictsAreNotMerged(base: String, mine: String, theirs: String) {
        #expect(ThreeWayMerge.merged(base: base, mine: mine, theirs: theirs) == nil)
        #expect(ThreeWayMerge.merged(base: base, mine: theirs, theirs: mine) == nil)
    }

    /// Edits in lines that lie apart never conflict, and nothing of either side is lost; the sides are equal in rights.
    @Test func apartEditsMerge() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let base = (0..<Int.random(in: 1...30, using: &random)).map { "line \($0 % 7)" }
            var mine: [[String]] = base.map { [$0] }
            var theirs = mine
            var expected = mine
            var position = 0
            var number = 0
            while position < base.count {
                number += 1
                let edit: [String] =
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: []
                    case 1: ["edit \(number)"]
                    default: [base[position], "added \(number)"]
                    }
                if Bool.random(using: &random) { mine[position] = edit } else { theirs[position] = edit }
                expected[position] = edit
                position += Int.random(in: 3...9, using: &random)
            }
            func text(_ lines: [[String]]) -> String { lines.joined().map { $0 + "\n" }.joined() }
            let merged = ThreeWayMerge.merged(
                base: base.map { $0 + "\n" }.joined(), mine: text(mine), theirs: text(theirs))
            // Repeated lines may be matched otherwise than they were edited: then a conflict is right, a wrong text never.
            if let merged {
                #expect(
                    merged.split(separator: "\n").count { $0.hasPrefix("edit") || $0.hasPrefix("added") }
                        == text(expected).split(separator: "\n").count { $0.hasPrefix("edit") || $0.hasPrefix("added") }
                )
            }
            let mirrored = ThreeWayMerge.merged(
                base: base.map { $0 + "\n" }.joined(), mine: text(theirs), theirs: text(mine))
            #expect(merged == mirrored)
        }
    }
}
