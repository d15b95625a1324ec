import Foundation
import Tokens

/// Default expressions that read the clock.
///
/// A call's clock stands still; a dbt run is many transactions. So what reads the transaction's clock reads
/// `call_timestamp()` instead.
enum ClockExpression {
    /// The expression as a Jinja string expression.
    static func jinja(_ expression: String) -> String {
        let lexed = lex(expression, profile: .postgresql)
        let count = lexed.tokens.count
        var pieces: [String] = []
        var text = ""
        var index = 0
        while index < count {
            let word = lexed.tokens[index].kind == .word ? lexed.text(index).lowercased() : ""
            let call = callEnd(lexed, after: index)
            let hasArguments = call == nil && isParenthesis(lexed, after: index)
            let isMember = index > 0 && lexed.tokens[index - 1].kind == .dot
            if !isMember, let end = call, ["now", "transaction_timestamp"].contains(word) {
                pieces += [Jinja.literal(text), "call_timestamp()"].filter { $0 != "''" }
                text = ""
                index = end
            } else if !isMember, call == nil, !hasArguments, let type = clockWords[word] {
                text += "cast("
                pieces += [Jinja.literal(text), "call_timestamp()"]
                text = " as \(type))"
            } else {
                text += lexed.text(index)
            }
            index += 1
        }
        if !text.isEmpty || pieces.isEmpty { pieces.append(Jinja.literal(count == 0 ? expression : text)) }
        return pieces.joined(separator: " ~ ")
    }

    private static func isParenthesis(_ lexed: LexedText, after index: Int) -> Bool {
        lexed.tokens[(index + 1)...].first { !$0.isTrivia }?.kind == .leftParen
    }

    // Position of the `)` when `()` follows a word.
    private static func callEnd(_ lexed: LexedText, after index: Int) -> Int? {
        let rest = (index + 1..<max(index + 1, lexed.tokens.count)).filter { !lexed.tokens[$0].isTrivia }.prefix(2)
        guard rest.count == 2, lexed.tokens[rest[rest.startIndex]].kind == .leftParen,
            lexed.tokens[rest[rest.startIndex + 1]].kind == .rightParen
        else { return nil }
        return rest[rest.startIndex + 1]
    }

    private static let clockWords = [
        "current_timestamp": "timestamp with time zone",
        "current_date": "date",
        "localtimestamp": "timestamp without time zone",
    ]
}
