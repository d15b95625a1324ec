import Catalog
import Steps
import Testing
import Tokens
import Types

/// What the corpus can't ask a server: unknown names, broken text, names of two kinds.
struct EdgeTests {
    private func type(_ text: String, _ context: TypeContext) -> String? {
        let source = Corpus.source(text)
        return inferType(source, source.all, context)
    }

    @Test func whatIsNotKnownHasNoType() throws {
        let context = try Corpus.context()
        for text in [
            "nowhere", "nowhere + 1", "upper(nowhere)", "max(nowhere)", "coalesce(nowhere, 1)", "elsewhere.f(i)",
            "f(i)",
            "nowhere || 'x'", "'x'::app.nothing", "geometry 'x'", "array_agg(nowhere)", "$1",
            "case when bo then nowhere end",
            "(select nowhere)", "(co).nothing", "i +", "", "i i", ")", "((i)", "i::", "from", "1 = ",
            "case when bo then 1",
            "s operator(app.+) 1", "0x1F", "extract(year)", "a.b.c.d", "'x'::numeric(1", "'a' 'b'",
        ] {
            #expect(type(text, context) == nil, "\(text)")
        }
    }

    @Test func unknownOperandsLeaveWhatAllOverloadsAgreeOn() throws {
        let context = try Corpus.context()
        #expect(type("count(nowhere)", context) == "bigint")
        #expect(type("to_char(nowhere, 'YYYY')", context) == "text")
        #expect(type("nowhere = 1", context) == "boolean")
        #expect(type("nowhere ->> 'a'", context) == "text")
        #expect(type("row_to_json(nowhere)", context) == "json")
        #expect(type("md5(nowhere)", context) == "text")
        #expect(type("(nowhere)::numeric(10, 2)", context) == "numeric(10,2)")
        #expect(type("make_date(nowhere, 1, 1)", context) == "date")
    }

    @Test func variablesAndRecordsAreAskedAfterColumns() throws {
        var context = try Corpus.context()
        context.variable = { ["v_rate": "numeric(5,2)", "r.total": "bigint", "i": "text"][$0] }
        #expect(type("v_rate", context) == "numeric(5,2)")
        #expect(type("v_rate * 2", context) == "numeric")
        #expect(type("r.total + 1", context) == "bigint")
        #expect(type("i", context) == "integer")
    }

    @Test func aFunctionOfBothKindsNeedsBothToAgree() throws {
        var context = try Corpus.context()
        context.userFunction = { _, name, _ in
            ["upper": "text", "round": "money", "own": "SETOF character varying(3)"][name]
        }
        #expect(type("upper(tx)", context) == "text")
        #expect(type("round(n2)", context) == nil)
        #expect(type("pg_catalog.round(n2)", context) == "numeric")
        #expect(type("own(1, 2)", context) == "character varying")
    }

    @Test func unionsTakeTheCommonType() throws {
        let context = try Corpus.context()
        #expect(commonType(["integer", "numeric(10,2)"], context) == "numeric")
        #expect(commonType(["numeric(10,2)", "numeric(10,2)"], context) == "numeric(10,2)")
        #expect(commonType(["unknown", "character varying(3)"], context) == "character varying")
        #expect(commonType(["unknown", "unknown"], context) == "text")
        #expect(commonType(["date", "integer"], context) == nil)
        #expect(commonType(["date", nil], context) == nil)
    }

    @Test func aRangeWithinALargerTextIsEnough() throws {
        let source = Corpus.source("select n2 * 2 as x, coalesce(v10, 'a') from app.t")
        let context = try Corpus.context()
        #expect(inferType(source, 1..<4, context) == "numeric")
        #expect(inferType(source, 1..<2, context) == "numeric(10,2)")
        #expect(inferColumnName(source, 7..<13) == "coalesce")
    }

    @Test func typeNamesAreNormalized() {
        #expect(TypeName.normalized("VARCHAR (20)") == "character varying(20)")
        #expect(TypeName.normalized("int[]") == "integer[]")
        #expect(TypeName.normalized("timestamp(3)") == "timestamp(3) without time zone")
        #expect(TypeName.normalized("bpchar") == "bpchar")
        #expect(TypeName.normalized("char") == "character(1)")
        #expect(TypeName.normalized("float(10)") == "real")
        #expect(TypeName.normalized("decimal(10)") == "numeric(10,0)")
    }

    /// Deep and long texts must neither hang nor overflow a thread's stack.
    @Test func extremesEnd() throws {
        let context = try Corpus.context()
        #expect(type(String(repeating: "(", count: 60) + "i" + String(repeating: ")", count: 60), context) == "integer")
        for (open, close) in [("(", ")"), ("abs(", ")"), ("case when bo then ", " end"), ("- ", ""), ("not ", "")] {
            let text = String(repeating: open, count: 20_000) + "i" + String(repeating: close, count: 20_000)
            #expect(type(text, context) == nil)
        }
        #expect(
            type("array" + String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000), context) == nil)
        #expect(type("tx" + String(repeating: " || tx", count: 1_900), context) == "text")
        #expect(type("i" + String(repeating: "::int", count: 90), context) == "integer")
    }

    /// Any run of tokens of real expressions gets an answer or none, but an end.
    @Test func anyPieceOfTextIsTolerated() throws {
        let context = try Corpus.context()
        let cases = try Corpus.cases(Corpus.fixture("realistic"))
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(bound, 1)
        }
        for _ in 0..<3_000 {
            let left = Corpus.source(cases[next(cases.count)].expression)
            let right = Corpus.source(cases[next(cases.count)].expression)
            let cut = left.text(0..<next(left.count + 1)) + " " + right.text(next(right.count)..<right.count)
            let source = Corpus.source(cut)
            _ = inferType(source, source.all, context)
            _ = inferColumnName(source, source.all)
        }
    }
}
