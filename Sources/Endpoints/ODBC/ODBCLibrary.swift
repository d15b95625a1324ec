import CODBC

#if canImport(Glibc)
    import Glibc
#endif

/// The ODBC driver manager, loaded when the first `odbc:` address is opened: building needs nothing of ODBC's.
final class ODBCLibrary: Sendable {
    let allocate: odbc_alloc_function
    let free: odbc_free_function
    let setEnvironment: odbc_set_attribute_function
    let setConnection: odbc_set_attribute_function
    let driverConnect: odbc_driver_connect_function
    let disconnect: odbc_handle_function
    let execute: odbc_execute_function
    let fetch: odbc_handle_function
    let cancel: odbc_handle_function
    let columnCount: odbc_count_function
    let describeColumn: odbc_describe_function
    let columnAttribute: odbc_column_attribute_function
    let getData: odbc_get_data_function
    let diagnostic: odbc_diagnostic_function
    let info: odbc_info_function
    let primaryKeys: odbc_primary_keys_function

    private static let loaded = Result { () throws(EndpointError) in try ODBCLibrary() }

    /// The driver manager; throws `EndpointError.missingLibrary` with what to install.
    static func load() throws -> ODBCLibrary { try loaded.get() }

    private init() throws(EndpointError) {
        guard let handle = dlopen("libodbc.so.2", RTLD_NOW | RTLD_LOCAL) ?? dlopen("libodbc.so", RTLD_NOW | RTLD_LOCAL)
        else {
            throw .missingLibrary(
                name: "libodbc.so.2",
                advice: "install unixODBC and the driver of your database (Debian: apt-get install unixodbc)")
        }
        func symbol<Function>(_ name: String, _: Function.Type = Function.self) throws(EndpointError) -> Function {
            guard let address = dlsym(handle, name) else {
                throw .missingLibrary(name: "libodbc.so.2", advice: "it has no \(name); install unixODBC 2.3 or newer")
            }
            return unsafeBitCast(address, to: Function.self)
        }
        allocate = try symbol("SQLAllocHandle")
        free = try symbol("SQLFreeHandle")
        setEnvironment = try symbol("SQLSetEnvAttr")
        setConnection = try symbol("SQLSetConnectAttr")
        driverConnect = try symbol("SQLDriverConnect")
        disconnect = try symbol("SQLDisconnect")
        execute = try symbol("SQLExecDirect")
        fetch = try symbol("SQLFetch")
        cancel = try symbol("SQLCancel")
        columnCount = try symbol("SQLNumResultCols")
        describeColumn = try symbol("SQLDescribeCol")
        columnAttribute = try symbol("SQLColAttribute")
        getData = try symbol("SQLGetData")
        diagnostic = try symbol("SQLGetDiagRec")
        info = try symbol("SQLGetInfo")
        primaryKeys = try symbol("SQLPrimaryKeys")
    }
}

/// Numbers of the ODBC interface.
enum ODBC {
    static let environment: Int16 = 1
    static let connection: Int16 = 2
    static let statement: Int16 = 3
    static let success: Int16 = 0
    static let successWithInfo: Int16 = 1
    static let noData: Int16 = 100
    static let null: Int64 = -1
    static let noTotal: Int64 = -4

    /// How a value is asked for.
    enum CType: Int16 {
        case text = 1
        case wide = -8
        case binary = -2
        case double = 8
        case float = 7
        case integer = -25
        case unsigned = -27
    }

    static func isGood(_ result: Int16) -> Bool { result == success || result == successWithInfo }
}
