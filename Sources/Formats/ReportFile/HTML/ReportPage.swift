package import Artifacts

/// The calibration report as one HTML file that needs nothing beside itself: no script, no font, no address.
package func htmlPage(of report: CalibrationReport) -> String {
    let sections: [Markup?] = [
        warningSection(report), accuracySection(report), budgetSection(report), modelSection(report),
        exitSection(report), confusionSection(report), exampleSection(report), candidateSection(report),
        glossarySection(report), provenanceSection(report),
    ]
    let page: Markup = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(report.modelName) · calibration report</title>
        <style>
        \(styleSheet)
        </style>
        </head>
        <body>
        \(pageHeader(report))
        <main>
        \(sections.compactMap { $0 })
        </main>
        <footer>Written by erde \(report.version). Thresholds were fitted on the calibration split; accuracy and MACs were \
        measured on test images that played no part in fitting.</footer>
        </body>
        </html>

        """
    return page.text
}
