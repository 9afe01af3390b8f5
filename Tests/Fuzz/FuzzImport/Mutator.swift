/// Changes files at random: the same seed gives the same changes.
struct Mutator: RandomNumberGenerator {
    private var state: UInt64
    /// Texts seen in good files: operators, names, attributes.
    private let words: [[UInt8]]

    init(seed: UInt64, words: [[UInt8]]) {
        state = seed
        self.words = words
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    private static let numbers: [UInt64] = [
        0, 1, 2, 3, 7, 9, 11, 13, 16, 17, 21, 127, 255, 65_535, 65_536, 65_537, 1 << 31, (1 << 31) - 1, 1 << 32, 1 << 40, 1 << 62,
        UInt64(Int64.max), 1 << 63, .max, .max - 1, .max - 64,
    ]

    /// A file made of a good one: mostly changed inside its structure, sometimes torn apart as bytes.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        if below(5) > 0, var tree = WireTree(bytes[...], as: .model) {
            for _ in 0...below(4) { change(&tree, depth: 0) }
            return tree.encoded
        }
        var result = bytes
        for _ in 0...below(6) where !result.isEmpty {
            let place = below(result.count)
            switch below(5) {
            case 0: result[place] = UInt8(truncatingIfNeeded: next())
            case 1: result[place] ^= 1 << UInt8(below(8))
            case 2: result.removeSubrange(place..<min(result.count, place + 1 + below(64)))
            case 3: result.insert(contentsOf: result[place..<min(result.count, place + 1 + below(64))], at: place)
            default: result.removeSubrange(place...)
            }
        }
        return result
    }

    private mutating func change(_ tree: inout WireTree, depth: Int) {
        guard !tree.fields.isEmpty else { return }
        let place = below(tree.fields.count)
        if case .message(var inner) = tree.fields[place].content, below(10) > 0 {
            change(&inner, depth: depth + 1)
            tree.fields[place].content = .message(inner)
            return
        }
        switch below(8) {
        case 0: tree.fields.remove(at: place)
        case 1: tree.fields.append(tree.fields[place])
        case 2: tree.fields.swapAt(place, below(tree.fields.count))
        case 3: tree.fields[place].number = 1 + below(20)
        default: changeContent(&tree.fields[place])
        }
    }

    private mutating func changeContent(_ field: inout WireTree.Field) {
        switch field.content {
        case .varint: field.content = .varint(Self.numbers[below(Self.numbers.count)])
        case .fixed(let payload): field.content = .fixed(payload.map { _ in UInt8(truncatingIfNeeded: next()) })
        case .message: field.content = .bytes(words.isEmpty ? [] : words[below(words.count)])
        case .bytes(var payload):
            if payload.count < 80, !words.isEmpty, below(3) > 0 {
                payload = words[below(words.count)]
            } else if !payload.isEmpty {
                let start = below(payload.count)
                if below(2) == 0 {
                    payload.removeSubrange(start...)
                } else {
                    for index in start..<min(payload.count, start + 8) { payload[index] = UInt8(truncatingIfNeeded: next()) }
                }
            }
            field.content = .bytes(payload)
        }
    }
}

extension WireTree {
    /// All short texts in a file.
    var texts: [[UInt8]] {
        fields.flatMap { (field: Field) -> [[UInt8]] in
            switch field.content {
            case .message(let message): message.texts
            case .bytes(let payload) where payload.count < 80: [payload]
            case .bytes, .varint, .fixed: []
            }
        }
    }
}
