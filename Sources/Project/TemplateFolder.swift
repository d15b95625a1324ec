import Foundation
import Mustache

/// The folder of mustache templates, with a folder of the user's own whose files come first.
///
/// A template is `<name>.mustache`. Its first line is `{{=<% %>=}}`, so that Jinja's braces are plain text in it;
/// `<% x %>` puts a value in as it is, nothing is escaped for HTML.
public struct TemplateFolder: Sendable, Equatable {
    /// Folders in the order in which they are searched.
    public var folders: [String]

    /// Templates of one folder; files that `overrides` has too come from there.
    public init(at folder: String, overrides: String? = nil) {
        folders = (overrides.map { [$0] } ?? []) + [folder]
    }

    /// Finds the templates: `PROC2DBT_TEMPLATES`, else `templates` beside an ancestor of the executable (a build
    /// folder), else `share/proc2dbt/templates` under the folder above the executable's (an installation).
    public static func find(
        executable: String = Self.runningExecutable,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        overrides: String? = nil
    ) throws -> TemplateFolder {
        var tried: [String] = []
        if let chosen = environment["PROC2DBT_TEMPLATES"], !chosen.isEmpty {
            guard isTemplateFolder(chosen) else { throw ProjectError.noTemplateFolder(tried: [chosen]) }
            return TemplateFolder(at: chosen, overrides: overrides)
        }
        var folder = FilePaths.parent(executable)
        let installed = FilePaths.join(FilePaths.parent(folder), "share/proc2dbt/templates")
        while !folder.isEmpty {
            let candidate = FilePaths.join(folder, "templates")
            tried.append(candidate)
            if isTemplateFolder(candidate) { return TemplateFolder(at: candidate, overrides: overrides) }
            if folder == "/" { break }
            folder = FilePaths.parent(folder)
        }
        tried.append(installed)
        if isTemplateFolder(installed) { return TemplateFolder(at: installed, overrides: overrides) }
        throw ProjectError.noTemplateFolder(tried: tried)
    }

    /// The running program's file, links followed.
    public static var runningExecutable: String {
        let path = Bundle.main.executablePath ?? CommandLine.arguments.first ?? "."
        return URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    // A folder that merely is called `templates` is not ours.
    private static func isTemplateFolder(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/dbt_project.yml.mustache")
    }
}

/// Values that templates read: text, flags, lists of texts or contexts. For each list `items` there is a flag
/// `hasItems`, so that a template can write a heading. What is absent must be `false`: mustache would look for it in
/// the contexts around.
typealias TemplateContext = [String: Any]

/// Templates of a folder, each read once.
struct TemplateSet {
    private let folder: TemplateFolder
    private var parsed: [String: MustacheTemplate] = [:]

    init(_ folder: TemplateFolder) { self.folder = folder }

    /// A template filled in. The result ends in exactly one line end, as every linter wants it.
    mutating func render(_ name: String, _ context: TemplateContext = [:]) throws -> String {
        let text = try template(name).render(Self.withFlags(context))
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func withFlags(_ context: TemplateContext) -> TemplateContext {
        var result = context
        for (key, value) in context {
            let flag = "has" + key.prefix(1).uppercased() + key.dropFirst()
            if let contexts = value as? [TemplateContext] {
                result[key] = contexts.map(withFlags)
                result[flag] = !contexts.isEmpty
            } else if let texts = value as? [String] {
                result[flag] = !texts.isEmpty
            } else if value as? Bool == false {
                result[flag] = false
            }
        }
        return result
    }

    private mutating func template(_ name: String) throws -> MustacheTemplate {
        if let known = parsed[name] { return known }
        for folder in folder.folders {
            let path = "\(folder)/\(name).mustache"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            do {
                let text = try String(contentsOfFile: path, encoding: .utf8)
                // The pragma switches HTML escaping off for the whole template.
                let template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + text)
                parsed[name] = template
                return template
            } catch {
                throw ProjectError.brokenTemplate(path: path, reason: String(describing: error))
            }
        }
        throw ProjectError.missingTemplate(name: name, folders: folder.folders)
    }
}
