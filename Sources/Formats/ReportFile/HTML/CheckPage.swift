package import Artifacts

/// A dataset check as one HTML file that needs nothing beside itself, with thumbnails of the examples.
package func htmlPage(of check: DatasetCheck) -> String {
    let total = check.classes.reduce(0) { $0 + $1.counts.values.reduce(0, +) }
    let header: Markup = """
        <header><p class="kicker">Dataset check</p><h1>\(check.source)</h1>
        <ul class="tiles">
        <li class="first"><b>\(check.imageCount)</b><span>images, \(total) of them usable</span></li>
        <li><b>\(check.classes.count)</b><span>classes</span></li>
        <li><b>\(check.image.width) x \(check.image.height)</b><span>\(check.image.channels == 1 ? "grey" : "RGB"), as a dataset \
        would have them</span></li>
        <li><b>\(check.findings.findings.count)</b><span>kinds of findings</span></li>
        </ul></header>
        """
    return page(
        title: "\(check.source) · dataset check", additionalStyle: checkStyle, header: header,
        sections: [refusalSection(check), warningList(check)].compactMap { $0 }
            + check.findings.findings.map(findingSection) + [classSection(check)],
        footer: "Written by erde \(erdeVersion). No dataset was written; nothing was changed in the source."
    ).text
}

private let checkStyle: Markup = """
    .pair { display: flex; gap: 4px; } .pair img { flex: 1 1 0; min-width: 0; }
    .images.pairs { grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); }
    h2::first-letter { text-transform: uppercase; }
    """

private func refusalSection(_ check: DatasetCheck) -> Markup? {
    guard let refusal = check.refusal else { return nil }
    return "<section class=\"warnings\"><h2>No dataset can be made of this</h2><p>\(refusal)</p></section>\n"
}

private func warningList(_ check: DatasetCheck) -> Markup? {
    guard !check.warnings.isEmpty || !check.notes.isEmpty else { return nil }
    let lines = (check.warnings + check.notes).map { "<li>\($0)</li>" as Markup }
    return "<section><h2>Notes</h2><ul>\(lines)</ul></section>\n"
}

private func findingSection(_ finding: DatasetFindings.Finding) -> Markup {
    let hasPictures = finding.examples.contains { $0.images.contains { $0.pngBase64 != nil } }
    let arePairs = finding.examples.contains { $0.images.count > 1 }
    let list: Markup = hasPictures ? (arePairs ? " class=\"images pairs\"" : " class=\"images\"") : ""
    let examples = finding.examples.map { hasPictures ? tile($0) : line($0) }
    let rest = finding.count - finding.examples.count
    return """
        <section><h2>\(finding.kind.title): \(finding.count)</h2>
        <p class="soft">\(finding.kind.meaning)</p>
        <ul\(list)>\(examples)</ul>
        \(rest > 0 ? "<p class=\"note\">and \(rest) more</p>" as Markup : "")</section>

        """
}

private func line(_ example: DatasetFindings.Example) -> Markup {
    let names = example.images.map(\.name).joined(separator: " = ")
    return "<li>\(names)\(names.isEmpty || example.note == nil ? "" : ": ")\(example.note ?? "")</li>"
}

private func tile(_ example: DatasetFindings.Example) -> Markup {
    let pictures = example.images.compactMap { image in
        image.pngBase64.map { "<img alt=\"\(image.name)\" src=\"data:image/png;base64,\($0)\">" as Markup }
    }
    let lines = example.images.map { image in
        let origin = [image.split?.rawValue, image.className].compactMap { $0 }.joined(separator: ", ")
        return "<div>\(image.name)<br><span class=\"soft\">\(origin)</span></div>" as Markup
    }
    let note = example.note.map { "<span class=\"wrong\">\($0)</span>" as Markup }
    return "<li><div class=\"pair\">\(pictures)</div>\(lines)\(note)</li>"
}

private func classSection(_ check: DatasetCheck) -> Markup {
    let rows = check.classes.map { entry in
        let counts = DatasetSplit.allCases.map { "<td>\(entry.counts[$0] ?? 0)</td>" as Markup }
        return "<tr><th>\(entry.name)</th>\(counts)</tr>\n" as Markup
    }
    let headings = DatasetSplit.allCases.map { "<th>\($0.rawValue)</th>" as Markup }
    return """
        <section><h2>Classes</h2><div class="scroll"><table>
        <thead><tr><th>class</th>\(headings)</tr></thead>
        <tbody>
        \(rows)</tbody></table></div></section>

        """
}
