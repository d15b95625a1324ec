/// A pair of columns that a join compares.
public struct JoinPair: Sendable, Equatable {
    /// On the left.
    public var left: RequestedColumn
    /// On the right.
    public var right: RequestedColumn

    /// Pairs two columns.
    public init(left: RequestedColumn, right: RequestedColumn) {
        self.left = left
        self.right = right
    }
}

/// Two readings to be joined by their first columns.
public struct JoinRequest: Sendable, Equatable {
    /// On the left.
    public var left: ReadRequest
    /// On the right.
    public var right: ReadRequest
    /// How many of the first columns are the key.
    public var keyCount: Int

    /// Describes a join.
    public init(left: ReadRequest, right: ReadRequest, keyCount: Int) {
        self.left = left
        self.right = right
        self.keyCount = keyCount
    }
}

/// An engine that joins two of its own datasets.
public protocol JoiningEndpoint: Endpoint {
    /// Why these key columns cannot be joined by, nil where they can: the engine's equality must be equality of canonical forms.
    func obstacleToJoin(_ key: [JoinPair]) -> String?
    /// The statement that `join` sends.
    func joinStatement(_ request: JoinRequest) throws -> String
    /// Rows that may differ: a mark (NULL where there is no row), the left fields, a mark, the right fields. The engine may send
    /// equal rows, but must not leave out any that differ.
    func join(_ request: JoinRequest) throws -> any RowStream
}

/// A reading to be summed up by buckets of its first columns.
public struct ChecksumRequest: Sendable, Equatable {
    /// What is summed up.
    public var reading: ReadRequest
    /// How many of the first columns are the key.
    public var keyCount: Int
    /// A power of two.
    public var buckets: Int
    /// How rows are hashed: both sides must do it alike.
    public var method: String

    /// Describes sums.
    public init(_ reading: ReadRequest, keyCount: Int, buckets: Int, method: String) {
        self.reading = reading
        self.keyCount = keyCount
        self.buckets = buckets
        self.method = method
    }
}

/// Rows of a bucket: their number, and their hashes added and exclusive-ored, so that pairs neither cancel nor swap.
public struct BucketSum: Sendable, Equatable {
    /// Number of rows.
    public var count: Int
    /// The sum of their hashes, as decimal text.
    public var sum: String
    /// The exclusive or of their hashes, as decimal text.
    public var xor: String

    /// Describes a bucket.
    public init(count: Int, sum: String, xor: String) {
        self.count = count
        self.sum = sum
        self.xor = xor
    }
}

/// An engine that sums up rows where they are.
public protocol ChecksummingEndpoint: Endpoint {
    /// Endpoints of one family hash values of one type alike; others must use `md5`.
    var checksumFamily: String { get }
    /// The statement that `checksums` sends.
    func checksumStatement(_ request: ChecksumRequest) throws -> String
    /// The buckets that have rows.
    func checksums(_ request: ChecksumRequest) throws -> [Int: BucketSum]
    /// The rows of some buckets.
    func read(_ request: ChecksumRequest, of buckets: [Int]) throws -> any RowStream
}
