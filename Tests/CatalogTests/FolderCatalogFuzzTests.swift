import Testing
import Tokens

@testable import Catalog

/// Whatever stands in a file, reading it ends and does not trap.
@Suite struct FolderCatalogFuzzTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let pieces = """
        create|or|replace|alter|table|procedure|function|package|body|view|index|unique|type|sequence|domain|trigger|as|is|begin
        |end|case|if|loop|declare|returns|return|language|plpgsql|(|)|,|;|[|]|.|..|=|:=|@a|$$|$b$|'|"|`|/*|*/|--x\n|\nGO\n|\n/\n|
        DELIMITER //|//|\\|\n|add|column|constraint|primary|key|check|references|default|not|null|generated|always|identity|enum
        |on|delete|cascade|set|search_path|comment|int|varchar|timestamp|with|time|zone|%|type|array|<|>>|1|-|x|y.z|e''|atomic|out
        |in|setof|partition|of|like|including|all|like|start|minvalue|99999999999999999999|owned|by|rename|to|COPY a FROM stdin;\n
        """.split(separator: "|").map { $0 == "\n" ? " " : String($0) }

    private func read(_ bytes: [UInt8], _ profile: LexicalProfile) {
        var catalog = FileCatalog(profile: profile)
        catalog.read(bytes, file: "fuzz.sql")
        _ = catalog.finish()
    }

    @Test(arguments: LexicalProfile.all.map(\.name))
    func randomFragments(name: String) throws {
        let profile = try #require(LexicalProfile.named(name))
        var random = Generator(state: 7)
        for _ in 0..<600 {
            var text =
                ["create table t (", "create procedure p", "create function f(", "alter table t ", ""].randomElement(
                    using: &random) ?? ""
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                text += (Self.pieces.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? " " : "")
            }
            read(Array(text.utf8), profile)
        }
    }

    @Test(arguments: LexicalProfile.all.map(\.name))
    func randomBytes(name: String) throws {
        let profile = try #require(LexicalProfile.named(name))
        var random = Generator(state: 8)
        for _ in 0..<200 {
            let count = Int.random(in: 0...60, using: &random)
            read((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, profile)
        }
    }

    @Test(arguments: LexicalProfile.all.map(\.name))
    func truncations(name: String) throws {
        let profile = try #require(LexicalProfile.named(name))
        let bytes = Array(FolderCatalogPostgreSQLTests.schema.utf8)
        for cut in stride(from: 0, to: bytes.count, by: 17) {
            read(Array(bytes[..<cut]), profile)
            read(Array(bytes[cut...]), profile)
        }
    }

    @Test func deepNestingEnds() {
        let deep = String(repeating: "procedure p is ", count: 3000)
        read(Array("create procedure q is \(deep) begin end;".utf8), .plsql)
        read(Array("create table t (a int default \(String(repeating: "(", count: 20_000)));".utf8), .postgresql)
        read(Array(String(repeating: "create procedure p as\n", count: 500).utf8), .tsql)
        read(Array(String(repeating: "create procedure p as begin\n", count: 500).utf8), .snowflake)
    }
}
