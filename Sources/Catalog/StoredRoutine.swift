/// A routine as `catalog.json` holds it: all but its text, which stands in a file of its own.
struct StoredRoutine: Codable {
    /// Where the body stands in the routine's file.
    enum Body: Codable, Equatable {
        /// Between the first and the last of these marks (`$function$`): the file may be edited by hand.
        case between(mark: String)
        /// These bytes from the start and from the end are not the body.
        case inside(before: Int, after: Int)
        /// Not in the file.
        case text(String)
    }

    var file: String
    var textOfBody: Body
    /// Set only where it is not simply counted in the file.
    var bodyLineOffset: Int?
    var name: QualifiedName
    var kind: Routine.Kind
    var language: String
    var parameters: [Parameter]
    var returnType: String?
    var returnsSet: Bool
    var volatility: String
    var isStrict: Bool
    var settings: [String: String]
    var comment: String?
    var headerComment: String?

    private enum CodingKeys: String, CodingKey {
        case file
        case textOfBody = "body"
        case bodyLineOffset, name, kind, language, parameters, returnType, returnsSet, volatility, isStrict, settings
        case comment, headerComment
    }

    /// What to store of a routine whose text goes into `file`.
    init(_ routine: Routine, file: String) {
        self.file = file
        name = routine.name
        kind = routine.kind
        language = routine.language
        parameters = routine.parameters
        returnType = routine.returnType
        returnsSet = routine.returnsSet
        volatility = routine.volatility
        isStrict = routine.isStrict
        settings = routine.settings
        comment = routine.comment
        headerComment = routine.headerComment
        textOfBody = Self.place(of: routine.body, in: routine.definition)
        let counted = self.routine(from: routine.definition).bodyLineOffset
        bodyLineOffset = counted == routine.bodyLineOffset ? nil : routine.bodyLineOffset
    }

    /// The routine, with its file's text.
    func routine(from definition: String) -> Routine {
        var routine = Routine(name: name, kind: kind, language: language)
        routine.parameters = parameters
        routine.returnType = returnType
        routine.returnsSet = returnsSet
        routine.volatility = volatility
        routine.isStrict = isStrict
        routine.settings = settings
        routine.comment = comment
        routine.headerComment = headerComment
        routine.definition = definition
        let found = Self.body(textOfBody, in: definition)
        routine.body = found.body
        routine.bodyLineOffset = bodyLineOffset ?? found.linesBefore
        return routine
    }

    /// The first way to say where the body is that gives exactly this body back.
    private static func place(of body: String, in definition: String) -> Body {
        let whole = Array(definition.utf8)
        let part = Array(body.utf8)
        guard !part.isEmpty, let start = lastStart(of: part, in: whole) else { return .text(body) }
        let after = whole[(start + part.count)...]
        let opening = whole[..<start].lastIndex { $0 == UInt8(ascii: "\n") }.map { whole[($0 + 1)..<start] }
        let mark = String(decoding: after, as: UTF8.self).prefix { !$0.isWhitespace }
        let isQuoted =
            mark.hasPrefix("$") && mark.dropFirst().hasSuffix("$")
            && opening?.suffix(mark.utf8.count).elementsEqual(mark.utf8) == true
        let place = Body.between(mark: String(mark))
        if isQuoted && Self.body(place, in: definition).body.utf8.elementsEqual(part) { return place }
        return .inside(before: start, after: after.count)
    }

    private static func body(_ place: Body, in definition: String) -> (body: String, linesBefore: Int) {
        let whole = Array(definition.utf8)
        var range = 0..<0
        switch place {
        case .text(let text): return (text, 0)
        case .inside(let before, let after):
            if before <= whole.count - after { range = before..<(whole.count - after) }
        case .between(let mark):
            let bytes = Array(mark.utf8)
            if let start = firstStart(of: bytes, in: whole).map({ $0 + bytes.count }),
                let end = lastStart(of: bytes, in: whole), start <= end
            {
                range = start..<end
            }
        }
        return (
            String(decoding: whole[range], as: UTF8.self),
            whole[..<range.lowerBound].count { $0 == UInt8(ascii: "\n") }
        )
    }

    private static func firstStart(of part: [UInt8], in whole: [UInt8]) -> Int? {
        (0...max(0, whole.count - part.count)).first { stands(part, at: $0, in: whole) }
    }
}

/// Where `part` stands for the last time in `whole`.
func lastStart(of part: [UInt8], in whole: [UInt8]) -> Int? {
    (0...max(0, whole.count - part.count)).last { stands(part, at: $0, in: whole) }
}

private func stands(_ part: [UInt8], at start: Int, in whole: [UInt8]) -> Bool {
    guard let first = part.first, start + part.count <= whole.count, whole[start] == first else { return false }
    return whole[start..<start + part.count].elementsEqual(part)
}
