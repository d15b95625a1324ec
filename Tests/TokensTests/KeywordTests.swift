import Testing

@testable import Tokens

@Suite struct KeywordTests {
    @Test func wordsStandInTheOrderOfTheCases() {
        #expect(Keyword.words.count == Keyword.allCases.count - 1)
        #expect(Keyword.words == Keyword.words.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        #expect(Keyword.rowCount.word == "row_count")
        #expect(Keyword.rowcount.word == "rowcount")
        #expect(Keyword.none.word == "")
        for keyword in Keyword.allCases where keyword != .none && keyword != .rowCount {
            #expect(keyword.word == "\(keyword)")
        }
    }

    @Test(arguments: LexicalProfile.all.map(\.name))
    func everyKeywordInThreeCasings(name: String) throws {
        let profile = try #require(LexicalProfile.named(name))
        for keyword in Keyword.allCases where keyword != .none {
            let word = keyword.word
            let mixed = word.enumerated().map { $0.offset % 2 == 0 ? $0.element.uppercased() : String($0.element) }
            for casing in [word, word.uppercased(), mixed.joined()] {
                let text = lex(casing, profile: profile)
                #expect(text.tokens.count == 1)
                #expect(text.tokens.first?.kind == .word)
                #expect(text.tokens.first?.keyword == keyword, "\(casing)")
            }
        }
    }

    @Test func otherWordsAreNone() {
        for word in ["selec", "selects", "rowcounts", "a", "", "_", "zones", "ſet", "éall", "x_all"] {
            #expect(lex(word, profile: .postgresql).tokens.allSatisfy { $0.keyword == .none }, "\(word)")
        }
        #expect(lex("\"select\"", profile: .postgresql).tokens.first?.keyword == Keyword.none)
    }
}
