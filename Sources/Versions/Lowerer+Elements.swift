import Catalog
import Steps
import Tokens
import Types

extension Lowerer {
    /// `array[i] := value`: the array up to the element, the element, and the rest.
    ///
    /// An element behind the end fills the gap with NULLs; an array without elements gets its first at `i`. Precondition:
    /// one dimension that counts from 1, as all arrays do that are not made otherwise on purpose; refused: slices, several
    /// subscripts, jsonb (P2D-113). Source: PostgreSQL manual, "Arrays", "Modifying Arrays".
    func assignElement(_ target: Range<Int>, _ value: Range<Int>) throws {
        guard let open = target.first(where: { source.kind($0) == .leftBracket }),
            source.closing(of: open) == target.upperBound - 1, let array = variable(target.lowerBound..<open),
            array.fields == nil, let type = array.type, type.hasSuffix("[]"), !type.hasSuffix("[][]"),
            !source.inside(open).contains(where: { source.isSymbol($0, ":") })
        else {
            throw Refusal(
                code: .partialAssignment, detail: "'\(short(source.text(target)))' sets a part that is not followed")
        }
        let element = String(type.dropLast(2))
        let inside = source.inside(open)
        let new = try expression(value)
        let item = cast(new.template, to: element)
        let old: SQLTemplate = "(\(array.value))"
        let template: SQLTemplate
        var taint = new.taint
        if inside.count == 1, source.text(inside.lowerBound) == "1" {
            template = "array[\(item)] || \(old)[2:]"
        } else {
            let position = try expression(inside)
            taint.formUnion(position.taint)
            let index: SQLTemplate = "(\(position.template))"
            let gap: SQLTemplate = "greatest(\(index) - 1 - cardinality(\(old)), 0)"
            template = """
                case when coalesce(cardinality(\(old)), 0) = 0 then array_fill(\(item), array[1], array[\(index)]) \
                else \(old)[:\(index) - 1] || array_fill(cast(null as \(element)), array[\(gap)]) || array[\(item)] \
                || \(old)[\(index) + 1:] end
                """
        }
        store(
            Expression(template: template, taint: taint.union(array.taint), isVolatile: new.isVolatile, type: nil),
            in: array)
    }
}
