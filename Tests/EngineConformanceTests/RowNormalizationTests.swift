import CLoops
import Tensors
import TestSupport
import Testing

/// The loops that normalise images in bfloat16, against the formulas in double precision, on every processor: with channels fewer
/// than a vector, one more than a vector, and more than are taken at once, and with rows that fill no block.
@Suite("Batch normalisation of rows in bfloat16")
struct RowNormalizationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let channels: Int
        let rows: Range<Int>
        let isRectified: Bool
        var testDescription: String { "\(channels) channels, rows \(rows)\(isRectified ? ", rectified" : "")" }
    }

    static let cases: [Case] =
        [1, 3, 6, 16, 17, 24, 32, 48, 63, 64, 65, 80, 96, 200].flatMap { channels in
            [
                Case(channels: channels, rows: 0..<37, isRectified: true),
                Case(channels: channels, rows: 5..<900, isRectified: false),
            ]
        } + [Case(channels: 16, rows: 3..<4001, isRectified: true), Case(channels: 8, rows: 2..<2, isRectified: true)]

    @Test("sums of distances and their squares", arguments: cases)
    func sums(subject: Case) {
        let images = Images(subject)
        var sums = [Double](repeating: 1, count: 2 * subject.channels)
        erde_sum_rows(images.x, subject.channels, images.mean, subject.rows.lowerBound, subject.rows.upperBound, &sums)
        for channel in 0..<subject.channels {
            let distances = subject.rows.map { images.input($0, channel) - Double(images.mean[channel]) }
            expectSum(sums[channel] - 1, distances)
            expectSum(sums[subject.channels + channel] - 1, distances.map { $0 * $0 })
        }
    }

    @Test("a line for each channel, and the ReLU behind it", arguments: cases)
    func normalize(subject: Case) {
        let images = Images(subject)
        var y = [UInt16](repeating: 7, count: images.x.count)
        images.withWork { erde_normalize_rows($0, &y, subject.rows.lowerBound, subject.rows.upperBound) }
        for index in y.indices {
            let (row, channel) = index.quotientAndRemainder(dividingBy: subject.channels)
            guard subject.rows.contains(row) else {
                #expect(y[index] == 7, "row \(row) is none of the rows")
                continue
            }
            let line = images.line(row, channel)
            expectRounded(y[index], subject.isRectified ? max(0, line) : line)
        }
    }

    @Test("sums of gradients", arguments: cases)
    func gradientSums(subject: Case) {
        let images = Images(subject)
        var sums = [Double](repeating: 0, count: 2 * subject.channels)
        images.withWork {
            erde_sum_gradient_rows($0, images.dy, images.mean, subject.rows.lowerBound, subject.rows.upperBound, &sums)
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
        var dx = [UInt16](repeating: 7, count: images.x.count)
        images.withWork { work in
            images.withFactors(isAdded: isAdded) {
                erde_normalize_gradient_rows(work, images.dy, $0, &dx, subject.rows.lowerBound, subject.rows.upperBound)
            }
        }
        for index in dx.indices {
            let (row, channel) = index.quotientAndRemainder(dividingBy: subject.channels)
            guard subject.rows.contains(row) else {
                #expect(dx[index] == 7, "row \(row) is none of the rows")
                continue
            }
            let (a, b, c) = (images.factors[0][channel], images.factors[1][channel], images.factors[2][channel])
            let gradient = images.gradient(row, channel) * Double(a) + images.input(row, channel) * Double(b) + Double(c)
            expectRounded(dx[index], isAdded ? gradient + Double(wide(images.addend[index])) : gradient)
        }
    }

    @Test("what is no number stays none")
    func notANumber() {
        let x = (0..<70).map { [0x7FC0, 0x3F80, 0xFFFF][$0 % 3] as UInt16 }
        let (slope, offset): ([Float], [Float]) = ([1], [0])
        for isRectified in [false, true] {
            var y = [UInt16](repeating: 0, count: 70)
            withRows(x, slope: slope, offset: offset, isRectified: isRectified) { erde_normalize_rows($0, &y, 0, 70) }
            #expect(y.enumerated().allSatisfy { wide($1).isNaN == ($0 % 3 != 1) }, "\(y)")
        }
    }

    /// Sums of rounded float32 products.
    private func expectSum(_ sum: Double, _ terms: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
        let expected = terms.reduce(0, +)
        let size = terms.reduce(0) { $0 + abs($1) }
        #expect(abs(sum - expected) <= 1e-5 * size + 1e-12, "\(sum) for \(expected)", sourceLocation: sourceLocation)
    }

    /// bfloat16 keeps 8 bits, and the nearest of its numbers is half a step away at most.
    private func expectRounded(_ half: UInt16, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation) {
        let found = Double(wide(half))
        #expect(
            abs(found - expected) <= abs(expected) / 256 + 1e-5, "\(found) for \(expected)", sourceLocation: sourceLocation)
    }
}

private func wide(_ half: UInt16) -> Float { Float(bitPattern: UInt32(half) << 16) }

/// Calls `body` with rows of as many channels as there are slopes.
private func withRows(
    _ x: [UInt16], slope: [Float], offset: [Float], isRectified: Bool, _ body: (UnsafePointer<erde_normalized_rows>) -> Void
) {
    x.withUnsafeBufferPointer { x in
        slope.withUnsafeBufferPointer { slope in
            offset.withUnsafeBufferPointer { offset in
                let work = erde_normalized_rows(
                    x: x.baseAddress, channels: slope.count, slope: slope.baseAddress, offset: offset.baseAddress,
                    is_rectified: isRectified ? 1 : 0)
                withUnsafePointer(to: work, body)
            }
        }
    }
}

/// Rows of numbers that bfloat16 holds exactly, and lines that float32 computes exactly and that are never zero: which gradients
/// pass the ReLU is no matter of rounding.
private struct Images {
    let subject: RowNormalizationTests.Case
    let x: [UInt16]
    let dy: [UInt16]
    let addend: [UInt16]
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
        func halves(_ tensor: Tensor) -> [UInt16] {
            tensor.floats.map {
                let bits = ($0 / 16).bitPattern
                precondition(bits & 0xFFFF == 0, "\($0) / 16 has more bits than bfloat16")
                return UInt16(bits >> 16)
            }
        }
        x = halves(random.smallIntegers(rows, in: -63...63))
        dy = halves(random.smallIntegers(rows, in: -63...63))
        addend = halves(random.smallIntegers(rows, in: -63...63))
        mean = random.uniform(channels).floats
        slope = random.smallIntegers(channels, in: -2...2).floats
        offset = random.smallIntegers(channels, in: -20...20).floats.map { $0 / 16 + 1 / 32 }
        factors = (0..<3).map { _ in random.uniform(channels).floats }
    }

    func input(_ row: Int, _ channel: Int) -> Double { Double(wide(x[row * subject.channels + channel])) }

    func line(_ row: Int, _ channel: Int) -> Double {
        input(row, channel) * Double(slope[channel]) + Double(offset[channel])
    }

    /// What the ReLU lets pass.
    func gradient(_ row: Int, _ channel: Int) -> Double {
        subject.isRectified && line(row, channel) < 0 ? 0 : Double(wide(dy[row * subject.channels + channel]))
    }

    func withWork(_ body: (UnsafePointer<erde_normalized_rows>) -> Void) {
        withRows(x, slope: slope, offset: offset, isRectified: subject.isRectified, body)
    }

    func withFactors(isAdded: Bool, _ body: (UnsafePointer<erde_normalized_gradient>) -> Void) {
        factors[0].withUnsafeBufferPointer { ofGradient in
            factors[1].withUnsafeBufferPointer { ofInput in
                factors[2].withUnsafeBufferPointer { constant in
                    addend.withUnsafeBufferPointer {
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
