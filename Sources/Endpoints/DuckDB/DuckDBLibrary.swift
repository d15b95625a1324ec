import CDuckDB
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// DuckDB's C interface out of the shared library that the `duckdb` Python wheel brings: the very one that dbt uses.
///
/// Loaded once in a process, and only when a DuckDB, CSV or Parquet file is named. The wheel's library wants Python's, which
/// therefore comes first; nothing of Python runs.
final class DuckDBLibrary: Sendable {
    let open: duckdb_open_function
    let close: duckdb_close_function
    let createConfig: duckdb_create_function
    let setConfig: duckdb_set_config_function
    let destroyConfig: duckdb_close_function
    let connect: duckdb_connect_function
    let disconnect: duckdb_close_function
    let interrupt: duckdb_object_function
    let prepare: duckdb_prepare_function
    let prepareError: duckdb_text_function
    let destroyPrepare: duckdb_close_function
    let pendingStreaming: duckdb_pending_function
    let pendingError: duckdb_text_function
    let executePending: duckdb_execute_function
    let destroyPending: duckdb_close_function
    let fetchChunk: duckdb_fetch_function
    let destroyResult: duckdb_destroy_result_function
    let resultError: duckdb_result_text_function
    let columnCount: duckdb_result_count_function
    let columnName: duckdb_result_name_function
    let columnType: duckdb_result_object_function
    let typeID: duckdb_number_function
    let typeAlias: duckdb_owned_text_function
    let decimalScale: duckdb_byte_function
    let decimalWidth: duckdb_byte_function
    let listChildType: duckdb_member_function
    let destroyType: duckdb_close_function
    let chunkSize: duckdb_count_function
    let chunkVector: duckdb_indexed_function
    let vectorData: duckdb_member_function
    let vectorValidity: duckdb_member_function
    let listChild: duckdb_member_function
    let destroyChunk: duckdb_close_function
    let free: duckdb_object_function
    let version: String

    private static let loaded = Result { () throws(EndpointError) in try DuckDBLibrary() }

    /// The library; throws `EndpointError.missingLibrary` with what to install.
    static func load() throws -> DuckDBLibrary { try loaded.get() }

    private init() throws(EndpointError) {
        let path = try Self.find()
        let handle = try Self.openWithPython(path)
        func symbol<Function>(_ name: String, _: Function.Type = Function.self) throws(EndpointError) -> Function {
            guard let address = dlsym(handle, "duckdb_\(name)") else {
                throw .missingLibrary(
                    name: path, advice: "it has no duckdb_\(name); install the wheel duckdb 1.1 or newer")
            }
            return unsafeBitCast(address, to: Function.self)
        }
        open = try symbol("open_ext")
        close = try symbol("close")
        createConfig = try symbol("create_config")
        setConfig = try symbol("set_config")
        destroyConfig = try symbol("destroy_config")
        connect = try symbol("connect")
        disconnect = try symbol("disconnect")
        interrupt = try symbol("interrupt")
        prepare = try symbol("prepare")
        prepareError = try symbol("prepare_error")
        destroyPrepare = try symbol("destroy_prepare")
        pendingStreaming = try symbol("pending_prepared_streaming")
        pendingError = try symbol("pending_error")
        executePending = try symbol("execute_pending")
        destroyPending = try symbol("destroy_pending")
        fetchChunk = try symbol("fetch_chunk")
        destroyResult = try symbol("destroy_result")
        resultError = try symbol("result_error")
        columnCount = try symbol("column_count")
        columnName = try symbol("column_name")
        columnType = try symbol("column_logical_type")
        typeID = try symbol("get_type_id")
        typeAlias = try symbol("logical_type_get_alias")
        decimalScale = try symbol("decimal_scale")
        decimalWidth = try symbol("decimal_width")
        listChildType = try symbol("list_type_child_type")
        destroyType = try symbol("destroy_logical_type")
        chunkSize = try symbol("data_chunk_get_size")
        chunkVector = try symbol("data_chunk_get_vector")
        vectorData = try symbol("vector_get_data")
        vectorValidity = try symbol("vector_get_validity")
        listChild = try symbol("list_vector_get_child")
        destroyChunk = try symbol("destroy_data_chunk")
        free = try symbol("free")
        let versionFunction: duckdb_version_function = try symbol("library_version")
        version = versionFunction().map { String(cString: $0) } ?? "?"
    }

    /// A library named by the environment, else the wheel's in a virtual environment of ours.
    private static func find() throws(EndpointError) -> String {
        let environment = ProcessInfo.processInfo.environment
        if let named = environment["PROC2DBT_DUCKDB"], !named.isEmpty { return named }
        for folder in folders(environment) {
            let packages = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/lib")) ?? []
            for python in packages.sorted() where python.hasPrefix("python3") {
                let site = "\(folder)/lib/\(python)/site-packages"
                for directory in [site, "\(site)/duckdb"] {
                    let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
                    if let file = files.sorted().first(where: { $0.hasPrefix("_duckdb") && $0.hasSuffix(".so") })
                        ?? files.sorted().first(where: { $0.hasPrefix("duckdb") && $0.hasSuffix(".so") })
                    {
                        return "\(directory)/\(file)"
                    }
                }
            }
        }
        throw .missingLibrary(
            name: "DuckDB",
            advice: "install the Python wheel duckdb into .venv, or name its library with PROC2DBT_DUCKDB")
    }

    /// The same places in which dbt is looked for: the environment's word, the working folder, beside the program.
    private static func folders(_ environment: [String: String]) -> [String] {
        let program = URL(fileURLWithPath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        var folders = [environment["PROC2DBT_VENV"], environment["VIRTUAL_ENV"], ".venv"].compactMap { $0 }
        var parent = program.deletingLastPathComponent()
        for _ in 0..<5 {
            folders.append(parent.appending(path: ".venv").path)
            parent = parent.deletingLastPathComponent()
        }
        return folders.filter { !$0.isEmpty }
    }

    private static func openWithPython(_ path: String) throws(EndpointError) -> UnsafeMutableRawPointer {
        // A library without Python opens at once.
        if let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) { return handle }
        let reason = lastError()
        // `.venv/lib/python3.11/..` says which Python, `pyvenv.cfg` where it lives.
        let parts = path.split(separator: "/").map(String.init)
        let python = parts.first { $0.hasPrefix("python3.") } ?? "python3.11"
        let library = "lib\(python).so.1.0"
        let root = path.range(of: "/lib/python3.").map { String(path[..<$0.lowerBound]) } ?? ""
        let settings = (try? String(contentsOfFile: "\(root)/pyvenv.cfg", encoding: .utf8)) ?? ""
        let homes = settings.split(separator: "\n").filter { $0.hasPrefix("home") }
            .compactMap { $0.split(separator: "=").last?.trimmingCharacters(in: .whitespaces) }
        let candidates = homes.map { "\($0)/../lib/\(library)" } + [library]
        for candidate in candidates {
            guard dlopen(candidate, RTLD_LAZY | RTLD_GLOBAL) != nil else { continue }
            if let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) { return handle }
        }
        throw .missingLibrary(
            name: path,
            advice: "install lib\(python) (Debian: apt-get install lib\(python)); the loader says: \(reason)")
    }

    private static func lastError() -> String { dlerror().map { String(cString: $0) } ?? "unknown" }
}
