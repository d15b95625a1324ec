import Testing

@testable import Tokens

/// Whatever comes in, the tokens tile it.
@Suite struct LosslessnessTests {
    /// Pieces that are dangerous next to each other: openings without ends, prefixes, half operators, bad UTF-8.
    static let fragments: [[UInt8]] =
        [
            "'", "''", "\"", "\"\"", "`", "[", "]", "]]", "$", "$$", "$a$", "$a", "$1", "$é$", "E'", "e'\\'", "U&'",
            "U&\"", "N'", "X'", "B'", "q'[", "]'", "nq'!", "!'", "r'", "rb\"", "'''", "\"\"\"", "\\", "--", "-- \n",
            "-", "/*", "*/", "/", "//", "#", "##", "@", "@@", "@`", ":", "::", ":=", ":x", "?", "..", ".", ".5", "1.",
            "1..10", "0x", "0x1F", "0b2", "1e", "1e+", "1_0", "1_", "2024_sales", "<<", ">>", "=>", "<=>", "->>", "+-",
            "~-", "@-", "%TYPE", "select", "FROM", "tbl", "é", "日本", "\u{1F600}", "\n", "\r\n", "\r", " ", "\t", "\0",
            "{", "}", "(", ")", ",", ";", "GO", "\u{FEFF}", "\u{A0}", "_", "e", "u&", "u",
        ].map { Array($0.utf8) } + [
            [0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F], [0xFF], [0xED, 0xA0, 0x80], [0xEF, 0xBB],
        ]

    @Test(arguments: LexicalProfile.all.map(\.name))
    func randomBytes(name: String) throws {
        let profile = try #require(LexicalProfile.named(name))
        var random = SeededGenerator(seed: 1)
        for round in 0..<2000 {
            let count = Int.random(in: 0...80, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let fault = lex(bytes, profile: profile).tilingFault
            if let fault { Issue.record("round \(round) \(bytes): \(fault)") }
        }
    }

    @Test(arguments: LexicalProfile.all.map(\.name))
    func randomFragments(name: String) throws {
        let profile = try #require(LexicalProfile.named(name))
        var random = SeededGenerator(seed: 2)
        for round in 0..<4000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...24, using: &random) {
                bytes += Self.fragments.randomElement(using: &random) ?? []
            }
            let fault = lex(bytes, profile: profile).tilingFault
            if let fault { Issue.record("round \(round) \(String(decoding: bytes, as: UTF8.self)): \(fault)") }
        }
    }

    static let nasty = """
        create procedure "we""ird".[p]](x] `b``q`() as $body$ begin /* a /* b */ c */ -- é
        x := E'a\\'b' 'c' || U&'d\\0041' || q'[it's]' || nq'!x!' || r'\\d' || '''t''' || $$y$$; #h
        a[1:n] := .5e-3 + 1..10 * 0x1F - 1_000::numeric(10,2); <<l>> @@v @`w` :b $1 ? {} \\ 日本 😀
        $body$ // end
        """

    @Test(arguments: LexicalProfile.all.map(\.name))
    func truncatedAnywhere(name: String) throws {
        let profile = try #require(LexicalProfile.named(name))
        let bytes = Array(Self.nasty.utf8)
        for cut in 0...bytes.count {
            #expect(lex(Array(bytes[..<cut]), profile: profile).tilingFault == nil)
            #expect(lex(Array(bytes[cut...]), profile: profile).tilingFault == nil)
        }
    }

    @Test func hostileRepetitionsAreRead() {
        // Each would hang a lexer that looks ahead or back too far at every byte.
        for piece in ["$a", "$a$b", "[", "/*", "'", "E'\n", "--\n'", "q'[", ":", "+-", "1.", "$", "U&", "\u{E9}"] {
            let text = String(repeating: piece, count: 20_000)
            for profile in LexicalProfile.all {
                #expect(lex(text, profile: profile).tilingFault == nil)
            }
        }
    }

    @Test func linesAreCounted() {
        let text = lex("a\nb\r\nc\rd\n", profile: .generic)
        #expect(text.lineStarts == [0, 2, 5, 7, 9])
        #expect([0, 1, 2, 4, 5, 6, 7, 8, 9].map(text.line(ofByte:)) == [1, 1, 2, 2, 3, 3, 4, 4, 5])
        #expect(lex("", profile: .generic).line(ofToken: 0) == 1)
    }

    @Test func tokensTakeTwelveBytes() {
        #expect(MemoryLayout<Token>.stride == 12)
    }
}
