package import Diagnostics

/// Reads numeric arrays out of MAT files of level 5 (MATLAB 5 to 7, not 7.3), plain or compressed.
///
/// Source: MathWorks, "MAT-File Format", level 5. After a header of 128 bytes follow data elements: a type, a length and
/// as many bytes, at multiples of 8; a compressed element holds another one.
package enum MATFile {
    /// Whether a file begins as MAT files do.
    package static func isMAT(head: [UInt8]) -> Bool { head.starts(with: "MATLAB 5.0 MAT-file".utf8) || is73(head) }

    private static func is73(_ head: [UInt8]) -> Bool { head.starts(with: "MATLAB 7.3 MAT-file".utf8) }

    private static let headerBytes = 128
    /// Bytes that hold the name of an array, and more.
    private static let nameBytes = 256

    /// The arrays of the given names; other variables are passed over.
    ///
    /// - Parameters:
    ///   - limit: most bytes of one array.
    ///   - name: what errors call the file.
    /// - Throws: `ErdeError` of kind `badData` when the file is damaged, lacks one of the names or has something other than
    ///   real numbers there.
    package static func arrays(
        _ names: [String], in file: [UInt8], limit: Int, name: String
    ) throws(ErdeError) -> [NumericArray] {
        if is73(file) {
            throw ErdeError(
                .badData, name, "a MAT file of version 7.3, which is HDF5", remedy: "save it with version 7 (save -v7)")
        }
        guard isMAT(head: file), file.count >= headerBytes else {
            throw ErdeError(.badData, name, "expected a MAT file of level 5", remedy: "get the file again")
        }
        var reader = ByteReader(file[...], name: name, isBigEndian: file[126] == 0x4D)
        _ = try reader.take(headerBytes)
        var found: [String: NumericArray] = [:]
        while reader.remaining >= 8 && found.count < names.count {
            let element = try MATElement(from: &reader, isTopLevel: true)
            switch element.type {
            case .compressed:
                let start = Inflation.prefix(Array(element.bytes.prefix(4096)), count: nameBytes)
                guard let variable = try? variableName(start, like: reader), names.contains(variable) else { continue }
                let bytes = try inflate(element.bytes, limit: limit, name: name)
                var inner = ByteReader(bytes[...], name: name, isBigEndian: reader.isBigEndian)
                let matrix = try MATElement(from: &inner, isTopLevel: true)
                guard matrix.type == .matrix else { throw damaged(name, "a compressed element holds no array") }
                found[variable] = try MATMatrix.read(matrix.bytes, like: inner).array
            case .matrix:
                let variable = try MATMatrix.name(element.bytes, like: reader)
                if names.contains(variable) { found[variable] = try MATMatrix.read(element.bytes, like: reader).array }
            default: continue
            }
        }
        var arrays: [NumericArray] = []
        for wanted in names {
            guard let array = found[wanted] else {
                throw ErdeError(.badData, name, "has no variable \(wanted)", remedy: "check that it is the right file")
            }
            arrays.append(array)
        }
        return arrays
    }

    private static func variableName(_ start: [UInt8], like reader: ByteReader) throws(ErdeError) -> String {
        var inner = ByteReader(start[...], name: reader.name, isBigEndian: reader.isBigEndian)
        // Tag of the matrix; its length goes beyond these first bytes.
        _ = try inner.take(8)
        return try MATMatrix.name(try inner.take(inner.remaining), like: inner)
    }

    private static func inflate(_ bytes: ArraySlice<UInt8>, limit: Int, name: String) throws(ErdeError) -> [UInt8] {
        var failure: ErdeError?
        let result = bytes.withUnsafeBytes { bytes in
            do throws(ErdeError) {
                // Deflate cannot make more of a byte than this.
                return try Inflation.inflate(bytes, limit: min(limit, 1040 * bytes.count + 1024), name: name)
            } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
        return result
    }

    static func damaged(_ name: String, _ what: String) -> ErdeError {
        ErdeError(.badData, name, "damaged MAT file: \(what)", remedy: "get the file again")
    }
}
