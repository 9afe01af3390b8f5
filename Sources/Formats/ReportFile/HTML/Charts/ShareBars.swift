import Artifacts

/// For every budget, one bar whose pieces are the shares of images that leave at each exit.
struct ShareBars {
    let report: CalibrationReport

    var markup: Markup {
        let exits = report.cumulativeMACs.count
        let rows = report.budgets.map { budget -> Markup in
            let percents = wholePercentTexts(budget.exitShares)
            let pieces = budget.exitShares.enumerated().filter { $0.element > 0 }.map { exit, share -> Markup in
                let accuracy = budget.accuracyPerExit[exit].map { percentText($0, decimals: 1) } ?? "–"
                // Narrow pieces say their share in the tooltip and in the table only.
                let text: Markup = share >= 0.07 ? "\(percents[exit])" : ""
                return """
                    <span class="piece exit\(ExitColor.index(exit, of: exits))" style="flex-grow:\(String(share))" \
                    title="exit \(exit + 1): \(percentText(share, decimals: 1)) of the images, \(accuracy) of them right">\(text)</span>
                    """
            }
            let isShown = budget.budgetMACs == report.shown?.budgetMACs
            return """
                <div class="shareRow\(isShown ? " chosen" : "")"><div class="shareName">\(shortMACs(budget.budgetMACs))</div>\
                <div class="shareBar">\(pieces)</div><div class="shareNote">\
                \(percentText(budget.testAccuracy.value, decimals: 1)) right</div></div>

                """
        }
        let keys = (0..<exits).map { exit -> Markup in
            """
            <li><span class="key exit\(ExitColor.index(exit, of: exits))"></span>exit \(exit + 1), \
            \(shortMACs(Double(report.cumulativeMACs[exit]))) MACs</li>
            """
        }
        return "<div class=\"shares\">\(rows)</div><ul class=\"legend\">\(keys)</ul>"
    }
}

/// The place of an exit on a ramp of seven shades, light for the first, dark for the last.
enum ExitColor {
    static let shades = 7

    static func index(_ exit: Int, of exits: Int) -> Int {
        exits < 2 ? 3 : Int((Double(exit) / Double(exits - 1) * Double(shades - 1)).rounded())
    }
}
