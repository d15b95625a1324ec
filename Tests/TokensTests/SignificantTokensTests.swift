import Testing

@testable import Tokens

@Suite struct SignificantTokensTests {
    @Test func readsWithoutTrivia() {
        let tokens = SignificantTokens(lex("select /* x */ a[1], (b) -- c\nfrom t", profile: .postgresql))
        #expect((0..<tokens.count).map(tokens.text) == ["select", "a", "[", "1", "]", ",", "(", "b", ")", "from", "t"])
        #expect(tokens.keyword(0) == .select)
        #expect(tokens.keyword(1) == .none)
        #expect(tokens.kind(10) == .word)
        #expect(tokens[9].keyword == .from)
        #expect(tokens.isWord(0, "select") && tokens.isWord(1, "a") && !tokens.isWord(1, "b"))
        #expect(tokens.text(0..<2) == "select /* x */ a")
        #expect(tokens.line(9) == 2)
    }

    @Test func matchesBrackets() {
        let tokens = SignificantTokens(lex("f(a, (b), c[(1)]) ) ( {[ }", profile: .postgresql))
        #expect((0..<tokens.count).map(tokens.text).joined() == "f(a,(b),c[(1)]))({[}")
        #expect(tokens.closing(1) == 14)
        #expect(tokens.closing(4) == 6)
        #expect(tokens.closing(9) == 13)
        #expect(tokens.closing(10) == 12)
        #expect(tokens.opening(14) == 1)
        #expect(tokens.opening(15) == nil && tokens.closing(15) == nil)
        #expect(tokens.closing(16) == nil && tokens.closing(18) == nil)
        #expect(tokens.closing(17) == 19)
        #expect(tokens.next(1) == 15 && tokens.next(0) == 1)
        #expect(tokens.closing(0) == nil && tokens.closing(2) == nil)
    }

    @Test func beyondTheEndsIsNothing() {
        let tokens = SignificantTokens(lex("a", profile: .postgresql))
        for index in [-1, 1, 99] {
            #expect(tokens.kind(index) == nil && tokens.keyword(index) == .none && tokens.text(index) == "")
            #expect(tokens.closing(index) == nil && !tokens.isOperator(index, "=") && tokens.line(index) == 1)
        }
        #expect(SignificantTokens(lex(" -- x", profile: .postgresql)).isEmpty)
        #expect(tokens.text(0..<9) == "a" && tokens.text(3..<9) == "")
    }

    @Test func aRangeOfTheText() {
        let text = lex("a; (b c); d", profile: .postgresql)
        let tokens = SignificantTokens(text, in: 3..<7)
        #expect((0..<tokens.count).map(tokens.text) == ["(", "b", "c"])
        #expect(tokens.closing(0) == nil)
        #expect(tokens.isOperator(0, "(") == false)
    }

    @Test func namesAreUnquotedAndFolded() {
        func name(_ text: String, _ profile: LexicalProfile) -> String? {
            lex(text, profile: profile).name(0, folding: profile.folding)
        }
        #expect(name("AbC", .postgresql) == "abc")
        #expect(name("AbC", .plsql) == "ABC")
        #expect(name("AbC", .tsql) == "AbC")
        #expect(name("\"A\"\"b\"", .postgresql) == "A\"b")
        #expect(name("[A]]b]", .tsql) == "A]b")
        #expect(name("`A``b`", .mysql) == "A`b")
        #expect(name("'x'", .mysql) == nil)
    }

    @Test func stringsAreUnquoted() {
        func value(_ text: String, _ profile: LexicalProfile = .postgresql) -> String {
            lex(text, profile: profile).unquoted(0)
        }
        #expect(value("'it''s'") == "it's")
        #expect(value("E'a\\n\\'b'''") == "a\n'b'")
        #expect(value("$x$ a''b $x$") == " a''b ")
        #expect(value("$$open") == "open")
        #expect(value("q'[it's]'", .plsql) == "it's")
        #expect(value("''") == "" && value("'") == "")
        #expect(value("N'x'", .tsql) == "x")
        #expect(value("42") == "42")
    }
}
