import Testing

/// Declarations that no server would take: refused, never a crash.
@Suite struct BrokenDeclarationTests {
    @Test(arguments: ["v %type;", "v .%type;", "v a.b.c.d%type;", "v src.%type;", "v %rowtype;", "v"])
    func refusesTypesOfNothing(_ declaration: String) throws {
        let snippet = try Snippet("insert into dw.t select v;", declare: declaration)
        #expect(!snippet.refusals.isEmpty, "\(snippet.text)")
    }
}
