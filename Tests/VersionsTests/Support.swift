import Catalog
import Foundation
import Testing

@testable import Versions

/// Lowers snippets: SQL in, template text out.
struct Snippet {
    let pipeline: LoweredPipeline

    static let tables = """
        create table src.s (id int primary key, v text, day date, at timestamp, amount numeric(10,2), flag boolean);
        create table src."Sales 2024" (id int);
        create table dw.s (id int, v text, day date, at timestamp, amount numeric(10,2), flag boolean);
        create table dw.t (id int);
        """

    /// A procedure `etl.p` with a body and parameters, and other statements before it.
    init(_ body: String, declare: String = "", parameters: String = "", more: String = "") throws {
        let text =
            Self.tables + more
            + "\ncreate procedure etl.p(\(parameters)) language plpgsql as $body$ declare \(declare) begin \(body) end $body$;"
        let file = FileManager.default.temporaryDirectory.appending(path: "p2d-\(UUID().uuidString).sql")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let (snapshot, _) = try readSQLFiles([file.path(percentEncoded: false)], dialect: "postgresql")
        let catalog = CatalogIndex(snapshot)
        let entry = try #require(snapshot.routines.first { $0.name.description == "etl.p" })
        let written = snapshot.routines.reduce(into: Set<QualifiedName>()) {
            $0.formUnion(writtenTables(by: $1, catalog: catalog))
        }
        pipeline = lowerPipelines(entries: [entry], catalog: catalog, written: written)[0]
    }

    /// Codes and messages of what was refused.
    var refusals: [String] {
        pipeline.findings.filter { $0.severity == .error }.map { "\($0.code) \($0.message)" }
    }

    /// The text of all versions, `@n` for a version and `:name` for a parameter.
    var text: String {
        pipeline.versions.compactMap { version -> String? in
            guard case .query(let template) = version.body else { return nil }
            return template.parts.map { part in
                switch part {
                case .text(let text): text
                case .relation(let id): "@" + pipeline[id].name
                case .parameter(_, let name), .parameterText(_, let name): ":" + name
                case .callTimestamp: ":now"
                case .function(let signature): signature
                case .legacyTable(let table): table.description
                }
            }.joined()
        }.joined(separator: "\n")
    }
}
