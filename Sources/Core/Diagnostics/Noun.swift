/// A noun in the number that a count asks for: `image` for 1, else `images`.
package func noun(_ singular: String, for count: Int) -> String {
    if count == 1 { return singular }
    return singular + (singular.hasSuffix("s") ? "es" : "s")
}
