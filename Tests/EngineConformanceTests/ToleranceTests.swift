import Tensors
import TestSupport
import Testing

@Suite("The tolerance of these tests")
struct ToleranceTests {
    let tolerance = Tolerance(absolute: 0.1, relative: 0.01, reason: "example")

    @Test("accepts up to absolute + relative·|expected|")
    func limits() {
        #expect(tolerance.mismatch(actual: [100], expected: [101.1]) == nil)
        #expect(tolerance.mismatch(actual: [100], expected: [101.2]) != nil)
        #expect(tolerance.mismatch(actual: [0], expected: [0.11]) != nil)
    }

    @Test("accepts infinities and NaN only where they are expected")
    func notFinite() {
        #expect(tolerance.mismatch(actual: [.infinity, .nan], expected: [.infinity, .nan]) == nil)
        for (actual, expected) in [(1, .infinity), (.infinity, 1), (.nan, 1), (1, .nan), (-.infinity, .infinity)]
            as [(Double, Double)]
        {
            #expect(tolerance.mismatch(actual: [actual], expected: [expected]) != nil, "\(actual) for \(expected)")
        }
    }

    @Test("refuses other counts, shapes and types, and empty for something")
    func shapes() {
        #expect(tolerance.mismatch(actual: [], expected: [1]) != nil)
        #expect(tolerance.mismatch(actual: [1], expected: []) != nil)
        let tensor = Tensor(repeating: 1, [2, 3])
        #expect(tolerance.mismatch(actual: tensor, expected: tensor) == nil)
        #expect(tolerance.mismatch(actual: tensor.reshaped([3, 2]), expected: tensor) != nil)
        #expect(tolerance.mismatch(actual: Tensor([1], [1] as [Int32]), expected: Tensor([1], [1] as [Float])) != nil)
    }

    @Test("names the first five places, both values and both limits")
    func message() throws {
        let mismatch = try #require(
            tolerance.mismatch(
                actual: Tensor(repeating: 1, [2, 4]), expected: Tensor(repeating: 3, [2, 4])))
        #expect(mismatch.summary.hasPrefix("8 of 8 elements differ by more than 0.1 + 0.01·|expected| (example)"))
        #expect(mismatch.details.count == 5)
        #expect(
            mismatch.details[4]
                == "[1, 0]: actual 1.0, expected 3.0, difference 2.0 (limit 0.1), relative 0.6666666666666666 (limit 0.01)")
    }
}
