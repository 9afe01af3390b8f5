/// Values that begin with a minus sign, which a parser of command lines takes for options.
enum NegativeValues {
    /// The arguments with each `--option -1` written as `--option=-1`, so that the option gets the number and can judge it.
    ///
    /// What does not begin as a negative number stays apart: an option whose value was forgotten takes no other option for it.
    /// `-0` is none, but a flag.
    static func joined(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        for (place, argument) in arguments.enumerated() {
            // What stands behind two dashes is as it is.
            if argument == "--" { return joined + arguments[place...] }
            if let option = joined.last, option.hasPrefix("--"), !option.contains("="), isNegative(argument) {
                joined[joined.count - 1] = "\(option)=\(argument)"
            } else {
                joined.append(argument)
            }
        }
        return joined
    }

    /// Whether it begins as a number below zero: `-5M`, `-0.1`, `-.5`.
    private static func isNegative(_ argument: String) -> Bool {
        guard argument.hasPrefix("-") else { return false }
        let rest = argument.dropFirst()
        return rest.hasPrefix(".") || rest.hasPrefix("0.") || rest.first.map { "1"..."9" ~= $0 } ?? false
    }
}
