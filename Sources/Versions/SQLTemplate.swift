import Catalog

/// Identity of one version of a relation (a table, a temp table, a query's rows or a one-row scalar).
public struct VersionID: Hashable, Sendable, Comparable {
    /// Position in `LoweredPipeline.versions`.
    public let rawValue: Int

    /// Wraps a position in `VersionGraph.versions`.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// In order of creation, which is the order of the story.
    public static func < (left: VersionID, right: VersionID) -> Bool { left.rawValue < right.rawValue }
}

/// SQL text with holes: which name a version gets is the model stage's decision, how a parameter is written the
/// project stage's.
public struct SQLTemplate: Sendable, Hashable {
    /// A piece of the text.
    public enum Part: Sendable, Hashable {
        /// SQL as it stands. It may contain what Jinja would read as its own; the project stage escapes that.
        case text(String)
        /// The name under which a version can be read in FROM.
        case relation(VersionID)
        /// A parameter of the pipeline's entry routine, as a typed SQL expression.
        case parameter(routine: String, name: String)
        /// The same as the text that was given, for warehouses whose numbers do not keep their digits.
        case parameterText(routine: String, name: String)
        /// The instant of the call as `timestamp with time zone`: `now()` is the same for a whole call.
        case callTimestamp
        /// The name of a function that the project carries along, by its signature (`LoweredPipeline.functions`).
        case function(String)
        /// A legacy table that no routine writes, in the body of such a function: models read versions.
        case legacyTable(QualifiedName)
    }

    /// Texts and holes in order; no text is empty or stands next to another one.
    public private(set) var parts: [Part]

    /// Nothing.
    public init() { parts = [] }
    /// Plain SQL.
    public init(_ text: String) { parts = text.isEmpty ? [] : [.text(text)] }
    /// One part.
    public init(_ part: Part) { parts = [part] }

    /// Appends a part; neighbouring texts become one.
    public mutating func append(_ part: Part) {
        if case .text(let new) = part {
            if new.isEmpty { return }
            if case .text(let old)? = parts.last {
                parts[parts.count - 1] = .text(old + new)
                return
            }
        }
        parts.append(part)
    }
    /// Appends SQL.
    public mutating func append(_ text: String) { append(.text(text)) }
    /// Appends another template.
    public mutating func append(_ other: SQLTemplate) { for part in other.parts { append(part) } }

    /// Versions that the text reads, in order of appearance, each once.
    public var relations: [VersionID] {
        var seen: Set<VersionID> = []
        var result: [VersionID] = []
        for case .relation(let id) in parts where seen.insert(id).inserted { result.append(id) }
        return result
    }

    /// Parameters that the text uses.
    public var parameters: [(routine: String, name: String)] {
        parts.compactMap { if case .parameter(let routine, let name) = $0 { (routine, name) } else { nil } }
    }

    /// The text when nothing is left open.
    public var plainText: String? {
        switch parts.count {
        case 0: ""
        case 1: if case .text(let text) = parts[0] { text } else { nil }
        default: nil
        }
    }
    /// No parts at all.
    public var isEmpty: Bool { parts.isEmpty }

    /// Concatenation.
    public static func + (left: SQLTemplate, right: SQLTemplate) -> SQLTemplate {
        var result = left
        result.append(right)
        return result
    }
}

extension SQLTemplate: ExpressibleByStringInterpolation {
    /// Collects literal text, templates and version names.
    public struct StringInterpolation: StringInterpolationProtocol {
        var template = SQLTemplate()
        /// Starts empty.
        public init(literalCapacity: Int, interpolationCount: Int) {}
        /// Literal SQL.
        public mutating func appendLiteral(_ literal: String) { template.append(literal) }
        /// SQL text.
        public mutating func appendInterpolation(_ text: String) { template.append(text) }
        /// A number.
        public mutating func appendInterpolation(_ number: Int) { template.append(String(number)) }
        /// A template.
        public mutating func appendInterpolation(_ other: SQLTemplate) { template.append(other) }
        /// A version's name in FROM.
        public mutating func appendInterpolation(_ version: VersionID) { template.append(.relation(version)) }
    }
    /// From a plain literal.
    public init(stringLiteral value: String) { self.init(value) }
    /// From an interpolated literal.
    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.template }
}

extension SQLTemplate {
    /// Templates with a separator between them.
    public static func joined(_ templates: [SQLTemplate], separator: String) -> SQLTemplate {
        var result = SQLTemplate()
        for (index, template) in templates.enumerated() {
            if index > 0 { result.append(separator) }
            result.append(template)
        }
        return result
    }
}

extension SQLTemplate {
    /// Whether `alias.column` stands in it.
    func mentions(_ alias: String, _ column: String) -> Bool {
        let wanted = Array("\(alias).\(SQLText.identifier(column))".utf8)
        for case .text(let text) in parts {
            let bytes = Array(text.utf8)
            guard bytes.count >= wanted.count else { continue }
            for start in 0...(bytes.count - wanted.count) where bytes[start] == wanted[0] {
                guard bytes[start..<start + wanted.count].elementsEqual(wanted) else { continue }
                let next = start + wanted.count < bytes.count ? bytes[start + wanted.count] : 0x20
                if !Self.isPartOfName(next) { return true }
            }
        }
        return false
    }

    /// Whether any column of `alias` is read.
    func reads(_ alias: String) -> Bool {
        let wanted = Array("\(alias).".utf8)
        for case .text(let text) in parts {
            let bytes = Array(text.utf8)
            guard bytes.count >= wanted.count else { continue }
            for start in 0...(bytes.count - wanted.count) where bytes[start] == wanted[0] {
                let before = start > 0 ? bytes[start - 1] : 0x20
                guard !Self.isPartOfName(before), before != 0x2E else { continue }
                if bytes[start..<start + wanted.count].elementsEqual(wanted) { return true }
            }
        }
        return false
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        byte == 0x5F || byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }
}

extension SQLTemplate {
    /// Signatures of the functions that it calls and the project carries along.
    public var functions: [String] {
        parts.compactMap { if case .function(let signature) = $0 { signature } else { nil } }
    }
}
