extension ArchitectureDescription.Field {
    /// Whether the field holds one number for every stage; the others hold one.
    package var isPerStage: Bool {
        switch self {
        case .widths, .blocks, .strides: true
        case .stem, .expansion, .last, .growth, .bottleneck, .compression, .layers, .base, .step, .scales: false
        }
    }
}

/// Every field is a key of its own: `{"family":"vgg","widths":[8,16],"blocks":[1,2],"head":"pool2","headDropout":0.5}`.
extension ArchitectureDescription: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }

        init(_ field: Field) { stringValue = field.rawValue }

        static let family = Key(stringValue: "family")
        static let exits = Key(stringValue: "exits")
        static let head = Key(stringValue: "head")
        static let headDropout = Key(stringValue: "headDropout")
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        var fields: [Field: [Int]] = [:]
        for field in Field.allCases where container.contains(Key(field)) {
            fields[field] =
                field.isPerStage
                ? try container.decode([Int].self, forKey: Key(field)) : [try container.decode(Int.self, forKey: Key(field))]
        }
        self.init(
            family: try container.decode(Family.self, forKey: .family), fields: fields,
            exits: try container.decodeIfPresent([Int].self, forKey: .exits) ?? [],
            head: try container.decode(Head.self, forKey: .head),
            headDropout: try container.decode(Double.self, forKey: .headDropout))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(family, forKey: .family)
        for (field, numbers) in fields {
            if field.isPerStage {
                try container.encode(numbers, forKey: Key(field))
            } else if let number = numbers.first {
                try container.encode(number, forKey: Key(field))
            }
        }
        if !exits.isEmpty { try container.encode(exits, forKey: .exits) }
        try container.encode(head, forKey: .head)
        try container.encode(headDropout, forKey: .headDropout)
    }
}
