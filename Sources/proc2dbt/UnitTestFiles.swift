import Foundation
import Project

extension OutputFolder {
    /// Writes unit tests into the project, in place of those of an earlier run; returns a line about it.
    func write(unitTests tests: [UnitTest], of conversion: Conversion) throws -> [String] {
        let files = try renderUnitTests(tests, templates: self.templates())
        for file in files { try AtomicFile.write(Array(file.content.utf8), to: "\(project)/\(file.path)") }
        // What is left of an earlier run may name models that are gone, and then dbt reads nothing at all.
        let written = Set(files.map(\.path))
        for path in try earlierUnitTests() where !written.contains(path) {
            try FileManager.default.removeItem(atPath: "\(project)/\(path)")
        }
        let models = Set(conversion.plan.models.map(\.name))
        let place = files.isEmpty ? "" : ", in \(files.count) files `_*__unit_tests.yml` below \(project)/models"
        return ["unit tests: \(tests.count) of \(models.count) models have one\(place)"]
    }

    /// Files of that name that begin as ours do, relative to the project.
    private func earlierUnitTests() throws -> [String] {
        let beginning = "# What the original routines made of small generated states"
        guard let names = FileManager.default.enumerator(atPath: "\(project)/models") else { return [] }
        return names.compactMap { $0 as? String }.filter { name in
            guard name.hasSuffix("__unit_tests.yml"), let bytes = try? AtomicFile.read("\(project)/models/\(name)")
            else { return false }
            return String(decoding: bytes, as: UTF8.self).hasPrefix(beginning)
        }.map { "models/\($0)" }
    }
}
