/// One of the two datasets.
public enum Side: Int, Sendable, CaseIterable, Codable {
    case left = 0
    case right = 1

    /// The other one.
    public var other: Side { self == .left ? .right : .left }
}

/// A value for each side.
public struct Sides<Value> {
    /// The left side's value.
    public var left: Value
    /// The right side's value.
    public var right: Value

    /// One value a side.
    public init(left: Value, right: Value) {
        self.left = left
        self.right = right
    }

    /// The value of a side.
    public subscript(side: Side) -> Value {
        get { side == .left ? left : right }
        set { if side == .left { left = newValue } else { right = newValue } }
    }

    /// The same done to both.
    public func map<Result>(_ transform: (Value) throws -> Result) rethrows -> Sides<Result> {
        Sides<Result>(left: try transform(left), right: try transform(right))
    }
}

extension Sides: Sendable where Value: Sendable {}
extension Sides: Equatable where Value: Equatable {}
