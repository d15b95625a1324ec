import Steps
import Tokens

/// Puts a text together with the blanks and comments of the original between the pieces.
struct Writer {
    let source: SourceText
    private(set) var text = ""
    private var isFirst = true

    init(source: SourceText) { self.source = source }

    /// Tokens as they stand.
    mutating func copy(_ range: Range<Int>) {
        for index in range {
            lead(index)
            text += source.text(index)
        }
    }
    /// Names as they stand, in quotes where the target would read them as words of its own.
    mutating func names(_ range: Range<Int>, quoting reserved: Set<String>) {
        for index in range {
            lead(index)
            let isReserved = source.kind(index) == .word && reserved.contains(source.name(index))
            text += isReserved ? "\"\(source.name(index))\"" : source.text(index)
        }
    }
    /// New text in the place of tokens that begin at `index`.
    mutating func add(_ new: String, before index: Int) {
        guard !new.isEmpty else { return }
        lead(index)
        text += new
    }
    /// New text where none stood.
    mutating func insert(_ new: String) { text += new }

    private mutating func lead(_ index: Int) {
        if !isFirst { text += source.triviaBefore(index) }
        isFirst = false
    }
}
