import Artifacts

/// The findings of a dataset check as lines for the terminal.
enum FindingsSummary {
    /// A line for each kind: how many, and the first.
    static func lines(_ findings: DatasetFindings) -> [String] {
        findings.findings.map { finding in
            let first = finding.examples.first.map(text) ?? ""
            return "  \(finding.kind.title): \(groupedText(finding.count)), as \(first)"
        }
    }

    /// Each kind with its meaning and all examples.
    static func details(_ findings: DatasetFindings) -> [String] {
        findings.findings.flatMap { finding in
            let rest = finding.count - finding.examples.count
            return ["", "\(finding.kind.title): \(groupedText(finding.count))", "  \(finding.kind.meaning)"]
                + finding.examples.map { "  - \(text($0))" } + (rest > 0 ? ["  … and \(groupedText(rest)) more"] : [])
        }
    }

    /// `train/a/1.png = test/a/7.png`, or `a/1.png (12 x 4000)`.
    private static func text(_ example: DatasetFindings.Example) -> String {
        let names = example.images.map { image in
            image.split.map { "\(image.name) (\($0.rawValue), \(image.className ?? ""))" } ?? image.name
        }.joined(separator: " = ")
        guard let note = example.note else { return names }
        return names.isEmpty ? note : "\(names): \(note)"
    }
}
