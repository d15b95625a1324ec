import Foundation

@testable import Endpoints

/// A MariaDB server of the tests' own: Debian's program, a folder, a socket and no network.
final class MariaDBServer: @unchecked Sendable {
    private let folder: String
    private let process = Process()

    private static let started = Result { try MariaDBServer() }

    static func address(database: String) throws -> String {
        let server = try started.get()
        return "DRIVER={MariaDB Unicode};SOCKET=\(server.folder)/s.sock;UID=root;DATABASE=\(database)"
    }

    struct Problem: Error, CustomStringConvertible { var description: String }

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "p2d-maria-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let user = NSUserName()
        let setup = Process()
        setup.executableURL = URL(fileURLWithPath: "/usr/bin/mariadb-install-db")
        setup.arguments = [
            "--no-defaults", "--datadir=\(folder)/data", "--auth-root-authentication-method=normal", "--skip-test-db",
            "--user=\(user)",
        ]
        setup.standardOutput = FileHandle.nullDevice
        setup.standardError = FileHandle.nullDevice
        guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/mariadbd") else {
            throw Problem(description: "MariaDB is missing; run scripts/setup.sh")
        }
        try setup.run()
        setup.waitUntilExit()
        // A shell that ends the server when the test program is gone, however it ends.
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            /usr/sbin/mariadbd --no-defaults --datadir="$1/data" --socket="$1/s.sock" --skip-networking --user="$2" \
                --pid-file="$1/pid" >"$1/log" 2>&1 &
            server=$!
            while kill -0 "$3" 2>/dev/null && kill -0 $server 2>/dev/null; do sleep 0.5; done
            kill $server; wait $server; rm -rf "$1"
            """, "sh", folder, user, String(getpid()),
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let library = try ODBCLibrary.load()
        for _ in 0..<200 {
            if let session = try? ODBCSession(library, "DRIVER={MariaDB Unicode};SOCKET=\(folder)/s.sock;UID=root") {
                _ = session.tryRun("CREATE DATABASE work CHARACTER SET utf8mb4")
                return
            }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw Problem(
            description:
                "MariaDB did not start: \((try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "")")
    }
}
