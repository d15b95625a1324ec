import Catalog
import Foundation
import Project
import Testing
import Tokens

@testable import proc2dbt

/// Procedures that were damaged at random: converting them ends with findings, never with a crash, and every step of
/// theirs is counted.
///
/// `P2D_FUZZ=5000` damages more of them.
@Suite struct BrokenTextTests {
    private static let rounds = Int(ProcessInfo.processInfo.environment["P2D_FUZZ"] ?? "") ?? 250
    /// So that the rounds can be spread over the cores.
    private static let shares = 4

    @Test(arguments: 0..<shares)
    func convertingEnds(_ share: Int) throws {
        let templates = TemplateFolder(at: Repository.templates.path(percentEncoded: false))
        let settings = Conversion.Settings(projectName: "cases")
        let names = try Repository.names()
        var random = SeededGenerator(seed: UInt64(share) &+ 40)
        for round in 0..<Self.rounds / Self.shares {
            let name = try #require(names.randomElement(using: &random))
            let test = try EndToEndCase(
                folder: Repository.buildFolder.deletingLastPathComponent().appending(
                    path: "Tests/EndToEnd/Cases/\(name)"))
            var (snapshot, _) = try readSQLFiles(
                test.sqlFiles.map { $0.path(percentEncoded: false) }, dialect: "postgresql")
            for index in snapshot.routines.indices {
                snapshot.routines[index].body = damage(snapshot.routines[index].body, using: &random)
            }
            let conversion = try Conversion(of: snapshot, settings: settings, templates: templates)
            for routine in conversion.report.routines where routine.status != .converted {
                let said = routine.findings.contains { $0.severity == .error } || routine.steps.refused > 0
                #expect(
                    said,
                    "\(name), share \(share), round \(round): \(routine.name) is \(routine.status) without a reason")
            }
        }
    }

    /// Takes away, repeats, swaps or cuts off some tokens.
    private func damage(_ body: String, using random: inout SeededGenerator) -> String {
        let lexed = lex(body, profile: .postgresql)
        var pieces = lexed.tokens.indices.map(lexed.text)
        for _ in 0..<Int.random(in: 1...4, using: &random) where pieces.count > 2 {
            let at = Int.random(in: 0..<pieces.count, using: &random)
            let other = Int.random(in: 0..<pieces.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: pieces.remove(at: at)
            case 1: pieces.insert(pieces[other], at: at)
            case 2: pieces.swapAt(at, other)
            case 3: pieces.removeSubrange(min(at, other)..<min(max(at, other), min(at, other) + 12))
            case 4: pieces.removeLast(Int.random(in: 0..<max(1, pieces.count / 4), using: &random))
            default:
                pieces[at] =
                    ["(", ")", ";", "end", "'", "null", "select", ",", "case", "loop"].randomElement(using: &random)
                    ?? ""
            }
        }
        return pieces.joined()
    }
}

/// A generator with a fixed seed (SplitMix64), so that a failing case can be had again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
