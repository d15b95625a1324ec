import Foundation
import Yams

extension ProjectConfiguration {
    /// Reads the file.
    public static func read(_ path: String) throws -> ProjectConfiguration {
        guard let bytes = try AtomicFile.read(path) else {
            throw ProjectError.file(path: path, reason: "does not exist")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProjectError.configuration(path: path, line: nil, reason: "is not UTF-8")
        }
        return try ProjectConfiguration(yaml: text, path: path)
    }

    /// Reads the text of a configuration; `path` is for messages.
    public init(yaml: String, path: String = "proc2dbt.yml") throws {
        let reader = ConfigurationReader(path: path)
        self = try reader.configuration(yaml)
    }
}

/// Reads YAML nodes with an eye on mistakes: an unknown key is one.
private struct ConfigurationReader {
    let path: String

    func configuration(_ yaml: String) throws -> ProjectConfiguration {
        let root: Node?
        do { root = try Yams.compose(yaml: yaml) } catch let error as YamlError {
            throw Self.readable(error, path: path)
        }
        guard let root else { throw ProjectError.configuration(path: path, line: nil, reason: "is empty") }
        let top = try mapping(
            root, of: "the configuration",
            keys: [
                "project_name", "target", "owner", "naming", "models", "entry_points", "pipelines", "verify", "diff",
            ])
        guard let name = top["project_name"] else { throw error(root, "project_name is missing") }
        var result = ProjectConfiguration(projectName: try text(name, "project_name"))
        if result.projectName.isEmpty { throw error(name, "project_name is empty") }
        if let target = top["target"], !isNull(target) { result.target = try text(target, "target") }
        if let naming = top["naming"], !isNull(naming) {
            for (key, value) in try mapping(naming, of: "naming", keys: nil) {
                result.naming[key] = try text(value, "naming.\(key)")
            }
        }
        if let owner = top["owner"], !isNull(owner) { result.owner = try text(owner, "owner") }
        if let models = top["models"], !isNull(models) {
            for (key, value) in try mapping(models, of: "models", keys: nil) where !isNull(value) {
                result.models[key] = try override(value, key)
            }
        }
        if let entries = top["entry_points"], !isNull(entries) {
            result.entryPoints = try list(entries, "entry_points").map { try text($0, "an entry point") }
        }
        if let pipelines = top["pipelines"], !isNull(pipelines) {
            result.pipelines = try list(pipelines, "pipelines").map(scenario)
        }
        if let verify = top["verify"], !isNull(verify) { result.verify = try settings(verify) }
        return result
    }

    private func override(_ node: Node, _ name: String) throws -> ModelOverride {
        let fields = try mapping(
            node, of: "models.\(name)", keys: ["description", "tags", "schema", "materialized", "layer", "key"])
        var result = ModelOverride()
        if let node = fields["description"], !isNull(node) { result.description = try text(node, "description") }
        if let node = fields["tags"], !isNull(node) {
            result.tags = try list(node, "tags").map { try text($0, "a tag") }
        }
        if let node = fields["schema"], !isNull(node) { result.schema = try text(node, "schema") }
        if let node = fields["materialized"], !isNull(node) { result.materialized = try text(node, "materialized") }
        if let node = fields["layer"], !isNull(node) { result.layer = try text(node, "layer") }
        if let node = fields["key"], !isNull(node) {
            result.key = try list(node, "key").map { try text($0, "a column") }
        }
        return result
    }

    private func scenario(_ node: Node) throws -> PipelineScenario {
        let fields = try mapping(node, of: "a pipeline", keys: ["entry", "calls"])
        guard let entry = fields["entry"] else { throw error(node, "a pipeline without entry") }
        let calls = try fields["calls"].map { isNull($0) ? [] : try list($0, "calls").map(call) } ?? []
        return PipelineScenario(entry: try text(entry, "entry"), calls: calls)
    }

    private func call(_ node: Node) throws -> ScenarioCall {
        if isNull(node) { return ScenarioCall() }
        let fields = try mapping(node, of: "a call", keys: ["args", "changes", "changes_before"])
        var call = ScenarioCall()
        if let arguments = fields["args"], !isNull(arguments) {
            guard let pairs = arguments.mapping else { throw error(arguments, "args must map parameters to values") }
            _ = try mapping(arguments, of: "args", keys: nil)
            call.arguments = try pairs.map { key, value in
                let name = key.scalar?.string ?? ""
                return ScenarioArgument(name: name, value: try argument(value, name))
            }
        }
        if let changes = fields["changes"], !isNull(changes) {
            guard let known = ScenarioCall.Changes(rawValue: try text(changes, "changes")) else {
                throw error(changes, "changes must be auto or none")
            }
            call.changes = known
        }
        if let statements = fields["changes_before"], !isNull(statements) {
            call.changesBefore = try list(statements, "changes_before").map { try text($0, "a statement") }
        }
        return call
    }

    private func settings(_ node: Node) throws -> VerifySettings {
        let fields = try mapping(node, of: "verify", keys: ["row_limit", "cases", "seed"])
        var settings = VerifySettings()
        if let node = fields["row_limit"] { settings.rowLimit = try integer(node, "row_limit", from: 1) }
        if let node = fields["cases"] { settings.cases = try integer(node, "cases", from: 0) }
        if let node = fields["seed"] { settings.seed = try integer(node, "seed", from: 0) }
        return settings
    }

    private func argument(_ node: Node, _ name: String) throws -> ArgumentValue {
        guard let scalar = node.scalar else {
            throw error(node, "the value of \(name) must be a single value; write arrays and JSON as quoted text")
        }
        guard scalar.style == .plain else { return .text(scalar.string) }
        let text = scalar.string
        // JSON's words and YAML's nulls only: `no` or `on` is a text to us, so no version of YAML matters.
        switch text {
        case "null", "~", "": return .null
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: return ArgumentValue.isJSONNumber(text) ? .number(text) : .text(text)
        }
    }

    private func mapping(_ node: Node, of what: String, keys: [String]?) throws -> [(key: String, value: Node)] {
        guard let mapping = node.mapping else { throw error(node, "\(what) must be a mapping") }
        var seen: Set<String> = []
        return try mapping.map { key, value in
            guard let name = key.scalar?.string else { throw error(key, "a key of \(what) is not a text") }
            guard seen.insert(name).inserted else { throw error(key, "\(name) stands twice in \(what)") }
            if let keys, !keys.contains(name) {
                throw error(key, "\(what) has no \(name); it may have \(keys.joined(separator: ", "))")
            }
            return (name, value)
        }
    }

    private func list(_ node: Node, _ what: String) throws -> [Node] {
        guard let sequence = node.sequence else { throw error(node, "\(what) must be a list") }
        return Array(sequence)
    }

    private func text(_ node: Node, _ what: String) throws -> String {
        guard let scalar = node.scalar, !isNull(node) else { throw error(node, "\(what) must be a text") }
        return scalar.string
    }

    private func integer(_ node: Node, _ what: String, from lowest: Int) throws -> Int {
        guard let value = node.scalar.flatMap({ Int($0.string) }), value >= lowest else {
            throw error(node, "\(what) must be an integer of \(lowest) or more")
        }
        return value
    }

    private func isNull(_ node: Node) -> Bool {
        node.scalar.map { $0.style == .plain && ["", "~", "null", "Null", "NULL"].contains($0.string) } ?? false
    }

    private func error(_ node: Node, _ reason: String) -> ProjectError {
        .configuration(path: path, line: node.mark?.line, reason: reason)
    }

    private static func readable(_ error: YamlError, path: String) -> ProjectError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            .configuration(path: path, line: mark.line, reason: problem)
        default:
            .configuration(
                path: path, line: nil,
                reason: "is not YAML: " + "\(error)".split(separator: "\n").joined(separator: " "))
        }
    }
}

extension [(key: String, value: Node)] {
    fileprivate subscript(name: String) -> Node? { first { $0.key == name }?.value }
}
