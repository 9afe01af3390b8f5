package import Artifacts

/// The calibration report as one HTML file that needs nothing beside itself: no script, no font, no address.
package func htmlPage(of report: CalibrationReport) -> String {
    let sections: [Markup?] = [
        warningSection(report), accuracySection(report), budgetSection(report), modelSection(report),
        exitSection(report), confusionSection(report), exampleSection(report), candidateSection(report),
        quantizationSection(report), glossarySection(report), provenanceSection(report),
    ]
    return page(
        title: "\(report.modelName) · calibration report", header: pageHeader(report), sections: sections.compactMap { $0 },
        footer: """
            Written by erde \(report.version). Thresholds were fitted on the calibration split; accuracy and MACs were \
            measured on test images that played no part in fitting.
            """
    ).text
}
