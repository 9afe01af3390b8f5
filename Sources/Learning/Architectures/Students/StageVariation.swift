import Artifacts

/// Smaller networks of the same stages: widths scaled together, and fewer blocks.
enum StageVariation {
    /// Every combination of `widths` and `blocks`, of the first `stages` stages of the teacher.
    static func networks(of teacher: NetworkFields, stages: Int) -> [NetworkFields] {
        widths(teacher.list(.widths)).flatMap { widths in
            blocks(teacher.list(.blocks), stages: stages).map { blocks in
                [.widths: Array(widths.prefix(stages)), .blocks: blocks]
            }
        }
    }

    /// Blocks of the first `stages` stages: `a` in the first and `b ≥ a` in the others, no stage deeper than the one given,
    /// which are the last; of deep stages only about eight depths.
    static func blocks(_ blocks: [Int], stages: Int) -> [[Int]] {
        let deepest = blocks.prefix(stages).max() ?? 1
        let step = max(1, deepest / 8)
        let depths = Set(stride(from: deepest, to: 0, by: -step)).union([blocks[0]]).sorted()
        return depths.filter { $0 <= blocks[0] }.flatMap { shallow in
            depths.filter { $0 >= shallow }.map { deep in
                (0..<stages).map { $0 == 0 ? shallow : min(deep, blocks[$0]) }
            }
        }
    }

    /// Widths scaled together, rounded to multiples of 8, or of 1 where the first is below 16; the given ones are the last.
    static func widths(_ widths: [Int]) -> [[Int]] {
        let widest = widths[0]
        let step = widest >= 16 ? 8 : 1
        var all = stride(from: step, to: widest, by: step).map { first in
            widths.map { width in
                max(step, Int((Double(width) * Double(first) / Double(widest) / Double(step)).rounded()) * step)
            }
        }
        all.append(widths)
        return all
    }
}
