/// Why a catalog on disk could not be written or read; `description` is the one line a person reads.
public enum CatalogFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file or folder could not be written; what was there before is unharmed.
    case cannotWrite(path: String, reason: String)
    /// A file could not be read.
    case cannotRead(path: String, reason: String)
    /// A file is there and is not what it should be.
    case badFormat(path: String, reason: String)

    /// What went wrong, on one line.
    public var description: String {
        switch self {
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .badFormat(let path, let reason): "\(path) is not a catalog of this program: \(reason)"
        }
    }
}
