import Catalog
import Foundation
import Steps
import Tokens
import Types

/// The fixtures: what a server said of many expressions over one table. See scripts/types/corpus.py.
enum Corpus {
    struct Case: Sendable {
        var expression: String
        var type: String
        var name: String
    }

    static func rows(_ file: URL) throws -> [[String]] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    static func fixture(_ name: String) throws -> URL {
        struct Missing: Error {}
        guard let url = Bundle.module.url(forResource: name, withExtension: "tsv", subdirectory: "Fixtures") else {
            throw Missing()
        }
        return url
    }

    static func cases(_ file: URL) throws -> [Case] {
        try rows(file).map { Case(expression: $0[0], type: $0[1], name: $0[2]) }
    }

    /// The table and types of corpus.sql.
    static func context() throws -> TypeContext {
        var columns: [String: String] = [:]
        for row in try rows(fixture("columns")) { columns[row[0]] = row[1] }
        var status = UserType(name: QualifiedName("app", "status"), kind: .enumeration)
        status.labels = ["new", "paid", "void"]
        var address = UserType(name: QualifiedName("app", "address"), kind: .composite)
        address.attributes = [
            Column(name: "street", type: "text"), Column(name: "zip", type: "character varying(5)"),
            Column(name: "geo", type: "numeric(9,6)"),
        ]
        func domain(_ name: String, _ base: String) -> UserType {
            var type = UserType(name: QualifiedName("app", name), kind: .domain)
            type.baseType = base
            return type
        }
        let types = [
            "app.status": status, "app.address": address, "app.positive": domain("positive", "integer"),
            "app.email": domain("email", "character varying(50)"), "app.amount": domain("amount", "numeric(12,2)"),
        ]
        let functions = ["tax": "numeric", "label": "character varying", "code": "character"]
        var context = TypeContext()
        let known = columns
        context.column = { qualifier, name in
            qualifier == nil || qualifier == "t" || qualifier == "app.t" ? known[name] : nil
        }
        context.userFunction = { schema, name, _ in schema == "app" ? functions[name] : nil }
        context.userType = { types[$0] }
        let inner = context
        context.subquery = { query in
            let arms = query.arms.map { arm -> String? in
                guard case .select(let select) = arm, let item = select.items.first else { return nil }
                return inferType(query.source, item.expression, inner)
            }
            return arms.count == 1 ? arms[0] : commonType(arms, inner)
        }
        return context
    }

    static func source(_ text: String) -> SourceText { SourceText(text, profile: .postgresql) }
}
