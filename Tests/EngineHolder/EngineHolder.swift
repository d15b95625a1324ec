import Engines
import Foundation

/// Starts an engine, prints its folder, and waits to be killed.
///
/// With a loopback address as its argument the engine listens there, too: some of the tools that the benchmark of `diff` compares
/// with know no sockets.
@main
struct EngineHolder {
    static func main() throws {
        var options = EmbeddedPostgres.Options()
        if let address = CommandLine.arguments.dropFirst().first {
            let rules = FileManager.default.temporaryDirectory.appending(path: "p2d-hba-\(getpid()).conf")
            try "local all all trust\nhost all all 127.0.0.0/8 trust\n".write(
                to: rules, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: rules.path)
            options.settings = ["listen_addresses": address, "hba_file": rules.path]
        }
        let engine = try EmbeddedPostgres.start(options)
        print(engine.hostForDbt)
        fflush(nil)
        while true { sleep(60) }
    }
}
