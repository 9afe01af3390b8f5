/// A word of a command that is suggested, as a shell takes it: in quotes where a shell would read something else.
package func shellWord(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", ",", "/", ":", "=", "@", "%", "+": true
        default: scalar.properties.isAlphabetic
        }
    }
    if isPlain && !word.isEmpty { return word }
    // Between single quotes only their own end means something.
    return "'" + word.replacing("'", with: #"'\''"#) + "'"
}
