import CLibpq

/// A libpq connection string taken apart far enough to name its target without its password.
struct ConnectionString {
    /// `user@host:port/database`, for messages.
    var target: String
    /// Keywords and values, secrets left out, in libpq's order.
    var publicOptions: [(keyword: String, value: String)]

    /// Reads a URI or key=value pairs; fails without repeating any part that could be a secret.
    init(_ text: String) throws(DatabaseError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            let reason = message.map { String(cString: $0) } ?? "out of memory"
            PQfreemem(message)
            throw .badConnectionString(reason: Self.withoutQuoted(reason))
        }
        defer { PQconninfoFree(options) }
        var found: [String: String] = [:]
        publicOptions = []
        var option = options
        while let keyword = option.pointee.keyword.map({ String(cString: $0) }) {
            // libpq itself marks what must not be shown: '*' for passwords, 'D' for debug options.
            let isSecret = option.pointee.dispchar.map { $0.pointee == UInt8(ascii: "*") } ?? false
            if !isSecret, let value = option.pointee.val.map({ String(cString: $0) }) {
                found[keyword] = value
                publicOptions.append((keyword, value))
            }
            option += 1
        }
        if found["host"]?.contains("@") == true {
            throw .badConnectionString(reason: "the host holds an @; write an @ in a user name or password as %40")
        }
        let user = found["user"].map { "\($0)@" } ?? ""
        let host = found["host"] ?? found["hostaddr"] ?? found["service"].map { "service \($0)" } ?? "local socket"
        let port = found["port"].map { ":\($0)" } ?? ""
        let database = found["dbname"].map { "/\($0)" } ?? ""
        target = "\(user)\(host)\(port)\(database)"
    }

    /// libpq quotes the piece of text it stumbled over, which may be half a password: the quoted piece goes.
    private static func withoutQuoted(_ reason: String) -> String {
        let pieces = reason.split(separator: "\"", omittingEmptySubsequences: false)
        let kept = pieces.enumerated().map { $0.offset.isMultiple(of: 2) ? String($0.element) : "\"...\"" }
        return shortened(kept.joined())
    }
}

extension PostgresConnection {
    /// The connection string without its password, as key=value pairs: for logs, reports and messages.
    public static func masked(_ connectionString: String) -> String {
        guard let parsed = try? ConnectionString(connectionString) else { return "(unreadable connection string)" }
        return parsed.publicOptions.map { "\($0.keyword)=\(quoteOption($0.value))" }.joined(separator: " ")
    }

    /// One value of a key=value connection string.
    public static func quoteOption(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 != 0x27 && $0 != 0x5C && $0 > 0x20 }
        if isPlain { return value }
        var quoted = "'"
        for character in value.unicodeScalars {
            if character == "'" || character == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "'"
    }
}
