import CLoops

/// Batch normalisation, with the ReLU behind it if there is one, of images whose channels are innermost: `rows` places of
/// images, each with `channels` numbers. The library's own code for these takes half as long again in bfloat16, and in float32 up to
/// fifteen times as long where channels fill no vector.
struct RowNormalization {
    typealias Floats = UnsafeMutablePointer<Float>

    /// What the images and their gradients are in; all else is float32.
    let element: erde_element
    let rows: Int
    let channels: Int
    let isRectified: Bool
    let threads: Int
    /// Ranges of rows that are done side by side.
    let parts: Int

    /// What a normalisation is in each channel: `y = slope·x + offset`.
    struct Line {
        let slope: Floats
        let offset: Floats
    }

    init(element: erde_element, rows: Int, channels: Int, isRectified: Bool, threads: Int) {
        self.element = element
        self.rows = rows
        self.channels = channels
        self.isRectified = isRectified
        self.threads = threads
        parts = rowParts(numbers: rows * channels, threads: threads)
    }

    /// Bytes that the sums of all parts take.
    var sumsByteCount: Int { parts * 2 * channels * MemoryLayout<Double>.size }

    /// Writes the mean and the variance (of the batch, undivided by n − 1) of each channel.
    func statistics(of x: UnsafeRawPointer, mean: Floats, variance: Floats, sums: UnsafeMutableRawPointer) {
        guard rows > 0 else {
            for channel in 0..<channels { (mean[channel], variance[channel]) = (.nan, .nan) }
            return
        }
        // Distances from the first row, whose squares do not swallow a small variance about a large mean.
        for channel in 0..<channels { mean[channel] = number(channel, of: x) }
        let work = normalized(x, nil)
        let totals = addUp(in: sums) { range, sums in
            withUnsafePointer(to: work) { erde_sum_rows($0, mean, range.lowerBound, range.upperBound, sums) }
        }
        for channel in 0..<channels {
            let distance = totals[channel] / Double(rows)
            mean[channel] += Float(distance)
            variance[channel] = Float(max(totals[channels + channel] / Double(rows) - distance * distance, 0))
        }
    }

    /// The line that normalises: `γ·(x − mean)/√(variance + ε) + β`.
    func write(_ line: Line, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, epsilon: Double) {
        for channel in 0..<channels {
            let slope = Double(gamma[channel]) / (Double(variance[channel]) + epsilon).squareRoot()
            line.slope[channel] = Float(slope)
            line.offset[channel] = Float(Double(beta[channel]) - Double(mean[channel]) * slope)
        }
    }

    func normalize(_ x: UnsafeRawPointer, with line: Line, into y: UnsafeMutableRawPointer) {
        let work = normalized(x, line)
        inParallel(parts, of: rows, threads: threads) { _, range in
            withUnsafePointer(to: work) { erde_normalize_rows($0, y, range.lowerBound, range.upperBound) }
        }
    }

    /// The gradients of input, γ and β (Ioffe and Szegedy, 2015), with `s = 1/√(variance + ε)`, n rows, and dy where the ReLU
    /// lets it pass:
    ///
    ///     dβ = Σ dy    dγ = s·Σ dy·(x − mean)    dx = γ·s·(dy − dβ/n − (x − mean)·s·dγ/n)
    ///
    /// - Parameters:
    ///   - addend: of dx, where it is not all of a gradient.
    ///   - factors: `3·channels` numbers of working space.
    func gradient(
        of x: UnsafeRawPointer, _ dy: UnsafeRawPointer, with line: Line, gamma: Floats, mean: Floats, variance: Floats,
        epsilon: Double, plus addend: UnsafeRawPointer?, into dx: UnsafeMutableRawPointer, dgamma: Floats, dbeta: Floats,
        sums: UnsafeMutableRawPointer, factors: Floats
    ) {
        let work = normalized(x, line)
        let totals = addUp(in: sums) { range, sums in
            withUnsafePointer(to: work) { erde_sum_gradient_rows($0, mean, dy, range.lowerBound, range.upperBound, sums) }
        }
        let (ofGradient, ofInput, constant) = (factors, factors + channels, factors + 2 * channels)
        for channel in 0..<channels {
            let inverse = 1 / (Double(variance[channel]) + epsilon).squareRoot()
            let (slope, count) = (Double(gamma[channel]) * inverse, Double(max(1, rows)))
            let (ofBeta, ofGamma) = (totals[channel], totals[channels + channel] * inverse)
            dbeta[channel] = Float(ofBeta)
            dgamma[channel] = Float(ofGamma)
            let input = -slope * inverse * ofGamma / count
            ofGradient[channel] = Float(slope)
            ofInput[channel] = Float(input)
            constant[channel] = Float(-slope * ofBeta / count - input * Double(mean[channel]))
        }
        let gradient = erde_normalized_gradient(
            of_gradient: ofGradient, of_input: ofInput, constant: constant, addend: addend)
        inParallel(parts, of: rows, threads: threads) { _, range in
            withUnsafePointer(to: work) { work in
                withUnsafePointer(to: gradient) {
                    erde_normalize_gradient_rows(work, $0, dy, dx, range.lowerBound, range.upperBound)
                }
            }
        }
    }

    private func normalized(_ x: UnsafeRawPointer, _ line: Line?) -> erde_normalized_rows {
        erde_normalized_rows(
            element: element, x: x, channels: channels, slope: line?.slope, offset: line?.offset,
            is_rectified: isRectified ? 1 : 0)
    }

    private func number(_ index: Int, of x: UnsafeRawPointer) -> Float {
        element == ERDE_FLOAT32
            ? x.assumingMemoryBound(to: Float.self)[index]
            : Float(bitPattern: UInt32(x.assumingMemoryBound(to: UInt16.self)[index]) << 16)
    }

    /// Calls `body` with ranges of rows and a place for their sums, and gives the sums of all, added in the order of the ranges.
    private func addUp(
        in place: UnsafeMutableRawPointer, _ body: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
    ) -> UnsafeMutablePointer<Double> {
        let count = 2 * channels
        let totals = place.assumingMemoryBound(to: Double.self)
        totals.update(repeating: 0, count: parts * count)
        inParallel(parts, of: rows, threads: threads) { part, range in body(range, totals + part * count) }
        for part in stride(from: 1, to: parts, by: 1) {
            for index in 0..<count { totals[index] += totals[part * count + index] }
        }
        return totals
    }
}
