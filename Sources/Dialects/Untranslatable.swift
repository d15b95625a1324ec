/// Something that the target has no proven equal of: said by name, never guessed.
struct Untranslatable: Error, CustomStringConvertible {
    /// What it is and why, as half a sentence: `the function age() has no equal in duckdb that was tried`.
    var description: String

    init(_ description: String) { self.description = description }
}
