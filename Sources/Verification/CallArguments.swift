import Catalog
import Databases
import Engines
import Versions

/// The arguments of one call, for both sides: as typed SQL literals and as dbt vars.
struct CallArguments {
    let routine: Routine
    let arguments: [String: String?]

    /// Arguments that the routine does not have, and parameters that need a value and get none; nil when all is well.
    var problem: String? {
        let names = inputs.map(\.name)
        if let unknown = arguments.keys.sorted().first(where: { !names.contains($0) }) {
            return "\(routine.name) has no parameter \(unknown)"
        }
        let missing = inputs.filter {
            arguments[$0.name] == nil && $0.defaultExpression == nil && $0.mode != .variadic
        }
        guard missing.isEmpty else {
            return "no value is known for \(missing.map(\.name).joined(separator: ", ")): add a call to the scenario"
        }
        return nil
    }

    private var inputs: [Parameter] { routine.parameters.filter { $0.mode != .out && $0.mode != .table } }

    /// `CALL "s"."p"("a" => '1'::integer)`, or `SELECT * FROM ..` for a function.
    var statement: String {
        let name = PostgresConnection.quoteIdentifier(routine.name.schema, routine.name.name)
        return (routine.kind == .procedure ? "CALL " : "SELECT * FROM ") + "\(name)(\(list))"
    }

    /// A procedure's OUT parameters stand in the list, too, with any value.
    private var list: String {
        var isPositional = true
        var parts: [String] = []
        for parameter in routine.parameters where parameter.mode != .table {
            if parameter.mode == .out {
                guard routine.kind == .procedure else { continue }
                parts.append(written(parameter, "NULL", isPositional: isPositional))
            } else if let value = arguments[parameter.name] {
                parts.append(
                    written(parameter, Self.literal(value, signatureType(of: parameter)), isPositional: isPositional))
            } else {
                // What follows a default that is left out can only be given by name.
                isPositional = false
            }
        }
        return parts.joined(separator: ", ")
    }

    private func written(_ parameter: Parameter, _ value: String, isPositional: Bool) -> String {
        // Names read better and are safe in any order; parameters without one have only their place.
        parameter.name.isEmpty || (isPositional && parameter.mode == .variadic)
            ? value : "\(PostgresConnection.quoteIdentifier(parameter.name)) => \(value)"
    }

    /// A typed literal.
    static func literal(_ value: String?, _ type: String) -> String {
        "\(value.map(PostgresConnection.quoteLiteral) ?? "NULL")::\(type)"
    }

    /// The vars for the parameters that the project reads; `names` maps parameters to vars.
    func variables(_ names: [String: String]) -> [String: DbtValue] {
        var variables: [String: DbtValue] = [:]
        for parameter in inputs {
            guard let variable = names[parameter.name], let value = arguments[parameter.name] else { continue }
            variables[variable] = Self.dbtValue(value, parameter.type)
        }
        return variables
    }

    /// Integers and decimals as numbers, booleans as booleans, everything else as text.
    static func dbtValue(_ value: String?, _ type: String) -> DbtValue {
        guard let value else { return .null }
        let base = type.prefix { $0 != "(" }.trimmingSuffix(" ")
        switch base {
        case "smallint", "integer", "bigint", "numeric":
            return isPlainNumber(value) ? .number(value) : .text(value)
        case "boolean":
            switch value.lowercased() {
            case "true", "t", "yes", "y", "on", "1": return .boolean(true)
            case "false", "f", "no", "n", "off", "0": return .boolean(false)
            default: return .text(value)
            }
        default: return .text(value)
        }
    }

    /// A number as JSON writes it; `NaN`, `1e5` and ` 7` go as text, which PostgreSQL reads itself.
    private static func isPlainNumber(_ value: String) -> Bool {
        let digits = value.hasPrefix("-") ? value.dropFirst() : value[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        // 2.50 would come out as 2.5, which is another text.
        if parts.count == 2, digits.hasSuffix("0") { return false }
        let isSound = parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { 48...57 ~= $0 } }
        // A leading zero would be octal to some readers; long decimals would lose digits as floating point.
        return isSound && (parts[0] == "0" || !parts[0].hasPrefix("0")) && (parts.count == 1 || digits.count <= 15)
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: Character) -> String {
        var text = self
        while text.last == suffix { text.removeLast() }
        return String(text)
    }
}
