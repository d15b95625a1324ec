import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files that are either whole or not there.
public enum AtomicFile {
    /// Writes a file under a temporary name beside its place and renames it: a reader sees the old bytes or the new.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        let folder = FilePaths.parent(path)
        try createFolder(folder)
        let name = FilePaths.name(path)
        let temporary = FilePaths.join(folder, ".\(name).proc2dbt-\(getpid())")
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure(path) }
        do {
            try writeAll(bytes, to: file, path: path)
        } catch {
            close(file)
            unlink(temporary)
            throw error
        }
        // Some file systems tell only at close that the disk is full.
        guard close(file) == 0, rename(temporary, path) == 0 else {
            let error = failure(path)
            unlink(temporary)
            throw error
        }
    }

    /// The file's bytes; nil when there is none.
    public static func read(_ path: String) throws -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(path)
        }
        defer { close(file) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = retrying { buffer.withUnsafeMutableBytes { systemRead(file, $0) } }
            if count == 0 { return result }
            guard count > 0 else { throw failure(path) }
            result += buffer[..<count]
        }
    }

    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(path) }
    }

    /// Makes a folder and those above it.
    public static func createFolder(_ path: String) throws {
        guard !path.isEmpty, path != "/" else { return }
        if mkdir(path, 0o755) == 0 { return }
        switch errno {
        case EEXIST:
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw ProjectError.file(path: path, reason: "is in the way: a folder must go there")
            }
        case ENOENT:
            try createFolder(FilePaths.parent(path))
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure(path) }
        default: throw failure(path)
        }
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32, path: String) throws {
        var done = 0
        while done < bytes.count {
            let count = retrying {
                bytes[done...].withUnsafeBytes { systemWrite(file, $0) }
            }
            guard count > 0 else { throw failure(path) }
            done += count
        }
    }

    private static func retrying(_ body: () -> Int) -> Int {
        while true {
            let count = body()
            if count >= 0 || errno != EINTR { return count }
        }
    }

    private static func failure(_ path: String) -> ProjectError {
        .file(path: path, reason: String(cString: strerror(errno)))
    }

    // The names `read` and `write` are taken by this type.
    private static func systemRead(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(file, buffer.baseAddress, buffer.count)
        #endif
    }

    private static func systemWrite(_ file: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, buffer.baseAddress, buffer.count)
        #else
            Darwin.write(file, buffer.baseAddress, buffer.count)
        #endif
    }
}
