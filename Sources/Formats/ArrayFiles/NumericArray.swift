package import Diagnostics

/// An array of numbers as a file holds it.
package struct NumericArray: Sendable {
    /// What an element is.
    package enum Element: Hashable, Sendable {
        case unsigned(bytes: Int)
        case signed(bytes: Int)
        case float(bytes: Int)

        package var byteCount: Int {
            switch self {
            case .unsigned(let bytes), .signed(let bytes), .float(let bytes): bytes
            }
        }
    }

    /// The order in which elements follow each other.
    package enum Order: Hashable, Sendable {
        /// The last extent runs fastest: C, NumPy.
        case rows
        /// The first extent runs fastest: Fortran, MATLAB.
        case columns
    }

    package let extents: [Int]
    package let element: Element
    package let order: Order
    package let isBigEndian: Bool
    /// The elements and nothing else.
    package let bytes: ArraySlice<UInt8>

    /// - Throws: `ErdeError` of kind `badData` about `name` when the bytes are not what the extents say.
    package init(
        extents: [Int], element: Element, order: Order, isBigEndian: Bool = false, bytes: ArraySlice<UInt8>, name: String
    ) throws(ErdeError) {
        var total = element.byteCount
        for extent in extents {
            let (product, overflows) = total.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflows else {
                throw ErdeError(.badData, name, "extents \(extents) cannot be right", remedy: "get the file again")
            }
            total = product
        }
        guard total == bytes.count else {
            throw ErdeError(
                .badData, name, "\(bytes.count) bytes for an array of \(extents), expected \(total)", remedy: "get the file again"
            )
        }
        self.extents = extents
        self.element = element
        self.order = order
        self.isBigEndian = isBigEndian
        self.bytes = bytes
    }

    package var count: Int { bytes.count / max(1, element.byteCount) }

    /// All elements as integers, or nil when one is none.
    package var integers: [Int]? {
        var values: [Int] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            guard let value = integer(at: index) else { return nil }
            values.append(value)
        }
        return values
    }

    private func integer(at index: Int) -> Int? {
        let start = bytes.startIndex + index * element.byteCount
        let piece = bytes[start..<start + element.byteCount]
        let bits =
            isBigEndian
            ? piece.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } : piece.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch element {
        case .unsigned: return Int(exactly: bits)
        case .signed(let bytes):
            let shift = 64 - 8 * bytes
            return Int(Int64(bitPattern: bits << UInt64(shift)) >> Int64(shift))
        case .float(4): return Int(exactly: Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float: return Int(exactly: Double(bitPattern: bits))
        }
    }
}
