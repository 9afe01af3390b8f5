/// What a pickle holds, of the few things that datasets are made of.
package enum PickleValue: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case bytes(ArraySlice<UInt8>)
    case text(String)
    case list([PickleValue])
    /// Keys that are text or bytes, by text; others are left out.
    case dictionary([String: PickleValue])
    case array(NumericArray)

    /// Integers in a list or an array, or nil when it is something else.
    package var integers: [Int]? {
        switch self {
        case .array(let array): return array.integers
        case .list(let values):
            var integers: [Int] = []
            integers.reserveCapacity(values.count)
            for case .integer(let value) in values { integers.append(value) }
            return integers.count == values.count ? integers : nil
        case .none, .bool, .integer, .float, .bytes, .text, .dictionary: return nil
        }
    }

    /// A list of texts, or nil when it is something else.
    package var texts: [String]? {
        guard case .list(let values) = self else { return nil }
        let texts = values.compactMap(\.string)
        return texts.count == values.count ? texts : nil
    }

    /// Text, which Python 2 wrote as bytes.
    package var string: String? {
        switch self {
        case .text(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .none, .bool, .integer, .float, .list, .dictionary, .array: nil
        }
    }
}
