package import Graphs
import Tensors

/// Worth drawn by lot: what every other importance has to beat.
package enum RandomImportance {
    /// By coupled channel, uniform in 0..<1; another draw for every step.
    package static func draw(_ dependencies: ChannelDependencies, seed: UInt64, step: Int) -> [Double] {
        var generator = RandomGenerator(seed: seed, stream: 0x7072_756E_6500 + UInt64(step))
        return (0..<dependencies.count).map { _ in generator.uniform() }
    }
}
