/// A value while a pickle is being read.
///
/// Python's lists and dictionaries are filled after they were made, and remembered under numbers meanwhile: so they are
/// objects here too. Once one is part of another it must not change any more, which keeps depth known and rules out cycles.
final class PickleNode {
    /// What the pickle may call.
    enum Function: Hashable {
        /// `numpy.core.multiarray._reconstruct`: an empty array that a state fills.
        case reconstruct
        /// `numpy.core.numeric._frombuffer`: an array of bytes at hand.
        case fromBuffer
        /// `numpy.core.multiarray.scalar`: one number.
        case scalar
        /// `numpy.dtype`
        case elementType
        /// `numpy.ndarray`, a class that is only named.
        case arrayClass
        /// `_codecs.encode`: bytes written as text.
        case encode
        /// `bytes` and `bytearray`: called without arguments for an empty one.
        case bytes
    }

    enum Content {
        case value(PickleValue)
        case list([PickleNode])
        case tuple([PickleNode])
        case dictionary([(key: PickleNode, value: PickleNode)])
        case function(Function)
        case elementType(NumericArray.Element, isBigEndian: Bool)
        /// An array without its state.
        case emptyArray
    }

    var content: Content
    /// 0 for what holds nothing else.
    var depth: Int
    /// Values that it consists of; one that is used twice counts twice, as it does when it is taken apart.
    var weight: Int
    var isPart = false

    init(_ content: Content, depth: Int = 0, weight: Int = 1) {
        self.content = content
        self.depth = depth
        self.weight = weight
    }

    /// Bytes or text as text, without taking anything apart; nil for everything else.
    var string: String? {
        if case .value(let value) = content { value.string } else { nil }
    }

    /// The numbers of a short list or tuple; nil for everything else.
    var extents: [Int]? {
        switch content {
        case .list(let nodes) where nodes.count <= 32, .tuple(let nodes) where nodes.count <= 32: value.integers
        case .value(.array(let array)) where array.extents.reduce(1, *) <= 32: array.integers
        default: nil
        }
    }

    /// The finished value; depth and weight are limited while reading.
    var value: PickleValue {
        switch content {
        case .value(let value): return value
        case .list(let nodes), .tuple(let nodes): return .list(nodes.map(\.value))
        case .dictionary(let entries):
            var dictionary: [String: PickleValue] = [:]
            for (key, value) in entries {
                if case .value(let name) = key.content, let name = name.string { dictionary[name] = value.value }
            }
            return .dictionary(dictionary)
        case .function, .elementType, .emptyArray: return .none
        }
    }
}
