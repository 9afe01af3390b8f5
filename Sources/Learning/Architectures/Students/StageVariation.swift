import Artifacts

/// Smaller networks of the same stages: fewer channels and fewer blocks.
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

    /// Widths scaled together, and others of which all stages but the first keep half as much again or twice as much: an early
    /// answer stays cheap there, and a late one has channels. Rounded to multiples of 8, or of 1 where the first is below 16;
    /// none is wider than the given ones, which are the last.
    static func widths(_ widths: [Int]) -> [[Int]] {
        let widest = widths[0]
        let step = widest >= 16 ? 8 : 1
        func scaled(_ width: Int, to share: Double) -> Int {
            min(width, max(step, Int((Double(width) * share / Double(step)).rounded()) * step))
        }
        let all = stride(from: step, to: widest, by: step).flatMap { first in
            [1, 1.5, 2].map { growth in
                let share = Double(first) / Double(widest)
                return [first] + widths.dropFirst().map { scaled($0, to: share * growth) }
            }
        }
        return all + [widths]
    }
}
