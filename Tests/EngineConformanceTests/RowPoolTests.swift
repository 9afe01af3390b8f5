import CLoops
import Testing

/// The loops that pool images, against the formula in double precision, on every processor: in float32 and bfloat16, with channels
/// fewer than a vector, one more than a vector and several vectors, and with windows that overlap, leave places out and fill the image.
@Suite("Average pooling of rows")
struct RowPoolTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let element: StoredElement
        let channels: Int
        let size: (height: Int, width: Int)
        let kernel: (height: Int, width: Int)
        let strides: (height: Int, width: Int)

        var result: (height: Int, width: Int) {
            ((size.height - kernel.height) / strides.height + 1, (size.width - kernel.width) / strides.width + 1)
        }
        var testDescription: String { "\(element), \(channels) channels of \(size), windows of \(kernel) every \(strides)" }
    }

    static let cases: [Case] = StoredElement.allCases.flatMap { element in
        [1, 3, 6, 15, 16, 17, 24, 32, 100].flatMap { channels in
            [
                Case(element: element, channels: channels, size: (8, 6), kernel: (2, 2), strides: (2, 2)),
                Case(element: element, channels: channels, size: (7, 23), kernel: (2, 2), strides: (2, 2)),
                Case(element: element, channels: channels, size: (5, 9), kernel: (3, 3), strides: (1, 2)),
                Case(element: element, channels: channels, size: (9, 20), kernel: (1, 2), strides: (3, 4)),
                Case(element: element, channels: channels, size: (4, 7), kernel: (4, 7), strides: (1, 1)),
            ]
        }
    }

    @Test("the mean of each window, in the rows asked for alone", arguments: cases)
    func means(subject: Case) {
        let (size, result) = (subject.size, subject.result)
        let images = 2
        var pixels = [Float](repeating: 0, count: images * size.height * size.width * subject.channels)
        // Numbers of few bits, which bfloat16 holds and whose sums are exact.
        for index in pixels.indices { pixels[index] = Float((index * 37 + index / 11) % 101) / 16 - 3 }
        var work = erde_average_pool(
            element: subject.element.loops, channels: subject.channels, height: size.height, width: size.width,
            result_height: result.height, result_width: result.width, kernel_height: subject.kernel.height,
            kernel_width: subject.kernel.width, stride_height: subject.strides.height, stride_width: subject.strides.width)
        let untouched: Float = 77
        let rows = 1..<images * result.height
        var bytes = subject.element.stored(
            [Float](repeating: untouched, count: images * result.height * result.width * subject.channels))
        erde_average_pool_rows(&work, subject.element.stored(pixels), &bytes, rows.lowerBound, rows.upperBound)
        let found = subject.element.numbers(bytes)
        for index in found.indices {
            let (place, channel) = index.quotientAndRemainder(dividingBy: subject.channels)
            let (row, column) = place.quotientAndRemainder(dividingBy: result.width)
            guard rows.contains(row) else {
                #expect(found[index] == untouched, "row \(row) is none of the rows")
                continue
            }
            let (image, down) = row.quotientAndRemainder(dividingBy: result.height)
            var sum = 0.0
            for y in 0..<subject.kernel.height {
                for x in 0..<subject.kernel.width {
                    let line = image * size.height + down * subject.strides.height + y
                    let pixel = line * size.width + column * subject.strides.width + x
                    sum += Double(pixels[pixel * subject.channels + channel])
                }
            }
            let expected = sum / Double(subject.kernel.height * subject.kernel.width)
            let bound = abs(expected) * (subject.element == .bfloat16 ? 0x1p-8 : 0x1p-22)
            #expect(abs(Double(found[index]) - expected) <= bound, "row \(row), column \(column), channel \(channel)")
        }
    }
}
