import Findings
import Steps
import Tokens

/// Questions to the system catalog: `if not exists (select from pg_class ..) then execute 'create table .. partition of ..'`.
///
/// The models know nothing of the catalog at run time. What such a question decides does not matter where all its arms
/// change no rows: making partitions, indexes, grants, messages. Everything else is refused as before.
extension Lowerer {
    /// Whether a refusal is about a relation of the system catalog.
    func asksSystemCatalog(_ refusal: Refusal) -> Bool {
        refusal.code == .sideEffect && refusal.detail.hasPrefix("reads the system catalog")
            || refusal.code == .unknownTable
                && ["table 'pg_", "table 'information_schema.", "table 'pg_catalog."].contains {
                    refusal.detail.hasPrefix($0)
                }
    }

    /// `SELECT .. INTO v` from the system catalog: what the variables hold is not known, which matters where they are
    /// read.
    ///
    /// - Returns: nil when the step is another one.
    func forgetAnswer(_ step: Step, _ refusal: Refusal) -> Outcome? {
        guard case .sql = step.kind, iterations.isEmpty, stateLoops == 0,
            [.select, .with].contains(source.keyword(step.range.lowerBound))
        else { return nil }
        let effects = Effects(source: source, region: .step(step))
        guard effects.tables.isEmpty, !effects.variables.isEmpty else { return nil }
        for name in effects.variables {
            guard let variable = scope.find(name), !variable.isRecord, variable.fields == nil,
                frame.returnValue !== variable, !frame.routine.parameters.contains(where: { $0.name == name }),
                isOnlyTested(name, besides: step.range)
            else { return nil }
        }
        for name in effects.variables { scope.find(name)?.unanswered = refusal }
        diagnostics = .unknown
        return .noted(code: "P2D-206", "the system catalog's answer is not known to the models")
    }

    /// Whether a variable is read by conditions of branches and by messages alone.
    private func isOnlyTested(_ name: String, besides step: Range<Int>) -> Bool {
        let text = frame.source
        let hasLoop = text.all.contains { text.keyword($0) == .loop }
        // Another value, from there on.
        let ends = (step.upperBound..<max(step.upperBound, text.count)).first { index in
            text.name(index) == name
                && (text.isSymbol(index + 1, ":=") || text.keyword(index - 1) == .into
                    || text.keyword(index - 1) == .diagnostics && text.isSymbol(index + 1, "="))
        }
        return text.all.allSatisfy { index in
            guard text.name(index) == name, text.isName(index), !step.contains(index) else { return true }
            if !hasLoop, index < step.lowerBound || ends.map({ index >= $0 }) == true { return true }
            var start = index
            while start > 0, text.kind(start - 1) != .semicolon,
                ![.if, .elsif, .elseif, .then, .else, .begin, .loop, .declare].contains(text.keyword(start - 1))
            {
                start -= 1
            }
            switch text.keyword(start - 1) {
            case .if, .elsif, .elseif: return true
            default: break
            }
            // Its declaration, or RAISE NOTICE.
            return text.keyword(start) == .raise || start == index && scope.find(name) != nil && isDeclaration(index)
        }
    }

    private func isDeclaration(_ index: Int) -> Bool {
        let text = frame.source
        guard let begin = text.all.first(where: { text.keyword($0) == .begin }) else { return false }
        return index < begin
    }

    /// A branch whose conditions can't be written: when none of its arms changes a row, they do not matter.
    ///
    /// - Returns: false when an arm has an effect; nothing has changed then.
    func runWithoutEffect(_ branch: Branch, from saved: LowererSnapshot) -> Bool {
        guard iterations.isEmpty, stateLoops == 0, !isUnrolling else { return false }
        let outerScope = scope
        restore(saved)
        let before = (tables: tables.mapValues(\.version), sequences: sequences.count, refused: refusedSteps)
        let assigned = Effects(source: source, region: .branch(branch)).variables
        let text = frame.source
        let isReadLater = assigned.contains { name in
            frame.routine.parameters.contains { $0.name == name } || frames.count > 1 && scope.find(name) == nil
                || (0..<text.count).contains {
                    !branch.range.contains($0) && text.name($0) == name && $0 > branch.range.upperBound
                }
        }
        let mayLeave = leaves(.branch(branch)).contains { step in
            switch step.kind {
            case .returnValue, .returnQuery, .returnNext, .returnQueryDynamic, .exit, .continue, .open, .fetch, .close,
                .rollback, .getDiagnostics:
                true
            case .raise(let level, _): level == "exception"
            default: false
            }
        }
        guard !isReadLater, !mayLeave else { return false }
        let dead = everythingRefused
        for arm in branch.arms { run(arm.body) }
        if let otherwise = branch.otherwise { run(otherwise) }
        let isUnchanged =
            tables.mapValues(\.version) == before.tables && sequences.count == before.sequences
            && refusedSteps == before.refused && everythingRefused == dead && loopRefusal == nil
            && frames.map({ $0.returnedRows.count }) == saved.returned
            && committed == saved.committed && zip(reaches, saved.raised).allSatisfy { $0.raises.count == $1.count }
            && zip(reaches, saved.reachConditions).allSatisfy { $0.condition == $1.0 && $0.isDead == $1.1 }
        guard isUnchanged else {
            everythingRefused = dead
            loopRefusal = nil
            scope = outerScope
            restore(saved)
            return false
        }
        note(
            "the condition asks for something that the models do not know, and decides about no rows: it is dropped",
            code: "P2D-206", range: branch.arms.first?.conditions.first ?? branch.range)
        return true
    }

    /// Refused steps and errors: steps of a routine that is called a second time are not counted again.
    private var refusedSteps: Int {
        counts.values.reduce(0) { $0 + $1.refused } + findings.count { $0.severity == .error }
    }
}
