import Databases

/// What `proc2dbt diff` takes for a side.
public enum Address: Sendable, Equatable {
    case postgres(String)

    /// Reads an address; throws `EndpointError.badAddress` with the kinds that are known.
    public init(_ text: String) throws(EndpointError) {
        if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") || text.contains("dbname=") || text.contains("host=") {
            self = .postgres(text)
            return
        }
        throw .badAddress("the address is none of postgresql://..")
    }

    /// Opens a session there.
    public func open() throws -> any Endpoint {
        switch self {
        case .postgres(let address): try PostgresEndpoint(address)
        }
    }
}
