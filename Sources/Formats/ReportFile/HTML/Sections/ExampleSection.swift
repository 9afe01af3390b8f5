import Artifacts

/// Images that leave early and images that nobody lets go.
func exampleSection(_ report: CalibrationReport) -> Markup? {
    guard !report.examples.isEmpty else { return nil }
    let groups = ExitExample.Kind.allCases.compactMap { kind -> Markup? in
        let examples = report.examples.filter { $0.kind == kind }
        guard !examples.isEmpty else { return nil }
        let title: String
        switch kind {
        case .early: title = "The surest: they leave at exit 1"
        case .late: title = "The least sure: they go to the last exit"
        }
        return """
            <div><h3>\(title)</h3><ul class="images">\(examples.map { tile($0, report) })</ul></div>

            """
    }
    return """
        <section><h2>Easy and hard images</h2>
        <p class="soft">From the test split, at \(report.shownName). H is the score at the first exit; small means sure.</p>
        <div class="columns">\(groups)</div></section>

        """
}

private func tile(_ example: ExitExample, _ report: CalibrationReport) -> Markup {
    let label = report.classNames[example.label]
    let answer = report.classNames[example.answer]
    let image = example.pngBase64.map {
        "<img alt=\"test image \(example.index), \(label)\" src=\"data:image/png;base64,\($0)\">" as Markup
    }
    let verdict: Markup =
        example.label == example.answer
        ? "<span class=\"right\">✓ \(answer)</span>" : "<span class=\"wrong\">✗ \(answer)</span>, is \(label)"
    return
        "<li>\(image)\(verdict)<br><span class=\"soft\">no. \(example.index), H \(decimalText(example.firstScore, decimals: 2))</span></li>"
}
