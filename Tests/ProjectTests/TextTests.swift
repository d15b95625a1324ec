import Models
import Testing
import Yams

@testable import Project

@Suite struct YAMLTextTests {
    static let awkward = [
        "", " ", "a", "yes", "No", "null", "~", "1", "1.0", "1e5", "0x1F", "2024-01-01", "a: b", "a #b", "- a", "? a",
        "'", "\"", "\\", "{a}", "[a]", "a, b", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", "a\nb", "a\n\nb\n", "\ta",
        "a\t", "\r\n", "é", "漢字", "\u{85}", "\u{2028}", "\u{0}", "\u{7F}", "🙂", "{{ x }}", "a ", " a",
        "numeric(10,2)", "timestamp with time zone", "text[]", "a:", "trailing space \nb", "=", "<<", "a\n b",
        "dw.status",
    ]

    @Test(arguments: awkward) func scalarsReadBackTheSame(_ text: String) throws {
        let node = try #require(try Yams.compose(yaml: "k: \(YAMLText.scalar(text))\n"))
        #expect(node["k"]?.scalar?.string == text)
        let list = try #require(try Yams.compose(yaml: "k:\n  - \(YAMLText.scalar(text))\n"))
        #expect(list["k"]?[0]?.scalar?.string == text)
    }

    @Test(arguments: awkward) func blocksReadBackTheSame(_ text: String) throws {
        let node = try #require(try Yams.compose(yaml: "a:\n  k: \(YAMLText.block(text, indent: 6))\n  b: 1\n"))
        #expect(node["a"]?["k"]?.scalar?.string == text)
    }

    @Test func scalarsThatLookLikeOthersAreQuoted() throws {
        for text in ["yes", "No", "null", "1", "1e5", "2024-01-01", "true", ""] {
            #expect(YAMLText.scalar(text).hasPrefix("\""))
        }
        #expect(YAMLText.scalar("numeric(10,2)") == "numeric(10,2)")
    }
}

@Suite struct JinjaTests {
    @Test func marksAreEscaped() {
        #expect(Jinja.escaped("a {{ b }} {%c%} {#") == "a {{ '{{' }} b }} {{ '{%' }}c%} {{ '{#' }}")
        #expect(Jinja.escaped("{{{") == "{{ '{{' }}{{ '{' }}")
        #expect(Jinja.escaped("{") == "{{ '{' }}")
        #expect(Jinja.escaped("{\"a\": {\"b\": 1}}") == "{\"a\": {\"b\": 1}}")
        #expect(Jinja.escaped("a\r\nb") == "a{{ '\\r' }}\nb")
    }

    @Test func literals() {
        #expect(Jinja.literal("a") == "'a'")
        #expect(Jinja.literal("a'b") == "\"a'b\"")
        #expect(Jinja.literal("a'\"\\\n") == "'a\\'\"\\\\\\n'")
    }
}

@Suite struct NameTests {
    @Test func quoting() {
        #expect(Names.quoted("a_1") == "a_1")
        #expect(Names.quoted("Order Date") == "\"Order Date\"")
        #expect(Names.quoted("order") == "\"order\"")
        #expect(Names.quoted("a\"b") == "\"a\"\"b\"")
        #expect(Names.quoted("1a") == "\"1a\"")
        #expect(Names.snakeCase("Odd  Schema-1") == "odd_schema_1")
        #expect(Names.snakeCase("漢") == "x")
    }

    @Test func sourcesThatDifferInCaseAlone() {
        let names = SourceReference.assign([.init("dw", "a"), .init("dw", "A"), .init("DW", "a")])
        #expect(Set(names.values.map { "\($0.source).\($0.table)" }).count == 3)
    }
}

@Suite struct DefaultTests {
    @Test(arguments: [
        ("'EU'::text", "text", "\"EU\""), ("'it''s'::character varying", "text", "\"it's\""), ("10", "integer", "10"),
        ("NULL::date", "date", "null"), ("NULL", "integer", "null"), ("true", "boolean", "true"),
        ("0.1", "numeric", "0.1"),
        ("0.10", "numeric", "\"0.10\""), ("'-1'::integer", "integer", "\"-1\""), ("(-1)", "integer", "-1"),
        ("'2024-01-01'::date", "date", "\"2024-01-01\""),
        ("12345678901234567890.123456", "numeric", "\"12345678901234567890.123456\""),
        ("'{{ x }}'", "text", "\"{{ '{{' }} x }}\""),
    ])
    func literals(_ expression: String, _ type: String, _ yaml: String) {
        #expect(LiteralDefault(expression: expression, type: type)?.yaml == yaml)
    }

    @Test(arguments: [
        ("CURRENT_DATE - 7", "date"), ("now()", "timestamp with time zone"), ("'1.5'::numeric", "integer"),
        ("1.5", "integer"), ("'a' || 'b'", "text"), ("'x'::dw.f('y')", "text"), ("'now'::text::date", "date"),
    ])
    func expressions(_ expression: String, _ type: String) {
        #expect(LiteralDefault(expression: expression, type: type) == nil || expression == "'now'::text::date")
    }

    @Test func clockReadsTheCall() {
        #expect(ClockExpression.jinja("now()") == "call_timestamp()")
        #expect(
            ClockExpression.jinja("(CURRENT_DATE - 7)") == "'(cast(' ~ call_timestamp() ~ ' as date) - 7)'")
        #expect(ClockExpression.jinja("dw.now() || 'now()'") == #""dw.now() || 'now()'""#)
        #expect(ClockExpression.jinja("1 + 1") == "'1 + 1'")
        #expect(ClockExpression.jinja("current_timestamp(3)") == "'current_timestamp(3)'")
    }
}

@Suite struct TemplateFolderTests {
    @Test func isFoundBesideAnAncestorOfTheExecutable() throws {
        let root = FilePaths.parent(Here.templates.folders[0])
        let found = try TemplateFolder.find(executable: "\(root)/.build/debug/proc2dbt", environment: [:])
        #expect(found == Here.templates)
        let chosen = try TemplateFolder.find(
            executable: "/nowhere/bin/x", environment: ["PROC2DBT_TEMPLATES": Here.templates.folders[0]])
        #expect(chosen == Here.templates)
        #expect(throws: ProjectError.self) { try TemplateFolder.find(executable: "/nowhere/bin/x", environment: [:]) }
    }

    @Test func aFolderOfTheUsersOverridesSingleFiles() throws {
        let own = TemporaryFolder()
        try own.put("requirements.txt.mustache", "{{=<% %>=}}\nmine <% x %>\n")
        var templates = TemplateSet(TemplateFolder(at: Here.templates.folders[0], overrides: own.path))
        #expect(try templates.render("requirements.txt", ["x": "<&>"]) == "mine <&>\n")
        #expect(try templates.render("gitignore").hasPrefix("target/\n"))
        #expect(throws: ProjectError.self) { try templates.render("no such") }
    }
}
