import Artifacts

/// What became bytes, what stayed in float, and what each layer would lose alone.
func quantizationSection(_ report: CalibrationReport) -> Markup? {
    guard let record = report.provenance?.quantization else { return nil }
    let kept = Dictionary(record.floatLayers.map { ($0.layer, $0.reason) }, uniquingKeysWith: { first, _ in first })
    let measured = Set(record.sensitivities.map(\.layer))
    let rows =
        record.sensitivities.map { row($0.layer, $0.divergence, kept[$0.layer]) }
        + record.floatLayers.filter { !measured.contains($0.layer) }.map { row($0.layer, nil, $0.reason) }
    // The recipe may ask for more images than there are.
    let images = min(record.recipe.images, report.dataset.trainImages ?? .max)
    func percents(_ shares: [Double]) -> String { shares.map { percentText($0) }.joined(separator: " · ") }
    return """
        <section><h2>Bytes</h2>
        <p>\(record.layerCount) layers keep their weights in 8 bits. Calibration accuracy of the exits: \
        \(percents(record.accuracyBefore)) before, \(percents(record.accuracyAfter)) after. Ranges: \
        \(record.recipe.ranges.rawValue), on \(groupedText(images)) training images.</p>
        <div class="scroll"><table><thead><tr><th scope="col">layer</th>\
        <th scope="col">divergence<small>when it alone is quantized, nats</small></th>\
        <th scope="col" class="left">kept in float because</th></tr></thead>
        <tbody>\(rows)</tbody></table></div></section>

        """
}

private func row(_ layer: String, _ divergence: Double?, _ reason: String?) -> Markup {
    """
    <tr><th scope="row"><code>\(layer)</code></th><td>\(divergence.map { decimalText($0, decimals: 6) } ?? "–")</td>\
    <td class="left wrap">\(reason ?? "")</td></tr>

    """
}
