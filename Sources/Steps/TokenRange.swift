infix operator ..<| : RangeFormationPrecedence

/// A range of tokens in a text that may be cut short anywhere: empty where its end would stand before its start.
///
/// Reading never fails, so readers form all ranges this way: half a statement gives empty parts, not a crash.
func ..<| (start: Int, end: Int) -> Range<Int> { start..<max(start, end) }
