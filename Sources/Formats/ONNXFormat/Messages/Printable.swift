/// A name from a file, made fit for a message of one line: short, without control characters.
func printable(_ name: String) -> String {
    if name.isEmpty { return "(without a name)" }
    let clean = String(
        String.UnicodeScalarView(name.unicodeScalars.prefix(80).map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
    return name.unicodeScalars.count > 80 ? clean + "…" : clean
}
