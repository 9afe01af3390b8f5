extension String {
    /// The name as a C90 identifier: what cannot stand there becomes an underscore.
    var identifier: String {
        if isC90Identifier && utf8.count <= 120 { return self }
        var bytes: [UInt8] = []
        for byte in utf8.prefix(120) {
            let isLetter = 65...90 ~= byte || 97...122 ~= byte
            let isDigit = 48...57 ~= byte
            if isLetter || isDigit {
                bytes.append(byte)
            } else if let last = bytes.last, last != 95 {
                bytes.append(95)
            }
        }
        while bytes.last == 95 { bytes.removeLast() }
        if bytes.isEmpty { return "value" }
        return (48...57 ~= bytes[0] ? "v" : "") + String(decoding: bytes, as: UTF8.self)
    }
}
