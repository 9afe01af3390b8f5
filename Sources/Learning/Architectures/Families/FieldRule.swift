import Artifacts
import Diagnostics

/// What a family allows in one of its fields, and what it takes when nothing is said.
struct FieldRule: Sendable {
    let field: ArchitectureDescription.Field
    let range: ClosedRange<Int>
    /// The usual value, from the fields before this one; nil when there is none.
    let standard: @Sendable (NetworkFields) -> [Int]?

    init(
        _ field: ArchitectureDescription.Field, _ range: ClosedRange<Int>,
        standard: @escaping @Sendable (NetworkFields) -> [Int]? = { _ in nil }
    ) {
        self.field = field
        self.range = range
        self.standard = standard
    }

    /// A field with one usual number.
    init(_ field: ArchitectureDescription.Field, _ range: ClosedRange<Int>, standard number: Int) {
        self.init(field, range) { _ in [number] }
    }

    /// - Parameter subject: what the error is about, the text or file that the numbers were read from.
    /// - Throws: `ErdeError` of kind `usage` for a number out of range.
    func check(_ numbers: [Int], as subject: String) throws(ErdeError) {
        for number in numbers where !(range ~= number) {
            throw ErdeError(
                .usage, subject, "\(field.rawValue)= of \(number)",
                remedy: "choose \(range.lowerBound) to \(range.upperBound)")
        }
    }

    static let widths = FieldRule(.widths, 1...16384)
    static let blocks = FieldRule(.blocks, 1...1000)
}

extension [ArchitectureDescription.Field: [Int]] {
    /// The numbers of a field that the family has.
    func list(_ field: ArchitectureDescription.Field) -> [Int] { self[field] ?? [] }

    /// The number of a field that holds one.
    func number(_ field: ArchitectureDescription.Field) -> Int { self[field]?.first ?? 0 }

    /// For networks of stages: the blocks that end one.
    var stageEnds: [Int] {
        var end = 0
        return list(.blocks).map { count in
            end += count
            return end
        }
    }
}
