package import Artifacts
import Glibc
package import Tensors

extension AugmentationRecipe {
    /// One random variation of an image: where it is cut out, whether it is mirrored, where it is covered.
    package struct Draw: Hashable, Sendable {
        /// Rows and columns by which the image moves up and left; places beyond its border are black.
        package var shiftRows = 0
        package var shiftColumns = 0
        package var isMirrored = false
        /// Black rows and columns.
        package var coveredRows = 0..<0
        package var coveredColumns = 0..<0
        /// Rows and columns of a second black rectangle.
        package var erasedRows = 0..<0
        package var erasedColumns = 0..<0

        /// The image as it is.
        package init() {}
    }

    /// Draws a variation for images of the given extent.
    package func draw(height: Int, width: Int, using generator: inout RandomGenerator) -> Draw {
        var draw = Draw()
        if cropPadding > 0 {
            draw.shiftRows = generator.below(2 * cropPadding + 1) - cropPadding
            draw.shiftColumns = generator.below(2 * cropPadding + 1) - cropPadding
        }
        if horizontalFlip { draw.isMirrored = generator.next() >> 63 == 1 }
        if cutoutSide > 0 {
            let top = generator.below(height) - cutoutSide / 2
            let left = generator.below(width) - cutoutSide / 2
            draw.coveredRows = (top..<top + cutoutSide).clamped(to: 0..<height)
            draw.coveredColumns = (left..<left + cutoutSide).clamped(to: 0..<width)
        }
        if erasing > 0, generator.uniform() < erasing { drawErasure(&draw, height: height, width: width, using: &generator) }
        return draw
    }

    /// A rectangle inside the image of 2 to 33 % of its area with an aspect of 3/10 to 10/3, both as in the paper; the
    /// aspect is uniform in its logarithm, so that lying and standing rectangles are equally likely.
    private func drawErasure(_ draw: inout Draw, height: Int, width: Int, using generator: inout RandomGenerator) {
        let area = (0.02 + 0.31 * generator.uniform()) * Double(height * width)
        let aspect = exp((2 * generator.uniform() - 1) * log(10.0 / 3))
        let rows = min(height, max(1, Int((area * aspect).squareRoot().rounded())))
        let columns = min(width, max(1, Int((area / aspect).squareRoot().rounded())))
        let (top, left) = (generator.below(height - rows + 1), generator.below(width - columns + 1))
        (draw.erasedRows, draw.erasedColumns) = (top..<top + rows, left..<left + columns)
    }

    /// How much of an image is another one, 0…½: `min(λ, 1 − λ)` of a `λ` from Beta(α, α), `α` being `mixup`.
    ///
    /// Drawn by Jöhnk's method: of two uniform numbers to the power of 1/α, those that sum to at most 1 have the wanted
    /// ratio.
    package func drawBlendShare(using generator: inout RandomGenerator) -> Double {
        precondition(mixup > 0, "a blend with mixup \(mixup)")
        while true {
            let (first, second) = (pow(generator.uniform(), 1 / mixup), pow(generator.uniform(), 1 / mixup))
            let sum = first + second
            if sum > 0, sum <= 1 { return min(first, second) / sum }
        }
    }
}

extension AugmentationRecipe.Draw {
    /// Writes the variation of an image as floats 0…1.
    ///
    /// - Parameters:
    ///   - pixels: 8-bit `[C,H,W]`
    ///   - result: `[C,H,W]`, every element is written.
    package func apply(to pixels: UnsafeRawBufferPointer, of image: ImageFormat, into result: UnsafeMutableBufferPointer<Float>) {
        let (height, width) = (image.height, image.width)
        let firstColumn = min(width, max(0, -shiftColumns))
        let columns = firstColumn..<max(firstColumn, min(width, width - shiftColumns))
        for channel in 0..<image.channels {
            for row in 0..<height {
                var line = UnsafeMutableBufferPointer(
                    rebasing: result[(channel * height + row) * width..<(channel * height + row + 1) * width])
                let source = row + shiftRows
                guard 0..<height ~= source else {
                    line.update(repeating: 0)
                    continue
                }
                line[0..<columns.lowerBound].update(repeating: 0)
                line[columns.upperBound..<width].update(repeating: 0)
                let start = (channel * height + source) * width + shiftColumns
                for column in columns { line[column] = Float(pixels[start + column]) / 255 }
                if isMirrored { line.reverse() }
                if coveredRows.contains(row) { line[coveredColumns].update(repeating: 0) }
                if erasedRows.contains(row) { line[erasedColumns].update(repeating: 0) }
            }
        }
    }
}
