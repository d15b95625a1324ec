import Catalog
import Steps
import Tokens

/// What the text of a loop says of it.
extension Lowerer {
    // MARK: what the text says

    /// Within the body's queries the current iteration is named `it`: an alias of that name would hide it.
    func refuseTakenNames(_ source: SourceText, _ range: Range<Int>) throws {
        if range.contains(where: { source.isName($0) && source.name($0) == "it" }) {
            throw Refusal(code: .loop, detail: "the name 'it' inside a loop is the project's own: rename the alias")
        }
    }

    /// Names that the loop's header assigns.
    func loopTargets(_ loop: Loop) -> Set<String> {
        switch loop.kind {
        case .query(let targets, _), .dynamicQuery(let targets, _), .array(let targets, _, _):
            Set(targets.map { source.name($0.lowerBound) })
        case .integers(let variable, _, _, _, _), .cursor(let variable, _, _): [variable]
        case .while: []
        case .forever: Set((fetchLoop(loop)?.targets ?? []).map { source.name($0.lowerBound) })
        }
    }

    /// Variables that stand alone as arguments of CALL: OUT parameters may change them.
    func passedToCalls(_ loop: Loop) -> Set<String> {
        var names: Set<String> = []
        for index in loop.range where source.keyword(index) == .call {
            guard let open = (index..<loop.range.upperBound).first(where: { source.kind($0) == .leftParen }) else {
                continue
            }
            for piece in source.splitAtCommas(source.inside(open)) {
                guard let last = piece.last, source.isName(last) else { continue }
                let isNamed = piece.count == 3 && ["=>", ":="].contains(source.text(piece.lowerBound + 1))
                if piece.count == 1 || isNamed { names.insert(source.name(last)) }
            }
        }
        return names
    }

    /// Names that blocks inside the loop declare for themselves.
    func declaredInside(_ loop: Loop) -> Set<String> {
        var names: Set<String> = []
        func collect(_ region: Region) {
            switch region {
            case .step: break
            case .branch(let branch):
                for arm in branch.arms { arm.body.forEach(collect) }
                (branch.otherwise ?? []).forEach(collect)
            case .loop(let inner): inner.body.forEach(collect)
            case .block(let block):
                names.formUnion(block.declarations.map(\.name))
                block.body.forEach(collect)
                for handler in block.handlers { handler.body.forEach(collect) }
            }
        }
        loop.body.forEach(collect)
        return names
    }

    /// Whether EXIT (of this loop) stands in it.
    func leavesLoop(_ loop: Loop) -> Bool {
        let fetched = fetchLoop(loop)
        if case .forever = loop.kind, fetched == nil { return true }
        func leaves(_ region: Region) -> Bool {
            switch region {
            case .step(let step): if case .exit = step.kind { true } else { false }
            case .branch(let branch):
                branch.arms.contains { $0.body.contains(where: leaves) }
                    || (branch.otherwise ?? []).contains(where: leaves)
            case .loop(let inner): inner.body.contains(where: leaves)
            case .block(let block):
                block.body.contains(where: leaves) || block.handlers.contains { $0.body.contains(where: leaves) }
            }
        }
        return loop.body.dropFirst(fetched?.steps ?? 0).contains(where: leaves)
    }

    /// Tables that routines called in the loop write.
    func calleeWrites(_ loop: Loop) -> Set<QualifiedName> {
        var result: Set<QualifiedName> = []
        var seen: Set<String> = []
        func visit(_ source: SourceText, _ range: Range<Int>, path: [String]?) {
            for index in range where source.isName(index) && source.kind(index + 1) == .leftParen {
                let schema = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
                for routine in catalog.routines(schema: schema, name: source.name(index), path: path)
                where seen.insert(routine.signature).inserted {
                    result.formUnion(writtenTables(by: routine, catalog: catalog))
                    let text = SourceText(routine.body, profile: .postgresql)
                    visit(text, text.all, path: routine.settings["search_path"].map(CatalogIndex.schemas))
                }
            }
        }
        visit(source, loop.range, path: frame.searchPath)
        return result
    }
}

extension String {
    /// The first occurrence of a text from an index on.
    func range(of text: String, from start: Index) -> Range<Index>? {
        guard !text.isEmpty else { return nil }
        var index = start
        while index < endIndex {
            if self[index...].hasPrefix(text) { return index..<self.index(index, offsetBy: text.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
