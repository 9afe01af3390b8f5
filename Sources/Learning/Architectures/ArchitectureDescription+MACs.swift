package import Artifacts

extension ArchitectureDescription {
    /// MACs of one image that leaves at each exit: the backbone up to there and all heads on the way.
    ///
    /// The same counts as `Graph.cost()` gives of the built graph, from the description alone, so that thousands of
    /// candidates can be compared.
    package func cumulativeMACs(image: ImageFormat, classes: Int) -> [Int] {
        var (height, width) = (image.height, image.width)
        var total = height * width * 9 * image.channels * stem
        var channels = stem
        var perExit: [Int] = []
        for stage in widths.indices {
            let output = widths[stage]
            for block in 0..<blocks[stage] {
                let strided = stage > 0 && block == 0
                if strided { (height, width) = ((height + 1) / 2, (width + 1) / 2) }
                let places = height * width
                total += places * 9 * output * (channels + output)
                if strided || channels != output { total += places * channels * output }
                channels = output
            }
            total += output * head.window(over: height).count * head.window(over: width).count * classes
            perExit.append(total)
        }
        return perExit
    }
}
