import Testing

@testable import Tokens

/// What each dialect's texts are made of: text in, kinds and texts out.
@Suite struct ProfileTests {
    private func expect(
        _ profile: LexicalProfile, _ text: String, _ expected: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let lexed = lex(text, profile: profile)
        #expect(lexed.described == expected, "\(text)", sourceLocation: sourceLocation)
        #expect(lexed.tilingFault == nil, sourceLocation: sourceLocation)
    }

    @Test func namesAndAliases() {
        let aliases = [
            "postgresql": ["postgres", "pg", "PostgreSQL"], "tsql": ["mssql", "sqlserver"], "plsql": ["oracle"],
            "mysql": ["mariadb"], "snowflake": [], "bigquery": [], "generic": [],
        ]
        for (name, others) in aliases {
            for alias in [name] + others { #expect(LexicalProfile.named(alias)?.name == name) }
        }
        #expect(LexicalProfile.named("cobol") == nil)
    }

    @Test func postgresqlStrings() {
        let pg = LexicalProfile.postgresql
        expect(pg, "'it''s' 'a\\'", ["string:'it''s'", "string:'a\\'"])
        expect(pg, "E'a\\'b' e'x''y'", ["string:E'a\\'b'", "string:e'x''y'"])
        expect(
            pg, "B'01' x'1F' n'q' U&'d\\0061'", ["string:B'01'", "string:x'1F'", "string:n'q'", "string:U&'d\\0061'"])
        expect(
            pg, "U&\"d\" u & 1 u&1",
            ["quotedIdentifier:U&\"d\"", "word:u", "op:&", "number:1", "word:u", "op:&", "number:1"])
        expect(pg, "\"a\"\"b\" r'x'", ["quotedIdentifier:\"a\"\"b\"", "word:r", "string:'x'"])
        expect(pg, "date'2020-01-01'", ["word:date", "string:'2020-01-01'"])
        // The second half of a continued escape string is one too, but not on the same line or behind a word.
        expect(pg, "E'a'\n'b\\'c'", ["string:E'a'", "string:'b\\'c'"])
        expect(pg, "E'a' -- x\n 'b\\'c'", ["string:E'a'", "lineComment:-- x", "string:'b\\'c'"])
        expect(pg, "E'a'  'b\\'", ["string:E'a'", "string:'b\\'"])
        expect(pg, "E'a', '\n', 'b\\'", ["string:E'a'", "comma:,", "string:'\n'", "comma:,", "string:'b\\'"])
        expect(pg, "'unclosed; --", ["string:'unclosed; --"])
    }

    @Test func postgresqlDollars() {
        let pg = LexicalProfile.postgresql
        expect(pg, "$$a'b$$;", ["string:$$a'b$$", "semicolon:;"])
        expect(pg, "$f$ $$x$$ $g$ $f$f", ["string:$f$ $$x$$ $g$ $f$", "word:f"])
        expect(pg, "$a$x$a$a$ y", ["string:$a$x$a$", "word:a$", "word:y"])
        expect(pg, "$ab$ $a$ab$", ["string:$ab$ $a$ab$"])
        expect(pg, "a$b$c $1 $1$", ["word:a$b$c", "parameter:$1", "parameter:$1", "unknown:$"])
        expect(pg, "$é$x$é$", ["string:$é$x$é$"])
        expect(pg, "$a b$ $", ["unknown:$", "word:a", "word:b$", "unknown:$"])
        expect(pg, "$x$ open", ["string:$x$ open"])
    }

    @Test func postgresqlComments() {
        let pg = LexicalProfile.postgresql
        expect(pg, "a--b\nc", ["word:a", "lineComment:--b", "word:c"])
        expect(pg, "a--b\r\nc", ["word:a", "lineComment:--b", "word:c"])
        expect(pg, "/* a /* b */ c */d", ["blockComment:/* a /* b */ c */", "word:d"])
        expect(pg, "/* a /* b */", ["blockComment:/* a /* b */"])
        expect(pg, "# // x", ["op:#", "op://", "word:x"])
        expect(pg, "/*/ */x", ["blockComment:/*/ */", "word:x"])
    }

    @Test func postgresqlNumbers() {
        let pg = LexicalProfile.postgresql
        for number in [
            "1", "1.", ".5", "1.5", "1e-3", "1.5E+10", ".5e7", "0x1F", "0o17", "0b101", "1_000", "0x_ff", "1.e5",
        ] {
            expect(pg, number, ["number:\(number)"])
        }
        expect(pg, "1..10", ["number:1", "op:..", "number:10"])
        expect(pg, "0..n-1", ["number:0", "op:..", "word:n", "op:-", "number:1"])
        expect(pg, "1.5.5", ["number:1.5", "number:.5"])
        expect(
            pg, "1e 1e+ 1_ 12ab",
            [
                "number:1", "word:e", "number:1", "word:e", "op:+", "number:1", "word:_", "number:12", "word:ab",
            ])
        expect(
            pg, "t.c t . c t.*", ["word:t", "dot:.", "word:c", "word:t", "dot:.", "word:c", "word:t", "dot:.", "op:*"])
    }

    @Test func postgresqlOperators() {
        let pg = LexicalProfile.postgresql
        expect(pg, "a:=b::int", ["word:a", "op::=", "word:b", "op:::", "word:int"])
        expect(
            pg, "f(x=>1,y:=-1)",
            [
                "word:f", "leftParen:(", "word:x", "op:=>", "number:1", "comma:,", "word:y", "op::=", "op:-",
                "number:1",
                "rightParen:)",
            ])
        expect(pg, "<<outer>> loop", ["op:<<", "word:outer", "op:>>", "word:loop"])
        expect(
            pg, "a=-1 a<-1 @-1 a+-1",
            [
                "word:a", "op:=", "op:-", "number:1", "word:a", "op:<", "op:-", "number:1", "op:@-", "number:1",
                "word:a", "op:+", "op:-", "number:1",
            ])
        expect(
            pg, "a*--c\n+/*d*/-b",
            [
                "word:a", "op:*", "lineComment:--c", "op:+", "blockComment:/*d*/", "op:-", "word:b",
            ])
        expect(
            pg, "j->'a'->>'b'#>>'{c}' @> ? ?| <@",
            [
                "word:j", "op:->", "string:'a'", "op:->>", "string:'b'", "op:#>>", "string:'{c}'", "op:@>", "op:?",
                "op:?|",
                "op:<@",
            ])
        expect(
            pg, "t.c%TYPE x a[1:2] {}",
            [
                "word:t", "dot:.", "word:c", "op:%", "word:TYPE", "word:x", "word:a", "leftBracket:[", "number:1",
                "op::",
                "number:2", "rightBracket:]", "leftBrace:{", "rightBrace:}",
            ])
        expect(pg, "a!~~*'x' <> != ||/", ["word:a", "op:!~~*", "string:'x'", "op:<>", "op:!=", "op:||/"])
        expect(pg, ":x \\", ["op::", "word:x", "unknown:\\"])
    }

    @Test func wordsInUnicode() {
        expect(.postgresql, "größe_2 日本 \u{1}", ["word:größe_2", "word:日本", "unknown:\u{1}"])
        let broken = lex([0x61, 0xC3, 0x28, 0x80, 0xED, 0xA0, 0x80], profile: .postgresql)
        #expect(broken.tokens.map(\.kind) == [.word, .unknown, .leftParen, .unknown, .unknown, .unknown, .unknown])
        let marked = lex("\u{FEFF} select", profile: .tsql)
        #expect(marked.tokens.map(\.kind) == [.whitespace, .word])
    }

    @Test func tsql() {
        let tsql = LexicalProfile.tsql
        expect(
            tsql, "[a]]b].[c] \"d\" N'x''y'",
            [
                "quotedIdentifier:[a]]b]", "dot:.", "quotedIdentifier:[c]", "quotedIdentifier:\"d\"", "string:N'x''y'",
            ])
        expect(
            tsql, "#t ##g @v @@rowcount $action t$#@1",
            [
                "word:#t", "word:##g", "parameter:@v", "parameter:@@rowcount", "word:$action", "word:t$#@1",
            ])
        expect(
            tsql, "@a+=1 !< !> <> 0xAB 0x, db..t",
            [
                "parameter:@a", "op:+=", "number:1", "op:!<", "op:!>", "op:<>", "number:0xAB", "number:0x", "comma:,",
                "word:db", "op:..", "word:t",
            ])
        expect(
            tsql, "/* /* */ */ 'a\\' done: geo::Parse()",
            [
                "blockComment:/* /* */ */", "string:'a\\'", "word:done", "op::", "word:geo", "op:::", "word:Parse",
                "leftParen:(", "rightParen:)",
            ])
        expect(tsql, "$5 e'x' @", ["unknown:$", "number:5", "word:e", "string:'x'", "op:@"])
    }

    @Test func plsql() {
        let plsql = LexicalProfile.plsql
        expect(
            plsql, "q'[it's]' Nq'{a}b}' q'!x'!' q'(y)'",
            [
                "string:q'[it's]'", "string:Nq'{a}b}'", "string:q'!x'!'", "string:q'(y)'",
            ])
        expect(
            plsql, ":new.x := :1 + v$x#; t%ROWTYPE",
            [
                "parameter::new", "dot:.", "word:x", "op::=", "parameter::1", "op:+", "word:v$x#", "semicolon:;",
                "word:t",
                "op:%", "word:ROWTYPE",
            ])
        expect(
            plsql, "x**2 a^=b t@link <<l>> 1..3 f(a=>:b)",
            [
                "word:x", "op:**", "number:2", "word:a", "op:^=", "word:b", "word:t", "op:@", "word:link", "op:<<",
                "word:l",
                "op:>>", "number:1", "op:..", "number:3", "word:f", "leftParen:(", "word:a", "op:=>", "parameter::b",
                "rightParen:)",
            ])
        expect(plsql, "/* /* */ x q'", ["blockComment:/* /* */", "word:x", "word:q", "string:'"])
    }

    @Test func mysql() {
        let mysql = LexicalProfile.mysql
        expect(
            mysql, "`a``b` \"s\\\"\" 'x\\'y' # c\n--1 -- d",
            [
                "quotedIdentifier:`a``b`", "string:\"s\\\"\"", "string:'x\\'y'", "lineComment:# c", "op:-", "op:-",
                "number:1", "lineComment:-- d",
            ])
        expect(
            mysql, "@x := @@global.y <=> ? && @`q` l: 2024_sales 1e5 0x1f",
            [
                "parameter:@x", "op::=", "parameter:@@global", "dot:.", "word:y", "op:<=>", "parameter:?", "op:&&",
                "parameter:@`q`", "word:l", "op::", "word:2024_sales", "number:1e5", "number:0x1f",
            ])
        expect(mysql, "--", ["lineComment:--"])
    }

    @Test func snowflake() {
        expect(
            .snowflake, "$$a$$ $v $1 :b v:f.g // c\n'a\\'b' x::int => @st",
            [
                "string:$$a$$", "parameter:$v", "parameter:$1", "parameter::b", "word:v", "op::", "word:f", "dot:.",
                "word:g",
                "lineComment:// c", "string:'a\\'b'", "word:x", "op:::", "word:int", "op:=>", "op:@", "word:st",
            ])
    }

    @Test func bigquery() {
        expect(
            .bigquery, "`a.b-c.d` '''x'y''' \"\"\"z\"\"\" r'\\'' Rb\"q\" b'1' @p @@e # c",
            [
                "quotedIdentifier:`a.b-c.d`", "string:'''x'y'''", "string:\"\"\"z\"\"\"", "string:r'\\''",
                "string:Rb\"q\"",
                "string:b'1'", "parameter:@p", "parameter:@@e", "lineComment:# c",
            ])
        expect(.bigquery, "|> '' x", ["op:|>", "string:''", "word:x"])
    }

    @Test func generic() {
        expect(
            .generic, "E'\\'' :a a::b @c ? $1 $d `e` #f",
            [
                "string:E'\\''", "parameter::a", "word:a", "op:::", "word:b", "parameter:@c", "parameter:?",
                "parameter:$1",
                "parameter:$d", "quotedIdentifier:`e`", "word:#f",
            ])
    }
}
