package import Artifacts

extension ReliabilityDiagram {
    /// Sorts confidences into equal-width bins `(low, high]` of 0…1.
    ///
    /// - Parameters:
    ///   - confidences: largest softmax probability of each image.
    ///   - isCorrect: whether the answer it belongs to is right.
    package init(confidences: [Double], isCorrect: [Bool], bins count: Int = 15) {
        precondition(confidences.count == isCorrect.count, "\(confidences.count) confidences, \(isCorrect.count) answers")
        let edges = (0...count).map { Double($0) / Double(count) }
        var images = [Int](repeating: 0, count: count)
        var confidence = [Double](repeating: 0, count: count)
        var right = [Int](repeating: 0, count: count)
        for (value, correct) in zip(confidences, isCorrect) {
            let bin = edges.partitionPoint { $0 < value } - 1
            // Only a confidence of exactly 0 lies in no bin.
            guard bin >= 0 else { continue }
            images[min(bin, count - 1)] += 1
            confidence[min(bin, count - 1)] += value
            right[min(bin, count - 1)] += correct ? 1 : 0
        }
        var error = 0.0
        var bins: [Bin] = []
        for index in 0..<count {
            let size = Double(max(1, images[index]))
            let bin = Bin(
                low: edges[index], high: edges[index + 1], count: images[index], confidence: confidence[index] / size,
                accuracy: Double(right[index]) / size)
            error += Double(bin.count) / Double(max(1, confidences.count)) * abs(bin.confidence - bin.accuracy)
            bins.append(bin)
        }
        self.init(bins: bins, expectedCalibrationError: error)
    }
}
