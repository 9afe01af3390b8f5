package import Artifacts
import Glibc

extension TrainingRecipe {
    /// The learning rate of a step, counted from 0.
    ///
    /// * `oneCycle` (Smith and Topin, 2018, as PyTorch's OneCycleLR with cosine annealing): from peak/25 up to the peak
    ///   at step `warmupShare·steps − 1`, then down to peak/25/10,000 at the last step, both along half a cosine.
    /// * `cosine`: linearly up to the peak over `warmupShare·steps` steps, then half a cosine down towards 0, which it
    ///   would reach one step after the last.
    package func learningRate(atStep step: Int, of steps: Int) -> Double {
        precondition(0..<steps ~= step, "step \(step) of \(steps)")
        switch schedule {
        case .oneCycle:
            let initial = peakLearningRate / 25
            let top = warmupShare * Double(steps) - 1
            let place = Double(step)
            if place <= top { return annealed(from: initial, to: peakLearningRate, along: place / max(top, 1)) }
            let start = max(top, 0)
            let length = Double(steps - 1) - start
            return annealed(
                from: peakLearningRate, to: initial / 1e4, along: length > 0 ? (place - start) / length : 0)
        case .cosine:
            let warmup = Int(warmupShare * Double(steps))
            if step < warmup { return peakLearningRate * Double(step + 1) / Double(warmup) }
            return annealed(from: peakLearningRate, to: 0, along: Double(step - warmup) / Double(steps - warmup))
        }
    }

    /// Half a cosine from one number to the other; `share` runs from 0 to 1.
    private func annealed(from start: Double, to end: Double, along share: Double) -> Double {
        end + (start - end) / 2 * (1 + cos(Double.pi * share))
    }
}
