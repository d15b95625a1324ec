/// A small fault in one lowering rule, for the tests of the tests: each must be noticed by a case.
///
/// Nothing outside of this package can ask for one, and without one every rule is what it is.
package enum RuleMutant: String, CaseIterable, Sendable {
    // Writes
    case insertForgetsOldRows, insertIsUnion, defaultsDropped, generatedColumnStale
    case updateWithoutWhere, updateKeepsOld
    case deleteForgetsNulls, truncateKeepsRows, cascadeForgotten
    // Keys
    case conflictKeepsAllProposals, conflictForgetsExisting, conflictFilterDropped, conflictForgetsUpdate
    case mergeClauseLost, mergeConditionDropped, mergeDeleteForgotten, mergeInsertsMatched
    // Types and conditions
    case assignmentCastDropped, variableCastDropped, unknownCountsAsTrue, lessForLessOrEqual, notInForgetsNulls
    // Control flow
    case armConditionDropped, elseNotNegated, returnNotGuarded, handlerKeepsWrites, strictIgnored
    // Readers
    case readerSeesOldest, foundAlwaysTrue, rowCountIsOne
    // Calls and loops
    case outArgumentForgotten, defaultArgumentIsNull, unrolledOnce, iterationsReversed
}
