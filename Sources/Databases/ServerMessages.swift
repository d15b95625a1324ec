import CLibpq

/// Where libpq puts the notices of one connection; libpq calls back on the thread that runs the statement.
final class NoticeBox {
    /// A loop that raises a notice a row must not fill the memory.
    private static let limit = 10_000
    var messages: [ServerMessage] = []

    /// Makes libpq put the notices of `connection` here; the box must live as long as the connection.
    func attach(to connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result, let message = ServerMessage(result) else { return }
                let box = Unmanaged<NoticeBox>.fromOpaque(context).takeUnretainedValue()
                if box.messages.count < NoticeBox.limit { box.messages.append(message) }
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}

extension ServerMessage {
    /// The message in a result of libpq's; nil when libpq made the error itself and there is no SQLSTATE.
    init?(_ result: OpaquePointer) {
        // The field codes are the letters of the wire protocol.
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        guard let sqlState = field("C") else { return nil }
        self.init(
            severity: field("V") ?? field("S") ?? "ERROR", sqlState: sqlState, text: field("M") ?? "",
            detail: field("D"), hint: field("H"), context: field("W"), position: field("P").flatMap { Int($0) })
    }
}
