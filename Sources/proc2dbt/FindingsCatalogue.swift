import Catalog
import Findings
import Versions

/// What `docs/findings.md` says about one code.
struct FindingEntry: Equatable {
    var code: String
    /// `error`, `warning`, `note`, or several.
    var severity: String
    var title: String
    /// Why the program says so, in a sentence or two.
    var meaning: String
    /// What a person can do about it.
    var advice: String
    /// SQL that gives the finding.
    var example: String?
}

/// Every code that the program gives, with its explanation.
enum FindingsCatalogue {
    /// By code.
    static var entries: [FindingEntry] { (refusals + notes + files).sorted { $0.code < $1.code } }

    /// The refused steps: titles stand beside the codes in Versions, the rest in `RefusalTexts`.
    private static var refusals: [FindingEntry] {
        RefusalCode.allCases.compactMap { code in
            RefusalTexts.all[code].map { text in
                FindingEntry(
                    code: code.rawValue, severity: "error", title: text.title ?? code.title.capitalizedSentence,
                    meaning: text.meaning, advice: text.advice, example: text.example)
            }
        }
    }

    /// What the reader of .sql files says; meaning and severity stand beside the codes in Catalog.
    private static var files: [FindingEntry] {
        FileFinding.allCases.map { finding in
            FindingEntry(
                code: finding.rawValue, severity: finding.severity.rawValue, title: finding.title,
                meaning: finding.meaning,
                advice:
                    "look at the named place of the file; extracting from the database itself avoids the question.")
        }
    }
}

extension FileFinding {
    fileprivate var title: String {
        switch self {
        case .unreadStatement: "A statement of a file was not read"
        case .unreadTablePart: "A part of a table was not read"
        case .unknownTable: "A table that no file creates"
        case .unknownColumnTypes: "Columns whose types only a server knows"
        case .replacedObject: "An object is defined twice"
        case .unclosedRoutine: "A routine without an end"
        case .unreadRoutinePart: "A part of a routine's heading was not read"
        case .ignoredObject: "An object of another kind"
        case .invalidEncoding: "A file that is not UTF-8"
        }
    }
}

extension String {
    /// The first letter in upper case, the rest as it is.
    fileprivate var capitalizedSentence: String { prefix(1).uppercased() + dropFirst() }
}
