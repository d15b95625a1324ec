import Findings

/// What the reader of .sql files may have to say. The one list of its codes: a code never changes its meaning.
public enum FileFinding: String, CaseIterable, Sendable {
    case unreadStatement = "P2D-901"
    case unreadTablePart = "P2D-902"
    case unknownTable = "P2D-903"
    case unknownColumnTypes = "P2D-904"
    case replacedObject = "P2D-905"
    case unclosedRoutine = "P2D-906"
    case unreadRoutinePart = "P2D-907"
    case ignoredObject = "P2D-908"
    case invalidEncoding = "P2D-909"

    /// What the code means, for the documentation.
    public var meaning: String {
        switch self {
        case .unreadStatement: "A CREATE or ALTER statement in a file could not be read and was left out."
        case .unreadTablePart: "A part of a table's definition could not be read; the rest of the table was."
        case .unknownTable: "A statement is about a table that no file creates."
        case .unknownColumnTypes: "A relation is defined by a query, so its columns' types are known to a server only."
        case .replacedObject: "Two files define the same object; the later definition is the one in the catalog."
        case .unclosedRoutine: "A routine's body has no end; everything up to the end of the file was taken for it."
        case .unreadRoutinePart: "A part of a routine's heading could not be read; its body is complete."
        case .ignoredObject: "An object of a kind that the catalog has no place for was left out."
        case .invalidEncoding: "A file is not UTF-8; bytes that are no characters were replaced."
        }
    }

    /// How much it weighs.
    public var severity: Severity {
        switch self {
        case .unknownColumnTypes, .ignoredObject: .note
        case .unreadStatement, .unreadTablePart, .unknownTable, .replacedObject, .unreadRoutinePart, .invalidEncoding:
            .warning
        case .unclosedRoutine: .error
        }
    }

    /// A finding about an object; the line is counted in the file, whose name the message therefore bears.
    func finding(_ object: String, file: String, line: Int, _ detail: String) -> Finding {
        Finding(
            code: rawValue, severity: severity, routine: object, message: "\(file):\(line): \(meaning) \(detail)",
            line: line)
    }
}
