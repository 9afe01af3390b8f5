import Artifacts

/// Title and the figures that matter most, at the budget that is shown.
func pageHeader(_ report: CalibrationReport) -> Markup {
    """
    <header>
    <p class="kicker">Calibration report</p>
    <h1>\(report.modelName)</h1>
    <p class="soft">An early-exit image classifier: it looks at an image in \(report.cumulativeMACs.count) steps and answers \
    as soon as it is sure. \(groupedText(report.classNames.count)) classes, \(groupedText(report.dataset.testImages)) test images, \
    thresholds from \(groupedText(report.dataset.calibrationImages)) calibration images.</p>
    \(tiles(report))
    </header>
    """
}

private func tiles(_ report: CalibrationReport) -> Markup? {
    guard let shown = report.shown else { return nil }
    let accuracy = shown.testAccuracy
    let macs = shown.testMeanMACs
    var tiles: [Markup] = [
        """
        <li class="first"><span>Accuracy on test</span><b>\(percentText(accuracy.value))</b>\
        <span>95 % between \(percentText(accuracy.low)) and \(percentText(accuracy.high))</span></li>
        """,
        """
        <li><span>Mean MACs per image</span><b>\(shortMACs(macs.value))</b>\
        <span>budget \(shortMACs(shown.budgetMACs)), at most \(shortMACs(Double(report.cumulativeMACs.last ?? 0)))</span></li>
        """,
    ]
    if let teacher = report.models.first(where: { $0.name == "teacher" }), let full = teacher.cumulativeMACs.last {
        var note: Markup = "<span>of the teacher’s \(shortMACs(Double(full)))</span>"
        if let best = teacher.testAccuracyPerExit?.last {
            note = """
                <span>of \(shortMACs(Double(full))); accuracy \(pointsText(accuracy.value - best)) points \
                against the teacher’s \(percentText(best))</span>
                """
        }
        tiles.append(
            "<li><span>Fewer MACs than the teacher</span><b>\(timesText(Double(full) / max(1, macs.value)))</b>\(note)</li>")
    }
    if let first = shown.exitShares.first, shown.exitShares.count > 1 {
        tiles.append(
            """
            <li><span>Leave at the first exit</span><b>\(percentText(first, decimals: 1))</b>\
            <span>\(shown.accuracyPerExit[0].map { percentText($0, decimals: 1) + " of them right" } ?? "nobody leaves there")</span></li>
            """)
    }
    return "<ul class=\"tiles\">\(tiles)</ul>"
}

/// What the reader should know first.
func warningSection(_ report: CalibrationReport) -> Markup? {
    guard !report.warnings.isEmpty else { return nil }
    return """
        <section class="warnings"><h2>Before you rely on this</h2>
        <ul>\(report.warnings.map { "<li>\($0)</li>" as Markup })</ul></section>
        """
}
