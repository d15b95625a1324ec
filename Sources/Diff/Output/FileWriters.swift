import Endpoints
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// CSV by RFC 4180: UTF-8, a heading, NULL as nothing, an empty text as `""`.
final class CSVWriter: DifferenceWriter {
    private let path: String
    private let temporary: String
    private var file: Int32
    private var buffer: [UInt8] = []

    init(_ path: String, _ names: [String]) throws {
        self.path = path
        temporary = "\(path).part-\(getpid())"
        file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failure(path) }
        append(names)
    }

    deinit {
        if file >= 0 {
            close(file)
            unlink(temporary)
        }
    }

    func write(_ difference: Difference) throws {
        append(DifferenceColumns.values(difference, keyCount: RowFields.keyCount(difference)))
        if buffer.count > 1 << 18 { try flush() }
    }

    func finish() throws {
        try flush()
        let isClosed = close(file) == 0
        file = -1
        guard isClosed, rename(temporary, path) == 0 else {
            let error = Self.failure(path)
            unlink(temporary)
            throw error
        }
    }

    private func append(_ values: [String?]) {
        for (index, value) in values.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            guard let value else { continue }
            let needsQuotes =
                value.isEmpty || value.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
            buffer.append(contentsOf: (needsQuotes ? "\"\(value.replacing("\"", with: "\"\""))\"" : value).utf8)
        }
        buffer.append(0x0A)
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { throw Self.failure(path) }
                rest = rest.dropFirst(written)
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func failure(_ path: String) -> DiffError {
        .impossible("cannot write \(path): \(String(cString: strerror(errno)))")
    }
}

/// Parquet, made by DuckDB out of a CSV file beside it.
final class ParquetWriter: DifferenceWriter {
    private let path: String
    private let rows: CSVWriter
    private let between: String
    private let names: [String]

    init(_ path: String, _ names: [String]) throws {
        self.path = path
        self.names = names
        between = "\(path).rows-\(getpid()).csv"
        rows = try CSVWriter(between, names)
        // Better now than after hours of reading.
        try DuckDBConversion.check()
    }

    deinit { unlink(between) }

    func write(_ difference: Difference) throws { try rows.write(difference) }

    func finish() throws {
        try rows.finish()
        try DuckDBConversion.parquet(fromCSV: between, columns: names, to: path)
    }
}
