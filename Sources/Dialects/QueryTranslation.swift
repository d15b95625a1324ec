import Catalog
import Versions

/// Single queries in another warehouse's words, for tests that run both sides.
package struct QueryTranslation {
    private let types: TargetTypes

    package init(rules: DialectRules, types: [UserType] = []) {
        self.types = TargetTypes(rules: rules, types: types)
    }

    /// A query over no tables but those that it brings along; throws for what has no equal.
    package func query(_ sql: String) throws -> String {
        let rewriter = TemplateRewriter(types: types, tables: [:], names: [:], parameters: { _, _ in nil })
        return try rewriter.query(SQLTemplate(sql)).template.plainText ?? ""
    }
}
