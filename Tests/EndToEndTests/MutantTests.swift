import Testing
import Versions

/// A fault in each of the lowering rules, one at a time, and the cases that must notice it.
///
/// Each mutant is run against the few cases that are about its rule, until one of them fails. A mutant that survives is
/// a rule that nothing proves.
@Suite struct MutantTests {
    /// The cases that are expected to notice a mutant, the likeliest first.
    static let cases: [RuleMutant: [String]] = [
        .insertForgetsOldRows: ["019_insert_reads_target"],
        .insertIsUnion: ["048_on_conflict_nothing", "019_insert_reads_target", "035_row_counts"],
        .defaultsDropped: ["010_defaults"],
        .generatedColumnStale: ["011_generated_column"],
        .updateWithoutWhere: ["013_update_swap", "005_update_rounds"],
        .updateKeepsOld: ["005_update_rounds"],
        .deleteForgetsNulls: ["002_delete_where_null"],
        .truncateKeepsRows: ["001_truncate_insert"],
        .cascadeForgotten: ["060_fk_cascade"],
        .conflictKeepsAllProposals: ["525_conflict_order"],
        .conflictForgetsExisting: ["048_on_conflict_nothing"],
        .conflictFilterDropped: ["049_on_conflict_update"],
        .conflictForgetsUpdate: ["049_on_conflict_update"],
        .mergeClauseLost: ["050_merge", "072_merge_variants"],
        .mergeConditionDropped: ["050_merge", "072_merge_variants"],
        .mergeDeleteForgotten: ["050_merge", "072_merge_variants"],
        .mergeInsertsMatched: ["050_merge"],
        .assignmentCastDropped: ["005_update_rounds", "020_temp_chain", "006_typed_temp_table"],
        .variableCastDropped: ["068_variables_over_time", "009_integer_division"],
        .unknownCountsAsTrue: ["030_if_on_data", "087_condition_then_write"],
        .lessForLessOrEqual: ["526_boundaries"],
        .notInForgetsNulls: ["003_not_in_with_null"],
        .armConditionDropped: ["030_if_on_data"],
        .elseNotNegated: ["030_if_on_data"],
        .returnNotGuarded: ["031_early_return"],
        .handlerKeepsWrites: ["123_raise_exception", "121_handler_unique"],
        .strictIgnored: ["119_handler_no_data"],
        .readerSeesOldest: ["019_insert_reads_target", "040_empty_tables"],
        .foundAlwaysTrue: ["034_found"],
        .rowCountIsOne: ["035_row_counts"],
        .outArgumentForgotten: ["036_call_out_and_named"],
        .defaultArgumentIsNull: ["036_call_out_and_named", "037_calls_three_deep"],
        .unrolledOnce: ["108_foreach_array", "107_integer_for"],
        .iterationsReversed: ["104_accumulators", "105_previous_row"],
    ]

    @Test(.enabled(if: !Repository.isRestricted || Repository.wantsMutants), arguments: RuleMutant.allCases)
    func isNoticed(_ mutant: RuleMutant) async throws {
        var reports: [String] = []
        for name in Self.cases[mutant] ?? [] {
            guard let test = try Repository.named(name) else {
                Issue.record("\(mutant): there is no case \(name)")
                return
            }
            let result = try await CaseWorkers.shared.run(test, mutant: mutant)
            if result.judgement != .passed && result.judgement != .failed {
                print("mutant \(mutant.rawValue): killed by \(name) (\(result.judgement.rawValue))")
                return
            }
            reports.append(result.summary)
        }
        Issue.record("\(mutant.rawValue) survives: \(reports.joined(separator: "; "))")
    }

    @Test func everyMutantHasCases() throws {
        for mutant in RuleMutant.allCases { #expect(!(Self.cases[mutant] ?? []).isEmpty, "\(mutant) has no case") }
        print(
            "\(RuleMutant.allCases.count) mutants of lowering rules, \(try Repository.names().count) executable cases")
    }
}
