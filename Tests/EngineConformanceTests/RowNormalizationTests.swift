import CLoops
import Tensors
import TestSupport
import Testing

/// The loops that normalise images, against the formulas in double precision, on every processor: in float32 and bfloat16, with
/// channels fewer than a vector, one more than a vector, and more than are taken at once, and with rows that fill no block.
@Suite("Batch normalisation of rows")
struct RowNormalizationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let element: StoredElement
        let channels: Int
        let rows: Range<Int>
        let isRectified: Bool
        var testDescription: String { "\(element), \(channels) channels, rows \(rows)\(isRectified ? ", rectified" : "")" }
    }

    static let cases: [Case] = StoredElement.allCases.flatMap { element in
        [1, 3, 6, 16, 17, 24, 32, 48, 63, 64, 65, 80, 96, 200].flatMap { channels in
            [
                Case(element: element, channels: channels, rows: 0..<37, isRectified: true),
                Case(element: element, channels: channels, rows: 5..<900, isRectified: false),
            ]
        } + [
            Case(element: element, channels: 16, rows: 3..<4001, isRectified: true),
            Case(element: element, channels: 8, rows: 2..<2, isRectified: true),
        ]
    }

    @Test("sums of distances and their squares", arguments: cases)
    func sums(subject: Case) {
        let images = Images(subject)
        var sums = [Double](repeating: 1, count: 2 * subject.channels)
        images.withWork { erde_sum_rows($0, images.mean, subject.rows.lowerBound, subject.rows.upperBound, &sums) }
        for channel in 0..<subject.channels {
            let distances = subject.rows.map { images.input($0, channel) - Double(images.mean[channel]) }
            expectSum(sums[channel] - 1, distances)
            expectSum(sums[subject.channels + channel] - 1, distances.map { $0 * $0 })
        }
    }

    @Test("a line for each channel, and the ReLU behind it", arguments: cases)
    func normalize(subject: Case) {
        let images = Images(subject)
        let y = images.made { y in
            images.withWork { erde_normalize_rows($0, y, subject.rows.lowerBound, subject.rows.upperBound) }
        }
        for index in y.indices {
            let (row, channel) = index.quotientAndRemainder(dividingBy: subject.channels)
            guard subject.rows.contains(row) else {
                #expect(y[index] == Images.untouched, "row \(row) is none of the rows")
                continue
            }
            let line = images.line(row, channel)
            expectRounded(y[index], subject, subject.isRectified ? max(0, line) : line)
        }
    }

    @Test("sums of gradients", arguments: cases)
    func gradientSums(subject: Case) {
        let images = Images(subject)
        var sums = [Double](repeating: 0, count: 2 * subject.channels)
        images.withWork {
            erde_sum_gradient_rows(
                $0, images.mean, images.stored(images.dy), subject.rows.lowerBound, subject.rows.upperBound, &sums)
        }
        for channel in 0..<subject.channels {
            let gradients = subject.rows.map { images.gradient($0, channel) }
            expectSum(sums[channel], gradients)
            let products = zip(subject.rows, gradients).map { row, gradient in
                gradient * (images.input(row, channel) - Double(images.mean[channel]))
            }
            expectSum(sums[subject.channels + channel], products)
        }
    }

    @Test("the gradient of the input, alone and added to another", arguments: cases, [false, true])
    func gradient(subject: Case, isAdded: Bool) {
        let images = Images(subject)
        let dx = images.made { dx in
            images.withWork { work in
                images.withFactors(isAdded: isAdded) {
                    erde_normalize_gradient_rows(
                        work, $0, images.stored(images.dy), dx, subject.rows.lowerBound, subject.rows.upperBound)
                }
            }
        }
        for index in dx.indices {
            let (row, channel) = index.quotientAndRemainder(dividingBy: subject.channels)
            guard subject.rows.contains(row) else {
                #expect(dx[index] == Images.untouched, "row \(row) is none of the rows")
                continue
            }
            let (a, b, c) = (images.factors[0][channel], images.factors[1][channel], images.factors[2][channel])
            let gradient = images.gradient(row, channel) * Double(a) + images.input(row, channel) * Double(b) + Double(c)
            expectRounded(dx[index], subject, isAdded ? gradient + Double(images.addend[index]) : gradient)
        }
    }

    @Test("what is no number stays none", arguments: StoredElement.allCases, [false, true])
    func notANumber(element: StoredElement, isRectified: Bool) {
        let some: [Float] = [.nan, 1, Float(bitPattern: 0xFFFF_0000)]
        let x = element.stored((0..<70).map { some[$0 % 3] })
        var y = [UInt8](repeating: 0, count: x.count)
        withRows(element, x, slope: [1], offset: [0], isRectified: isRectified) { erde_normalize_rows($0, &y, 0, 70) }
        let numbers = element.numbers(y)
        #expect(numbers.enumerated().allSatisfy { $1.isNaN == ($0 % 3 != 1) }, "\(numbers)")
    }

    /// Sums of rounded float32 products.
    private func expectSum(_ sum: Double, _ terms: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
        let expected = terms.reduce(0, +)
        let size = terms.reduce(0) { $0 + abs($1) }
        #expect(abs(sum - expected) <= 1e-5 * size + 1e-12, "\(sum) for \(expected)", sourceLocation: sourceLocation)
    }

    /// bfloat16 keeps 8 bits, and the nearest of its numbers is half a step away at most; float32 keeps 24, of a few operations.
    private func expectRounded(
        _ found: Float, _ subject: Case, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let bound = subject.element == .bfloat16 ? abs(expected) / 256 : abs(expected) / 0x1p22
        #expect(abs(Double(found) - expected) <= bound + 1e-5, "\(found) for \(expected)", sourceLocation: sourceLocation)
    }
}

/// Calls `body` with rows of as many channels as there are slopes.
private func withRows(
    _ element: StoredElement, _ x: [UInt8], slope: [Float], offset: [Float], isRectified: Bool,
    _ body: (UnsafePointer<erde_normalized_rows>) -> Void
) {
    x.withUnsafeBytes { x in
        slope.withUnsafeBufferPointer { slope in
            offset.withUnsafeBufferPointer { offset in
                let work = erde_normalized_rows(
                    element: element.loops, x: x.baseAddress, channels: slope.count, slope: slope.baseAddress,
                    offset: offset.baseAddress, is_rectified: isRectified ? 1 : 0)
                withUnsafePointer(to: work, body)
            }
        }
    }
}

/// Rows of numbers that bfloat16 holds exactly, and lines that float32 computes exactly and that are never zero: which gradients
/// pass the ReLU is no matter of rounding.
private struct Images {
    let subject: RowNormalizationTests.Case
    let x: [Float]
    let dy: [Float]
    let addend: [Float]
    let mean: [Float]
    let slope: [Float]
    let offset: [Float]
    /// Of the output's gradient, of the input, and a constant.
    let factors: [[Float]]

    init(_ subject: RowNormalizationTests.Case) {
        self.subject = subject
        var random = RandomTensors(seed: UInt64(subject.channels))
        // A row more than is worked on.
        let rows: Shape = [(subject.rows.upperBound + 1) * subject.channels]
        let channels: Shape = [subject.channels]
        func sixteenths(_ tensor: Tensor) -> [Float] { tensor.floats.map { $0 / 16 } }
        x = sixteenths(random.smallIntegers(rows, in: -63...63))
        dy = sixteenths(random.smallIntegers(rows, in: -63...63))
        addend = sixteenths(random.smallIntegers(rows, in: -63...63))
        mean = random.uniform(channels).floats
        slope = random.smallIntegers(channels, in: -2...2).floats
        offset = random.smallIntegers(channels, in: -20...20).floats.map { $0 / 16 + 1 / 32 }
        factors = (0..<3).map { _ in random.uniform(channels).floats }
    }

    /// What lies where nothing was written.
    static let untouched: Float = 7

    func stored(_ numbers: [Float]) -> [UInt8] { subject.element.stored(numbers) }

    /// Numbers as many as `x` has, some of which `body` writes.
    func made(_ body: (UnsafeMutableRawPointer) -> Void) -> [Float] {
        var bytes = stored([Float](repeating: Images.untouched, count: x.count))
        bytes.withUnsafeMutableBytes { body($0.baseAddress!) }
        return subject.element.numbers(bytes)
    }

    func input(_ row: Int, _ channel: Int) -> Double { Double(x[row * subject.channels + channel]) }

    func line(_ row: Int, _ channel: Int) -> Double {
        input(row, channel) * Double(slope[channel]) + Double(offset[channel])
    }

    /// What the ReLU lets pass.
    func gradient(_ row: Int, _ channel: Int) -> Double {
        subject.isRectified && line(row, channel) < 0 ? 0 : Double(dy[row * subject.channels + channel])
    }

    func withWork(_ body: (UnsafePointer<erde_normalized_rows>) -> Void) {
        withRows(subject.element, stored(x), slope: slope, offset: offset, isRectified: subject.isRectified, body)
    }

    func withFactors(isAdded: Bool, _ body: (UnsafePointer<erde_normalized_gradient>) -> Void) {
        factors[0].withUnsafeBufferPointer { ofGradient in
            factors[1].withUnsafeBufferPointer { ofInput in
                factors[2].withUnsafeBufferPointer { constant in
                    stored(addend).withUnsafeBytes {
                        let factors = erde_normalized_gradient(
                            of_gradient: ofGradient.baseAddress, of_input: ofInput.baseAddress,
                            constant: constant.baseAddress, addend: isAdded ? $0.baseAddress : nil)
                        withUnsafePointer(to: factors, body)
                    }
                }
            }
        }
    }
}
