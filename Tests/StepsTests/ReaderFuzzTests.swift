import Testing
import Tokens

@testable import Steps

/// Whatever comes in, reading ends, loses no token and invents none.
@Suite struct ReaderFuzzTests {
    static let words = [
        "begin", "end", "end if", "end loop", "end case", "declare", "if", "then", "elsif", "else", "case", "when",
        "loop",
        "for", "in", "while", "foreach", "array", "exit", "continue", "return", "query", "next", "raise", "exception",
        "execute", "using", "into", "strict", "perform", "call", "open", "fetch", "close", "get", "diagnostics", ":=",
        "=",
        "=>", ";", ";", ";", "(", ")", "[", "]", ",", ".", "..", "<<", ">>", "a", "b", "\"Q\"", "'s'", "$$x$$", "1",
        "*",
        "select", "from", "where", "group by", "order by", "limit", "union all", "with", "recursive", "as", "values",
        "insert",
        "update", "set", "delete", "merge", "matched", "not", "on conflict", "do", "nothing", "returning", "create",
        "temp",
        "table", "truncate", "drop", "join", "left", "on", "lateral", "over", "partition", "null", "--c\n", "/*c*/",
        "é", "{",
        "}", "cursor", "alias", "constant", "default", "reverse", "by", "slice", "label", "commit", "rollback", "and",
        "or",
    ]

    static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...60, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
            .joined(separator: " ")
    }

    /// Leaves stand in the order of the text and do not overlap; what is in none of them are words of the structure.
    private func check(_ text: String) {
        let source = SourceText(text, profile: .postgresql)
        let block = readPLpgSQL(source)
        var seen = [Int](repeating: 0, count: source.count)
        func visit(_ regions: [Region], in outer: Range<Int>) {
            var end = outer.lowerBound
            for region in regions {
                let range = region.range
                if range.lowerBound < end || range.upperBound > outer.upperBound {
                    Issue.record("region \(range) in \(outer) behind \(end) of: \(text)")
                    return
                }
                end = range.upperBound
                switch region {
                case .step(let step): for index in step.range { seen[index] += 1 }
                case .branch(let branch):
                    for arm in branch.arms { visit(arm.body, in: range) }
                    visit(branch.otherwise ?? [], in: range)
                case .loop(let loop): visit(loop.body, in: range)
                case .block(let block):
                    visit(block.body, in: range)
                    for handler in block.handlers { visit(handler.body, in: range) }
                }
            }
        }
        visit(block.body, in: source.all)
        for handler in block.handlers { visit(handler.body, in: source.all) }
        if let twice = seen.firstIndex(where: { $0 > 1 }) { Issue.record("token \(twice) is in two steps of: \(text)") }
    }

    @Test func anyWords() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<6_000 { check(Self.text(&random)) }
    }

    @Test func anyWordsInABlock() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<4_000 { check("begin \(Self.text(&random)) ; end") }
    }

    @Test func anyBytes() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            check("begin " + String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Every statement of the server's that is cut short or mixed up is read as something, in bounds.
    @Test func statementsStayInTheirRange() {
        var random = SeededGenerator(seed: 6)
        let starts = [
            "select", "insert into", "update", "delete from", "merge into", "create temp table", "with a as (",
        ]
        for _ in 0..<6_000 {
            let text = "\(starts.randomElement(using: &random) ?? "") \(Self.text(&random))"
            let source = SourceText(text, profile: .postgresql)
            let end = Int.random(in: 0...source.count, using: &random)
            _ = readStatement(source, 0..<end)
            if let query = readQuery(source, 0..<end), query.range.upperBound > end || query.range.lowerBound < 0 {
                Issue.record("a query of \(query.range) in 0..<\(end) of: \(text)")
            }
            _ = readNestedQueries(source, 0..<end)
            _ = readFromItems(source, 0..<end)
        }
    }

    @Test func deepNestingEnds() {
        for (open, close) in [("begin ", " end;"), ("if a then ", " end if;"), ("loop ", " end loop;"), ("(", ")")] {
            let text = "begin " + String(repeating: open, count: 300) + "x := 1;" + String(repeating: close, count: 300)
            check(text)
        }
    }
}

/// A generator with a fixed seed (SplitMix64), so that a failing case can be had again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
