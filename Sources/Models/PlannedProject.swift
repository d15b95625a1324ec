import Catalog
import Findings
import Versions

/// Every dbt node of the project, decided but not yet written: the model stage's one value.
public struct PlannedProject: Sendable {
    /// The dbt project's name (snake_case).
    public var name: String
    /// Tables and views that are read from the legacy database, by schema then name.
    public var sources: [PlannedSource]
    /// Intermediate models and marts, parents before children.
    public var models: [PlannedModel]
    /// In the order in which a build of everything calls them.
    public var pipelines: [PlannedPipeline]
    /// Functions that the models call, callees first.
    public var functions: [PlannedFunction] = []

    /// An empty project.
    public init(name: String) {
        self.name = name
        sources = []
        models = []
        pipelines = []
    }
}

/// A function that the project makes before it builds.
public struct PlannedFunction: Sendable {
    /// Its name in the target schema.
    public var name: String
    /// What it is made of.
    public var function: KeptFunction
    /// Entry routines whose models call it.
    public var routines: [String]
}

/// A legacy relation that the project reads.
public struct PlannedSource: Sendable {
    /// The catalog's entry.
    public var table: Table
    /// Name of its staging view; nil for a table that the pipelines write, whose legacy rows are only the backfill, and for
    /// one that functions alone read.
    public var stagingModel: String?
    /// Functions of the project read it.
    public var isReadByFunctions: Bool
    /// Entry routines that need it.
    public var routines: [String]
    /// dbt's tags of those routines.
    public var tags: [String]

    /// Makes a source.
    public init(
        table: Table, stagingModel: String?, isReadByFunctions: Bool = false, routines: [String], tags: [String]
    ) {
        self.table = table
        self.isReadByFunctions = isReadByFunctions
        self.stagingModel = stagingModel
        self.routines = routines
        self.tags = tags
    }
}

/// An entry routine with all that it calls.
public struct PlannedPipeline: Sendable {
    /// `schema.routine` of the entry.
    public var entry: String
    /// The dbt tag.
    public var tag: String
    /// Called with SELECT, not with CALL.
    public var isFunction: Bool
    /// Its input parameters.
    public var parameters: [PlannedParameter]
    /// All routines inlined into it, the entry first.
    public var routines: [String]

    /// Makes a pipeline.
    public init(entry: String, tag: String, isFunction: Bool, parameters: [PlannedParameter], routines: [String]) {
        self.entry = entry
        self.tag = tag
        self.isFunction = isFunction
        self.parameters = parameters
        self.routines = routines
    }
}

/// An input parameter of an entry routine.
public struct PlannedParameter: Sendable {
    /// Name in the routine.
    public var name: String
    /// Name of the dbt var.
    public var variable: String
    /// PostgreSQL type.
    public var type: String
    /// The routine's default as SQL; nil when the caller must give the argument.
    public var defaultExpression: String?
    /// The only value for which the project is right, where the parameter names a table or column.
    public var onlyValue: String?

    /// Makes a parameter.
    public init(name: String, variable: String, type: String, defaultExpression: String?, onlyValue: String? = nil) {
        self.name = name
        self.onlyValue = onlyValue
        self.variable = variable
        self.type = type
        self.defaultExpression = defaultExpression
    }
}

/// One dbt model.
public struct PlannedModel: Sendable {
    /// Where the model stands in the layout.
    public enum Layer: String, Sendable { case intermediate, mart }
    /// How dbt keeps it.
    public enum Materialization: String, Sendable {
        case table, view
        /// `incremental` with the `append` strategy; the backfill CTE is left out on incremental runs.
        case append
        /// `incremental` with the `delete+insert` strategy by `uniqueKey`; on incremental runs CTEs hold changed rows only.
        case upsert
    }
    /// dbt's name of it, unique in the project.
    public var name: String
    /// Intermediate or mart.
    public var layer: Layer
    /// Folder under `models/intermediate` or `models/marts`: the area (legacy schema or pipeline).
    public var area: String
    /// Relation name in the warehouse when it is not the model's name.
    public var alias: String?
    /// Custom schema; nil takes the folder's.
    public var schema: String?
    /// The written table it stands for, `schema.table`.
    public var legacyRelation: String?
    /// The routine whose result set it is, `schema.routine`.
    public var legacyRoutineResult: String?
    /// Entry routines whose call needs it.
    public var routines: [String]
    /// dbt's tags of those routines.
    public var tags: [String]
    /// How dbt keeps it.
    public var materialization: Materialization
    /// Rows that go before an incremental run adds its own.
    public var deletes: [PlannedDelete]
    /// Columns that tell rows apart, of a model whose rows change one by one.
    public var uniqueKey: [String]
    /// False when a refused part feeds it; `findings` say why.
    public var enabled: Bool
    /// Why it is disabled.
    public var findings: [Finding]
    /// What its rows are.
    public var description: String
    /// Its columns, in order.
    public var columns: [PlannedColumn]
    /// The table's catalog entry when it stands for one: constraints, comments.
    public var table: Table?
    /// Its common table expressions, inputs before readers.
    public var ctes: [PlannedCTE]
    /// Name under which each version can be read inside this model.
    public var names: [VersionID: String]
    /// The CTE whose columns are the model's, in order.
    public var final: VersionID?
    /// Models that must be built earlier although nothing of them is read by name: they read this table's old rows, or
    /// are the table whose old rows this model reads.
    public var buildAfter: [String]
    /// Model-wide tests.
    public var tests: [PlannedModelTest]
    /// `contract: enforced` with the columns' types and the table's constraints.
    public var hasContract: Bool
    /// Routine parameters that any node of the pipeline uses.
    public var parameters: [PlannedParameter]
    /// Reads its own earlier rows, so `--full-refresh` would lose history.
    public var readsOwnPast: Bool
    /// First and last line of the routine that it comes from.
    public var lines: ClosedRange<Int>?

    /// Its relation stays, and runs change rows of it.
    public var isIncremental: Bool { materialization == .append || materialization == .upsert }

    /// An enabled table without columns.
    public init(name: String, layer: Layer, area: String) {
        self.name = name
        self.layer = layer
        self.area = area
        routines = []
        tags = []
        materialization = .table
        deletes = []
        uniqueKey = []
        enabled = true
        findings = []
        description = ""
        columns = []
        ctes = []
        names = [:]
        buildAfter = []
        tests = []
        hasContract = false
        parameters = []
        readsOwnPast = false
    }
}

/// A DELETE on a model's own relation.
public struct PlannedDelete: Sendable {
    /// What the condition calls the relation's rows; nil where it names columns alone.
    public var alias: String?
    /// True for the rows that go.
    public var condition: SQLTemplate
    /// Models that stand for the versions in the condition.
    public var models: [VersionID: String]
}

/// One common table expression of a model, in reading order.
public struct PlannedCTE: Sendable {
    /// What the CTE holds.
    public enum Body: Sendable {
        /// All rows of another model (staging, intermediate or mart).
        case model(String)
        /// The rows that a written table had before its pipeline began: those of the last of the models `after` that
        /// is built in the same run, else the model's relation when it exists, else the legacy table. `model` is the
        /// model that stands for the table; it may be the very model that reads. `after` are the models that hold the
        /// table's rows as earlier pipelines leave them, where several write it.
        case priorState(model: String, table: QualifiedName, after: [String] = [])
        /// A query; `recursive` needs WITH RECURSIVE.
        case query(SQLTemplate)
    }
    /// Its name, unique in the model.
    public var name: String
    /// Where its rows come from.
    public var body: Body
    /// Comment lines that go above it (from the original, and where it came from), without comment marks.
    public var comments: [String]
    /// On incremental runs of an append model this CTE contributes nothing (it is the backfill).
    public var onlyFirstRun: Bool
    /// What stands behind its brackets: SEARCH and CYCLE of a recursive query.
    public var clauses = ""
    /// True for the rows that change: an incremental run of an upsert model leaves all others out.
    public var changed: SQLTemplate?

    /// Makes a CTE.
    public init(name: String, body: Body, comments: [String] = [], onlyFirstRun: Bool = false) {
        self.name = name
        self.body = body
        self.comments = comments
        self.onlyFirstRun = onlyFirstRun
    }
}

/// One column of a model.
public struct PlannedColumn: Sendable {
    /// The column's name.
    public var name: String
    /// PostgreSQL type; nil when it isn't known (no contract then).
    public var type: String?
    /// What it holds.
    public var description: String
    /// The legacy table forbids NULL.
    public var notNull: Bool
    /// Its value depends on the clock or on chance: compared for being null or not.
    public var isVolatile: Bool
    /// Numbers from a sequence or identity: compared up to a one-to-one renaming.
    public var isSurrogate: Bool
    /// Tests of the column alone.
    public var tests: [PlannedColumnTest]

    /// A nullable column without tests.
    public init(name: String, type: String?, description: String = "") {
        self.name = name
        self.type = type
        self.description = description
        notNull = false
        isVolatile = false
        isSurrogate = false
        tests = []
    }
}

/// A generic data test on one column.
public enum PlannedColumnTest: Sendable, Hashable {
    case unique
    case notNull
    /// Values of a CHECK .. IN list or an enum; `quote` is false for numbers and booleans.
    case acceptedValues([String], quote: Bool)
    /// A foreign key.
    case relationships(to: RelationshipTarget, field: String)
}

/// The parent of a foreign key.
public enum RelationshipTarget: Sendable, Hashable {
    case model(String)
    case source(schema: String, table: String)
}

/// A data test on a whole model.
public enum PlannedModelTest: Sendable, Hashable {
    /// Columns that are unique together.
    case uniqueCombination([String])
    /// A unique index over some rows, or on expressions: SQL over the table's columns.
    case uniqueIndex(name: String, expressions: [String], condition: String?)
    /// At most one row.
    case oneRow
    /// A CHECK: an SQL expression that is never false.
    case expressionIsNotFalse(name: String, expression: String)
}

extension PlannedProject {
    /// The models that each routine needs, in the order of the plan.
    public var modelsByRoutine: [String: [PlannedModel]] {
        var result: [String: [PlannedModel]] = [:]
        for model in models {
            for routine in Set(model.routines) { result[routine, default: []].append(model) }
        }
        return result
    }
}
