import Engines
import Foundation

/// Starts an engine, prints its folder, and waits to be killed.
@main
struct EngineHolder {
    static func main() throws {
        let engine = try EmbeddedPostgres.start()
        print(engine.hostForDbt)
        fflush(nil)
        while true { sleep(60) }
    }
}
