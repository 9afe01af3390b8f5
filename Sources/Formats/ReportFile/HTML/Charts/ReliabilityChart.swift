import Artifacts

/// Accuracy over confidence of one exit: bars as the network says it, dots after temperature scaling, how many below.
struct ReliabilityChart {
    let exit: ExitCalibration

    var markup: Markup {
        let left = 40.0
        let side = 200.0
        let top = 10.0
        let bottom = top + side
        let images = max(1, exit.reliability.bins.reduce(0) { $0 + $1.count })
        let most = exit.reliability.bins.map(\.count).max() ?? 1
        func x(_ value: Double) -> Double { left + value * side }
        func y(_ value: Double) -> Double { bottom - value * side }
        let grid = [0.0, 0.5, 1].map { tick -> Markup in
            """
            <line class="grid" x1="\(left)" x2="\(left + side)" y1="\(y(tick))" y2="\(y(tick))"/>\
            <text class="tick" x="\(left - 6)" y="\(y(tick) + 4)" text-anchor="end">\(decimalText(tick, decimals: 1))</text>\
            <text class="tick" x="\(x(tick))" y="\(bottom + 58)" text-anchor="middle">\(decimalText(tick, decimals: 1))</text>
            """
        }
        let bars = exit.reliability.bins.filter { $0.count > 0 }.map { bin -> Markup in
            let share = Double(bin.count) / Double(max(1, most))
            return """
                <rect class="bar" x="\(x(bin.low) + 1)" y="\(y(bin.accuracy))" width="\((bin.high - bin.low) * side - 2)" \
                height="\(bin.accuracy * side)" rx="1.5"><title>confidence \(decimalText(bin.low, decimals: 2)) to \
                \(decimalText(bin.high, decimals: 2)): \(percentText(bin.accuracy, decimals: 1)) right, \
                \(groupedText(bin.count)) images (\(percentText(Double(bin.count) / Double(images), decimals: 1)))</title></rect>\
                <rect class="count" x="\(x(bin.low) + 1)" y="\(bottom + 8)" width="\((bin.high - bin.low) * side - 2)" \
                height="\(max(0.8, share * 32))"/>
                """
        }
        let dots = exit.scaledReliability.bins.filter { $0.count > 0 }.map { bin -> Markup in
            "<circle class=\"scaled\" cx=\"\(x(bin.confidence))\" cy=\"\(y(bin.accuracy))\" r=\"3.4\"/>"
        }
        return """
            <svg class="chart" viewBox="0 0 256 294" role="img" aria-label="Reliability of exit \(exit.exit): expected \
            calibration error \(percentText(exit.reliability.expectedCalibrationError)), \
            \(percentText(exit.scaledReliability.expectedCalibrationError)) after temperature scaling">
            \(grid)\(bars)<line class="diagonal" x1="\(left)" y1="\(bottom)" x2="\(left + side)" y2="\(top)"/>\(dots)
            <text class="label" x="\(left + side / 2)" y="\(bottom + 78)" text-anchor="middle">confidence →</text>
            <text class="label" x="\(left + 6)" y="\(top + 12)">↑ accuracy</text></svg>
            """
    }
}
