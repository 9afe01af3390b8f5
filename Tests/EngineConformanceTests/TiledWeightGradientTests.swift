import CLoops
import CPUEngine
import Tensors
import TestSupport
import Testing

/// Weight gradients in matrix tiles, against sums in double precision: channels and outputs that fill no tile, rows that fill no
/// tile, more images than are taken at once, and images shared out among threads.
@Suite("Weight gradients in tiles", .enabled(if: CPUEngine.hasTiles))
struct TiledWeightGradientTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let images: Int
        let height: Int
        let width: Int
        let channels: Int
        let outputs: Int
        var testDescription: String { "\(images) of \(height)x\(width), \(channels) to \(outputs) channels" }
    }

    static let cases = [
        Case(images: 1, height: 1, width: 1, channels: 1, outputs: 1),
        Case(images: 3, height: 5, width: 4, channels: 17, outputs: 9),
        Case(images: 11, height: 7, width: 7, channels: 16, outputs: 32),
        Case(images: 2, height: 16, width: 30, channels: 3, outputs: 48),
        Case(images: 5, height: 9, width: 31, channels: 6, outputs: 24),
        Case(images: 4, height: 2, width: 70, channels: 40, outputs: 33),
    ]

    @Test("sums of products of neighbours", arguments: cases)
    func sums(subject: Case) {
        var random = RandomTensors(seed: UInt64(subject.channels))
        func halves(_ channels: Int) -> [Float] {
            random.smallIntegers([subject.images * subject.height * subject.width * channels], in: -63...63).floats.map {
                $0 / 16
            }
        }
        let (x, dy) = (halves(subject.channels), halves(subject.outputs))
        let expected = Self.gradient(subject, x, dy)
        // Products of such numbers are multiples of 1/256, and their sums exact.
        let found = Self.tiled(subject, x.map(Self.half), dy.map(Self.half))
        #expect(found == expected)
    }

    private static func half(_ number: Float) -> UInt16 { UInt16(number.bitPattern >> 16) }

    /// In parts for two threads, even where one has nothing to do.
    private static func tiled(_ subject: Case, _ x: [UInt16], _ dy: [UInt16]) -> [Float] {
        var result = [Float](repeating: .nan, count: subject.outputs * subject.channels * 9)
        x.withUnsafeBufferPointer { x in
            dy.withUnsafeBufferPointer { dy in
                var work = erde_tiled_weight_gradient(
                    x: x.baseAddress, dy: dy.baseAddress, height: subject.height, width: subject.width,
                    channels: subject.channels, outputs: subject.outputs)
                let size = (erde_tiled_weight_gradient_space(&work) + 63) / 64 * 64
                let space = UnsafeMutableRawPointer.allocate(byteCount: 2 * size, alignment: 64)
                defer { space.deallocate() }
                // What was there before must not matter.
                space.initializeMemory(as: UInt8.self, repeating: 0x7F, count: 2 * size)
                let half = subject.images / 2
                erde_sum_weight_gradient_tiles(&work, space, 0, half)
                erde_sum_weight_gradient_tiles(&work, space + size, half, subject.images)
                erde_collect_weight_gradient(&work, space, size, 2, 0, subject.outputs, &result)
            }
        }
        return result
    }

    /// `[O, C, 3, 3]`
    private static func gradient(_ subject: Case, _ x: [Float], _ dy: [Float]) -> [Float] {
        var result: [Float] = []
        for output in 0..<subject.outputs {
            for channel in 0..<subject.channels {
                for tap in 0..<9 {
                    var sum = 0.0
                    for image in 0..<subject.images {
                        for row in 0..<subject.height {
                            for column in 0..<subject.width {
                                let (sourceRow, sourceColumn) = (row + tap / 3 - 1, column + tap % 3 - 1)
                                guard (0..<subject.height).contains(sourceRow), (0..<subject.width).contains(sourceColumn)
                                else { continue }
                                let place = (image * subject.height + row) * subject.width + column
                                let source = (image * subject.height + sourceRow) * subject.width + sourceColumn
                                sum +=
                                    Double(dy[place * subject.outputs + output])
                                    * Double(x[source * subject.channels + channel])
                            }
                        }
                    }
                    result.append(Float(sum))
                }
            }
        }
        return result
    }
}
