import Endpoints

/// Decides how rows travel, and says why.
struct StrategyChoice {
    let endpoints: Sides<any Endpoint>
    let plan: DiffPlan
    let settings: DiffSettings

    func choose() throws -> (strategy: Strategy, reason: String) {
        if let wanted = settings.strategy {
            if wanted == .join, let obstacle = obstacleToJoin() {
                throw DiffError.impossible("--strategy join: \(obstacle)")
            }
            if wanted == .checksum, let obstacle = obstacleToChecksum() {
                throw DiffError.impossible("--strategy checksum: \(obstacle)")
            }
            return (wanted, "named by --strategy")
        }
        if let obstacle = obstacleToJoin() {
            let rows = [plan.schemas.left.estimatedRows, plan.schemas.right.estimatedRows].map { $0 ?? 0 }
            if rows.allSatisfy({ $0 > settings.moveLimit }), plan.isKeyUnique, obstacleToChecksum() == nil {
                return (
                    .checksum,
                    "\(obstacle), and both have more than \(settings.moveLimit) rows by their servers' estimates"
                )
            }
            return (.stream, obstacle)
        }
        return (.join, "both sides are one server and the key is unique")
    }

    private func obstacleToJoin() -> String? {
        guard let left = endpoints.left.serverIdentity, left == endpoints.right.serverIdentity else {
            return "the two sides are not one server"
        }
        guard endpoints.left is any JoiningEndpoint else { return "\(endpoints.left.engine) is read, not asked" }
        guard plan.keyCount > 0 else { return "there is no key to join by" }
        guard plan.isKeyUnique else { return "the key is not unique on both sides" }
        guard settings.sample == nil else { return "a sample of keys is chosen while rows are read" }
        return (endpoints.left as? any JoiningEndpoint)?.obstacleToJoin(
            Array(plan.columns.prefix(plan.keyCount)).map { Sides(left: $0.request(.left), right: $0.request(.right)) }
                .map { JoinPair(left: $0.left, right: $0.right) })
    }

    private func obstacleToChecksum() -> String? {
        guard endpoints.left is any ChecksummingEndpoint, endpoints.right is any ChecksummingEndpoint else {
            return "one of the sides has no checksums of its own"
        }
        guard plan.keyCount > 0 else { return "there is no key to make buckets of" }
        guard settings.sample == nil else { return "a sample of keys is chosen while rows are read" }
        return nil
    }
}
