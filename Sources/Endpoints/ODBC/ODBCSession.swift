import CODBC

/// A connection through an ODBC driver.
///
/// Sendable, because the one thing that another thread does with it is to cancel, which ODBC allows.
final class ODBCSession: @unchecked Sendable {
    let library: ODBCLibrary
    private var environment: UnsafeMutableRawPointer?
    private var connection: UnsafeMutableRawPointer?
    /// The running statement, for `cancel`.
    private var running: UnsafeMutableRawPointer?
    private(set) var product = ""
    private(set) var version = ""
    private(set) var quote = "\""
    private(set) var server = ""
    private(set) var database = ""

    /// Opens a connection; the text is the driver manager's, without `odbc:`.
    init(_ library: ODBCLibrary, _ text: String) throws {
        self.library = library
        guard ODBC.isGood(library.allocate(ODBC.environment, nil, &environment)) else {
            throw EndpointError.engine("ODBC has no memory", statement: nil)
        }
        // Version 3 of the interface, as a number in place of a pointer.
        _ = library.setEnvironment(environment, 200, UnsafeMutableRawPointer(bitPattern: 3), 0)
        guard ODBC.isGood(library.allocate(ODBC.connection, environment, &connection)) else {
            throw EndpointError.engine("ODBC has no memory", statement: nil)
        }
        var connectionText = text
        let result = connectionText.withUTF8 {
            library.driverConnect(connection, nil, $0.baseAddress, Int16($0.count), nil, 0, nil, 0)
        }
        guard ODBC.isGood(result) else {
            let reason = diagnosis(ODBC.connection, connection)
            _ = library.free(ODBC.connection, connection)
            connection = nil
            throw EndpointError.engine("cannot connect through ODBC to \(Self.masked(text)): \(reason)", statement: nil)
        }
        product = information(17)
        version = information(18)
        quote = information(29)
        server = information(13)
        database = information(16)
        if quote == " " { quote = "" }
    }

    deinit {
        if connection != nil {
            _ = library.disconnect(connection)
            _ = library.free(ODBC.connection, connection)
        }
        if environment != nil { _ = library.free(ODBC.environment, environment) }
    }

    /// The connection text without passwords.
    static func masked(_ text: String) -> String {
        text.split(separator: ";").filter { part in
            let name = part.prefix { $0 != "=" }.lowercased().filter { $0 != " " }
            return !["pwd", "password", "authtoken", "accesstoken"].contains(name)
        }.joined(separator: ";")
    }

    func cancel() { _ = library.cancel(running) }

    /// Runs a statement for its effect; false where the engine does not take it.
    func tryRun(_ sql: String) -> Bool { (try? statement(sql)) != nil }

    /// Starts a statement.
    func statement(_ sql: String) throws(EndpointError) -> ODBCStatement {
        let statement = try ODBCStatement(self, sql)
        running = statement.handle
        return statement
    }

    func finished(_ handle: UnsafeMutableRawPointer?) { if running == handle { running = nil } }

    func allocateStatement() throws(EndpointError) -> UnsafeMutableRawPointer? {
        var handle: UnsafeMutableRawPointer?
        guard ODBC.isGood(library.allocate(ODBC.statement, connection, &handle)) else {
            throw .engine(diagnosis(ODBC.connection, connection), statement: nil)
        }
        return handle
    }

    /// What the driver says about the last call.
    func diagnosis(_ kind: Int16, _ handle: UnsafeMutableRawPointer?) -> String {
        var state = [UInt8](repeating: 0, count: 6)
        var message = [UInt8](repeating: 0, count: 1024)
        var native: Int32 = 0
        var length: Int16 = 0
        guard ODBC.isGood(library.diagnostic(kind, handle, 1, &state, &native, &message, 1024, &length)) else {
            return "unknown error"
        }
        let text = String(decoding: message.prefix(min(1023, max(0, Int(length)))), as: UTF8.self)
        return
            "\(text.split(whereSeparator: \.isWhitespace).joined(separator: " ")) (SQLSTATE \(String(decoding: state.prefix(5), as: UTF8.self)))"
    }

    private func information(_ kind: UInt16) -> String {
        var text = [UInt8](repeating: 0, count: 256)
        var length: Int16 = 0
        guard ODBC.isGood(library.info(connection, kind, &text, 256, &length)) else { return "" }
        return String(decoding: text.prefix(min(255, max(0, Int(length)))), as: UTF8.self)
    }

    /// Columns of the primary key, in order; empty where the driver knows none.
    func primaryKey(schema: String?, table: String) -> [String] {
        guard let handle = try? allocateStatement() else { return [] }
        defer { _ = library.free(ODBC.statement, handle) }
        // What MySQL calls a database is a catalog to ODBC.
        let isCatalog = product.lowercased().contains("mysql") || product.lowercased().contains("mariadb")
        let place = schema.map { Array($0.utf8) }
        let name = Array(table.utf8)
        let result = library.primaryKeys(
            handle, isCatalog ? place : nil, Int16(isCatalog ? place?.count ?? 0 : 0), isCatalog ? nil : place,
            Int16(isCatalog ? 0 : place?.count ?? 0), name, Int16(name.count))
        guard ODBC.isGood(result) else { return [] }
        var columns: [(Int, String)] = []
        while ODBC.isGood(library.fetch(handle)) {
            let reader = ODBCValueReader(library, handle)
            guard let column = try? reader.text(4), let place = try? reader.text(5) else { continue }
            columns.append((Int(place) ?? 0, column))
        }
        return columns.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

/// A statement that runs, and its rows.
final class ODBCStatement {
    let session: ODBCSession
    private(set) var handle: UnsafeMutableRawPointer?
    private let sql: String
    private var wasInterrupted = false

    init(_ session: ODBCSession, _ sql: String) throws(EndpointError) {
        self.session = session
        self.sql = sql
        handle = try session.allocateStatement()
        var text = sql
        let result = text.withUTF8 { session.library.execute(handle, $0.baseAddress, Int32($0.count)) }
        guard ODBC.isGood(result) || result == ODBC.noData else {
            let error = failure()
            _ = session.library.free(ODBC.statement, handle)
            handle = nil
            throw error
        }
    }

    deinit {
        session.finished(handle)
        if handle != nil { _ = session.library.free(ODBC.statement, handle) }
    }

    /// Goes to the next row; false at the end.
    func next() throws(EndpointError) -> Bool {
        let result = session.library.fetch(handle)
        if result == ODBC.noData { return false }
        guard ODBC.isGood(result) else { throw failure() }
        return true
    }

    func failure() -> EndpointError {
        let reason = session.diagnosis(ODBC.statement, handle)
        if reason.contains("(SQLSTATE HY008)") || reason.contains("interrupted") { return .interrupted }
        if reason.contains("(SQLSTATE 08") { return .connectionLost(reason) }
        let text = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return .engine(reason, statement: text.count > 200 ? "\(text.prefix(197))..." : text)
    }

    /// The result's columns.
    func columns() throws(EndpointError) -> [ODBCColumn] {
        var count: Int16 = 0
        guard ODBC.isGood(session.library.columnCount(handle, &count)) else { throw failure() }
        var columns: [ODBCColumn] = []
        for place in 0..<UInt16(max(0, count)) {
            var name = [UInt8](repeating: 0, count: 512)
            var (length, type, digits, nullable): (Int16, Int16, Int16, Int16) = (0, 0, 0, 1)
            var size: UInt64 = 0
            guard
                ODBC.isGood(
                    session.library.describeColumn(
                        handle, place + 1, &name, 512, &length, &type, &size, &digits, &nullable))
            else { throw failure() }
            columns.append(
                ODBCColumn(
                    name: String(decoding: name.prefix(Int(length)), as: UTF8.self), code: type, size: size,
                    digits: digits,
                    isNullable: nullable != 0, typeName: typeName(place + 1), isUnsigned: isUnsigned(place + 1)))
        }
        return columns
    }

    private func typeName(_ place: UInt16) -> String {
        var text = [UInt8](repeating: 0, count: 128)
        var length: Int16 = 0
        guard ODBC.isGood(session.library.columnAttribute(handle, place, 14, &text, 128, &length, nil)) else {
            return ""
        }
        return String(decoding: text.prefix(min(127, max(0, Int(length)))), as: UTF8.self)
    }

    private func isUnsigned(_ place: UInt16) -> Bool {
        var number: Int64 = 0
        return ODBC.isGood(session.library.columnAttribute(handle, place, 8, nil, 0, nil, &number)) && number == 1
    }
}

/// A column as the driver describes it.
struct ODBCColumn {
    var name: String
    /// A number such as 12 for VARCHAR.
    var code: Int16
    var size: UInt64
    var digits: Int16
    var isNullable: Bool
    var typeName: String
    var isUnsigned: Bool
}

/// Fetches values of the current row, of any length.
struct ODBCValueReader {
    private let library: ODBCLibrary
    private let handle: UnsafeMutableRawPointer?

    init(_ library: ODBCLibrary, _ handle: UnsafeMutableRawPointer?) {
        self.library = library
        self.handle = handle
    }

    /// A value of fixed length, nil for NULL.
    func fixed<Value>(_ place: UInt16, _ type: ODBC.CType, _ zero: Value) throws(EndpointError) -> Value? {
        var value = zero
        var length: Int64 = 0
        let result = withUnsafeMutableBytes(of: &value) {
            library.getData(handle, place, type.rawValue, $0.baseAddress, Int64($0.count), &length)
        }
        guard ODBC.isGood(result) else { throw .engine("cannot read column \(place) of a row", statement: nil) }
        return length == ODBC.null ? nil : value
    }

    /// A value of any length into a buffer; false for NULL.
    func bytes(_ place: UInt16, _ type: ODBC.CType, _ buffer: inout [UInt8]) throws(EndpointError) -> Bool {
        buffer.removeAll(keepingCapacity: true)
        // The driver ends text with a zero of one or two bytes, which is no part of the value.
        let terminator = type == .text ? 1 : type == .wide ? 2 : 0
        return try withTemporaryBytes(1 << 14) { piece throws(EndpointError) -> Bool in
            while true {
                var length: Int64 = 0
                let result = library.getData(
                    handle, place, type.rawValue, piece.baseAddress, Int64(piece.count), &length)
                if result == ODBC.noData { return true }
                guard ODBC.isGood(result) else { throw .engine("cannot read column \(place) of a row", statement: nil) }
                if length == ODBC.null { return false }
                let room = piece.count - terminator
                let isCut = length == ODBC.noTotal || Int(length) > room
                buffer.append(contentsOf: piece.prefix(isCut ? room : Int(length)))
                if !isCut { return true }
            }
        }
    }

    private func withTemporaryBytes(
        _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(EndpointError) -> Bool
    ) throws(EndpointError) -> Bool {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 8)
        defer { piece.deallocate() }
        return try body(piece)
    }

    func text(_ place: UInt16) throws(EndpointError) -> String? {
        var buffer: [UInt8] = []
        guard try bytes(place, .text, &buffer) else { return nil }
        return String(decoding: buffer, as: UTF8.self)
    }
}
