import Artifacts

/// A dataset file, for programs: its description with two keys more.
struct DatasetFileDescription: Encodable {
    let description: DatasetDescription
    let findings: DatasetFindings
    let fingerprint: String

    private enum CodingKeys: CodingKey {
        case findings
        case fingerprint
    }

    func encode(to encoder: any Encoder) throws {
        try description.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(findings, forKey: .findings)
        try container.encode(fingerprint, forKey: .fingerprint)
    }
}
