import Catalog
import Steps
import Tokens

/// A trigger taken to pieces, from the text that the server prints.
struct TriggerDefinition {
    enum Timing { case before, after, insteadOf }
    enum Event: String { case insert, update, delete, truncate }

    let name: String
    let timing: Timing
    let events: Set<Event>
    /// The columns of UPDATE OF; empty when any UPDATE counts.
    let columns: Set<String>
    let isForEachRow: Bool
    /// WHEN (..), in `source`; nil when the trigger always fires.
    let condition: Range<Int>?
    let function: RelationReference
    /// The trigger's arguments, as literals.
    let arguments: [String]
    let source: SourceText

    /// Nil for what is not understood: constraint triggers and transition tables among it.
    init?(_ trigger: Trigger) {
        let source = SourceText(trigger.definition, profile: .postgresql)
        self.source = source
        name = trigger.name
        func word(_ index: Int) -> String { index < source.count ? source.text(index).lowercased() : "" }
        var index = 1
        if word(index) == "or" { index += 2 }
        guard word(index) == "trigger" else { return nil }
        index += 2
        switch word(index) {
        case "before": timing = .before
        case "after": timing = .after
        case "instead":
            timing = .insteadOf
            index += 1
        default: return nil
        }
        index += 1
        var events: Set<Event> = []
        var columns: Set<String> = []
        while let event = Event(rawValue: word(index)) {
            events.insert(event)
            index += 1
            if event == .update, word(index) == "of" {
                index += 1
                while source.isName(index), word(index) != "on" || source.kind(index) == .quotedIdentifier {
                    columns.insert(source.name(index))
                    index += 1
                    guard index < source.count, source.kind(index) == .comma else { break }
                    index += 1
                }
            }
            guard word(index) == "or" else { break }
            index += 1
        }
        guard word(index) == "on", let table = readRelationName(source, index + 1) else { return nil }
        index = table.range.upperBound
        var isRow = false
        if word(index) == "for" {
            index += 1
            if word(index) == "each" { index += 1 }
            isRow = word(index) == "row"
            index += 1
        }
        var condition: Range<Int>?
        if word(index) == "when" {
            guard source.kind(index + 1) == .leftParen else { return nil }
            condition = source.inside(index + 1)
            index = source.closing(of: index + 1) + 1
        }
        guard word(index) == "execute", let function = readRelationName(source, index + 2) else { return nil }
        self.events = events
        self.columns = columns
        self.condition = condition
        self.function = function
        isForEachRow = isRow
        let open = function.range.upperBound
        guard open < source.count, source.kind(open) == .leftParen else { return nil }
        let inside = source.inside(open)
        arguments = inside.isEmpty ? [] : source.splitAtCommas(inside).map { source.text($0) }
    }

    /// Whether a statement of this kind, which sets these columns, fires it; nil columns are not known.
    func fires(on event: Event, setting assigned: Set<String>?) -> Bool {
        guard events.contains(event) else { return false }
        guard event == .update, !columns.isEmpty, let assigned else { return true }
        return !columns.isDisjoint(with: assigned)
    }
}
