/// Finds a smaller state that still shows a difference: rows and changes are left out as long as it stays.
struct CaseShrinker {
    let replay: CaseReplay
    /// Most replays that it may cost.
    var budget = 150

    /// The smallest case found, and what it showed.
    mutating func shrunk(_ test: GeneratedCase, _ result: CaseResult) throws -> (GeneratedCase, CaseResult) {
        var best = test
        best.rows = result.rows
        var outcome = result
        // Calls behind the difference say nothing.
        if case .differs(let call, _, _) = result.ending { best.calls = Array(best.calls.prefix(call)) }
        for place in [nil] + best.calls.indices.map(Optional.some) {
            var size = max(1, statements(best, place).count / 2)
            while size >= 1, budget > 0 {
                var start = 0
                var removed = false
                while start < statements(best, place).count, budget > 0 {
                    var smaller = best
                    var kept = statements(best, place)
                    kept.removeSubrange(start..<min(start + size, kept.count))
                    set(kept, place, &smaller)
                    budget -= 1
                    let tried = try replay.run(smaller)
                    if tried.isDifference {
                        best = smaller
                        outcome = tried
                        removed = true
                    } else {
                        start += size
                    }
                }
                if size == 1, !removed { break }
                size = size == 1 ? 1 : size / 2
            }
        }
        best.rows = outcome.rows
        return (best, outcome)
    }

    private func statements(_ test: GeneratedCase, _ place: Int?) -> [String] {
        place.map { test.calls[$0].changes } ?? test.rows
    }

    private func set(_ statements: [String], _ place: Int?, _ test: inout GeneratedCase) {
        if let place { test.calls[place].changes = statements } else { test.rows = statements }
    }
}
