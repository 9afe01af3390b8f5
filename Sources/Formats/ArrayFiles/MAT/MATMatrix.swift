import Diagnostics

/// The content of a matrix element: flags, extents, name and the numbers, each an element of its own.
enum MATMatrix {
    private static let complexFlag: UInt64 = 0x0800
    /// Classes of arrays that are full and numeric: double, single and the integers.
    private static let numericClasses: ClosedRange<UInt64> = 6...15

    /// The variable's name alone.
    static func name(_ bytes: ArraySlice<UInt8>, like outer: ByteReader) throws(ErdeError) -> String {
        var reader = ByteReader(bytes, name: outer.name, isBigEndian: outer.isBigEndian)
        return try header(&reader).name
    }

    /// - Throws: `ErdeError` of kind `badData` also when it holds something other than real numbers.
    static func read(_ bytes: ArraySlice<UInt8>, like outer: ByteReader) throws(ErdeError) -> (name: String, array: NumericArray)
    {
        var reader = ByteReader(bytes, name: outer.name, isBigEndian: outer.isBigEndian)
        let header = try header(&reader)
        guard numericClasses.contains(header.flags & 0xFF), header.flags & complexFlag == 0 else {
            throw ErdeError(
                .badData, outer.name, "\(header.name) is not an array of real numbers", remedy: "check that it is the right file")
        }
        let numbers = try MATElement(from: &reader, isTopLevel: false)
        guard let element = numbers.type.number else { throw MATFile.damaged(outer.name, "\(header.name) has no numbers") }
        let array = try NumericArray(
            extents: header.extents, element: element, order: .columns, isBigEndian: outer.isBigEndian, bytes: numbers.bytes,
            name: "\(outer.name), \(header.name)")
        return (header.name, array)
    }

    private static func header(
        _ reader: inout ByteReader
    ) throws(ErdeError) -> (flags: UInt64, extents: [Int], name: String) {
        let flags = try MATElement(from: &reader, isTopLevel: false)
        guard flags.type == .uint32, flags.bytes.count == 8 else { throw MATFile.damaged(reader.name, "no array flags") }
        var flagReader = ByteReader(flags.bytes, name: reader.name, isBigEndian: reader.isBigEndian)
        let flagWord = try flagReader.number(4)
        let sizes = try MATElement(from: &reader, isTopLevel: false)
        guard sizes.type == .int32, sizes.bytes.count % 4 == 0, (2...8).contains(sizes.bytes.count / 4) else {
            throw MATFile.damaged(reader.name, "no extents")
        }
        var sizeReader = ByteReader(sizes.bytes, name: reader.name, isBigEndian: reader.isBigEndian)
        var extents: [Int] = []
        while sizeReader.remaining > 0 { extents.append(try sizeReader.signed32()) }
        let name = try MATElement(from: &reader, isTopLevel: false)
        guard name.type == .int8, name.bytes.count < 128 else { throw MATFile.damaged(reader.name, "no name") }
        return (flagWord, extents, String(decoding: name.bytes, as: UTF8.self))
    }
}
