import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The operating system's user that the server runs as: PostgreSQL refuses to run as root.
struct ServerUser {
    let name: String
    let user: uid_t
    let group: gid_t

    /// Nil when we are not root and run the server ourselves.
    static func forThisProcess() throws(EngineError) -> ServerUser? {
        guard geteuid() == 0 else { return nil }
        let candidates = ["postgres", "nobody"]
        for name in candidates {
            if let entry = getpwnam(name) {
                return ServerUser(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            }
        }
        throw .noServerUser(tried: candidates)
    }

    /// What stands before a command line to run it as this user.
    var commandPrefix: [String] {
        ["setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--"]
    }
}
