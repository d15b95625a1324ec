import Findings
import Tokens

/// A catalog that grows statement by statement as files are read.
struct FileCatalog {
    let profile: LexicalProfile
    var tables: [QualifiedName: Table] = [:]
    var types: [QualifiedName: UserType] = [:]
    var sequences: [QualifiedName: Sequence] = [:]
    var routines: [String: Routine] = [:]
    var findings: [Finding] = []
    /// Where names without a schema belong: the first of the search path.
    var schema: String
    /// The file being read, for findings.
    var file = ""

    init(profile: LexicalProfile) {
        self.profile = profile
        schema = Self.defaultSchema(profile)
    }

    /// PostgreSQL is the dialect whose types and names this reader knows as the server prints them.
    var isPostgreSQL: Bool { profile.name == LexicalProfile.postgresql.name }

    var isBigQuery: Bool { profile.name == LexicalProfile.bigquery.name }

    private static func defaultSchema(_ profile: LexicalProfile) -> String {
        switch profile.name {
        case LexicalProfile.postgresql.name: "public"
        case LexicalProfile.tsql.name: "dbo"
        default: ""
        }
    }

    /// Reads one file into the catalog; each starts with the default search path, as a session does.
    mutating func read(_ bytes: [UInt8], file: String) {
        self.file = file
        schema = Self.defaultSchema(profile)
        if String(validating: bytes, as: UTF8.self) == nil { report(.invalidEncoding, "", 1, "") }
        let text = lex(prepared(bytes), profile: profile)
        let tokens = SignificantTokens(text)
        var bounds = StatementBounds(tokens, profile)
        while let statement = bounds.next() { read(statement, tokens) }
    }

    /// What the clients of some dialects understand and their servers never see is taken out first.
    private func prepared(_ bytes: [UInt8]) -> [UInt8] {
        switch profile.name {
        case LexicalProfile.postgresql.name: CopyData.blanked(bytes)
        case LexicalProfile.mysql.name: ClientDelimiters.marked(bytes)
        default: bytes
        }
    }

    /// The snapshot in its fixed order.
    func finish() -> (snapshot: CatalogSnapshot, findings: [Finding]) {
        var snapshot = CatalogSnapshot(dialect: profile.name)
        snapshot.tables = tables.values.sorted { $0.name < $1.name }
        snapshot.types = types.values.sorted { $0.name < $1.name }
        snapshot.sequences = sequences.values.sorted { $0.name < $1.name }
        snapshot.routines = routines.values.sorted { ($0.name, $0.signature) < ($1.name, $1.signature) }
        if isPostgreSQL {
            let spelling = ServerSpelling(types: types)
            for index in snapshot.tables.indices { spelling.apply(to: &snapshot.tables[index]) }
            for index in snapshot.routines.indices { spelling.apply(to: &snapshot.routines[index]) }
        }
        return (snapshot, findings)
    }

    mutating func report(_ what: FileFinding, _ object: String, _ line: Int, _ detail: String) {
        findings.append(what.finding(object, file: file, line: line, detail))
    }

    /// Two parts of a name that may have one or more than two.
    func qualified(_ parts: [String]) -> QualifiedName {
        let last = parts.last ?? ""
        let owner = parts.count > 1 ? parts[parts.count - 2] : schema
        return QualifiedName(owner.isEmpty ? schema : owner, last)
    }

    func name(_ cursor: inout TokenCursor) -> QualifiedName? { cursor.nameParts().map(qualified) }

    /// The table a statement is about; a finding when no file has created it.
    mutating func knownTable(_ cursor: inout TokenCursor) -> QualifiedName? {
        let line = cursor.line
        guard let name = name(&cursor) else { return nil }
        if tables[name] == nil { report(.unknownTable, name.description, line, "Name it in full or add its file.") }
        return tables[name] == nil ? nil : name
    }

    // MARK: Statements

    private mutating func read(_ statement: FileStatement, _ tokens: SignificantTokens) {
        var cursor = TokenCursor(tokens, statement.range, folding: profile.folding)
        if let heading = RoutineHeading(tokens, statement.range.lowerBound, profile), heading.object != .view {
            return readRoutine(statement, heading, tokens)
        }
        // `IF OBJECT_ID(..) IS NULL CREATE TABLE ..` and `BEGIN CREATE TABLE ..` create a table all the same.
        if !isPostgreSQL, cursor.keyword() == .if || cursor.keyword() == .begin {
            while !cursor.isAtEnd, cursor.keyword() != .create { cursor.skip() }
        }
        let line = cursor.line
        let isRead: Bool
        switch cursor.keyword() {
        case .create:
            cursor.position += 1
            isRead = readCreate(&cursor, statement, tokens)
        case .alter:
            cursor.position += 1
            isRead = readAlter(&cursor)
        case .comment: isRead = readComment(&cursor)
        case .set, .use:
            readSearchPath(&cursor)
            isRead = true
        case .drop:
            readDrop(&cursor)
            isRead = true
        default: isRead = true
        }
        if !isRead {
            let head = tokens.text(
                statement.range.lowerBound..<min(statement.range.lowerBound + 6, statement.range.upperBound))
            report(.unreadStatement, "", line, "It begins with \(head.prefix(80)).")
        }
    }

    private mutating func readAlter(_ cursor: inout TokenCursor) -> Bool {
        _ = cursor.accept("foreign")
        if cursor.accept("table") { return readAlterTable(&cursor) }
        if cursor.accept("sequence") { return readAlterSequence(&cursor) }
        if cursor.accept("type") { return readAlterType(&cursor) }
        return true
    }

    private mutating func readSearchPath(_ cursor: inout TokenCursor) {
        cursor.position += 1
        _ = cursor.accept("session") || cursor.accept("local")
        if cursor.accept("search_path") {
            _ = cursor.accept("to") || cursor.acceptOperator("=")
            let first = cursor.string() ?? cursor.identifier() ?? ""
            schema = first.isEmpty || first == "$user" || first == "default" ? Self.defaultSchema(profile) : first
            if first == "$user", cursor.accept(.comma), let second = cursor.identifier() { schema = second }
        } else if cursor.accept("schema") {
            schema = cursor.string() ?? cursor.identifier() ?? schema
        } else if cursor.tokens.keyword(cursor.position - 1) == .use, profile.name == LexicalProfile.mysql.name {
            schema = cursor.identifier() ?? schema
        }
    }

    private mutating func readDrop(_ cursor: inout TokenCursor) {
        cursor.position += 1
        _ = cursor.accept("materialized") || cursor.accept("foreign") || cursor.accept("temporary")
        let kind = cursor.text().lowercased()
        cursor.position += 1
        _ = cursor.accept("if exists")
        repeat {
            guard let name = name(&cursor) else { return }
            switch kind {
            case "table", "view": tables[name] = nil
            case "type", "domain": types[name] = nil
            case "sequence": sequences[name] = nil
            default: return
            }
        } while cursor.accept(.comma)
    }
}
