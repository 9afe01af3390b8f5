/// Turns every plane of a kernel `[O, C, h, w]` by 180° and exchanges its channels: the result is `[C, O, h, w]`.
func turnKernel(
    _ source: UnsafePointer<Float>, _ extents: [Int], into target: UnsafeMutablePointer<Float>
) {
    let (outputs, inputs, area) = (extents[0], extents[1], extents[2] * extents[3])
    for output in 0..<outputs {
        for input in 0..<inputs {
            let from = source + (output * inputs + input) * area
            let to = target + (input * outputs + output) * area
            for place in 0..<area { to[place] = from[area - 1 - place] }
        }
    }
}
