/// Why a step can't be converted; caught at the step, where it becomes a finding with routine and line.
struct Refusal: Error {
    var code: RefusalCode
    var detail: String
}

/// Codes of refused steps. The number never changes its meaning; `docs/findings.md` explains each.
public enum RefusalCode: String, Sendable, CaseIterable {
    /// The statement could not be read.
    case unreadable = "P2D-101"
    /// A table that the catalog does not know.
    case unknownTable = "P2D-102"
    /// A column list that could not be worked out.
    case unknownColumns = "P2D-103"
    /// Dynamic SQL whose text is not known.
    case dynamicSQL = "P2D-104"
    /// A loop that no rule converts.
    case loop = "P2D-105"
    /// A cursor outside the forms that are converted.
    case cursor = "P2D-106"
    /// A call of a routine that can't be inlined.
    case call = "P2D-107"
    /// Data-modifying WITH.
    case dataModifyingWith = "P2D-108"
    /// A trigger, rule or row-security policy acts on the written table.
    case trigger = "P2D-109"
    /// An exception handler whose condition can't be written as a predicate.
    case handler = "P2D-110"
    /// A user function inside SQL that reads or writes tables.
    case function = "P2D-111"
    /// A column's type could not be inferred, but something is assigned to it.
    case unknownType = "P2D-112"
    /// Assignment to a part of a value (array element, field).
    case partialAssignment = "P2D-113"
    /// A foreign key's action that is not followed.
    case foreignKeyAction = "P2D-114"
    /// Writing to a view, a partition or a foreign table.
    case unwritable = "P2D-115"
    /// A variable form that is not followed.
    case variable = "P2D-116"
    /// MERGE or ON CONFLICT in a form that is not followed.
    case upsert = "P2D-117"
    /// DDL that changes a persisted table.
    case ddl = "P2D-118"
    /// A dialect that is not lowered yet.
    case dialect = "P2D-119"
    /// The construct depends on something outside the database.
    case sideEffect = "P2D-120"
    /// The procedure fails as it stands.
    case defect = "P2D-121"
    /// A returned value in a form that is not followed.
    case result = "P2D-122"

    /// What it means, for `docs/findings.md`.
    public var title: String {
        switch self {
        case .unreadable: "the statement could not be read"
        case .unknownTable: "the catalog does not know the table"
        case .unknownColumns: "the columns of a query could not be worked out"
        case .dynamicSQL: "dynamic SQL whose text is not known"
        case .loop: "no rule converts the loop"
        case .cursor: "no rule converts this use of a cursor"
        case .call: "the called routine can't be inlined"
        case .dataModifyingWith: "a WITH part that changes data in a form that is not followed"
        case .trigger: "a trigger, rule or row security acts on the written table"
        case .handler: "an exception handler whose condition can't be written as a predicate"
        case .function: "a user function inside SQL that can't be inlined"
        case .unknownType: "the type of an assigned column could not be inferred"
        case .partialAssignment: "an assignment to a part of a value"
        case .foreignKeyAction: "a foreign key's action that is not followed"
        case .unwritable: "a write to something else than a plain table"
        case .variable: "a use of a variable that is not followed"
        case .upsert: "MERGE or ON CONFLICT in a form that is not followed"
        case .ddl: "DDL that changes a persisted table"
        case .dialect: "a dialect whose statements are not lowered yet"
        case .sideEffect: "an effect outside the database's tables"
        case .defect: "the routine fails as it stands"
        case .result: "a returned value in a form that is not followed"
        }
    }
}
