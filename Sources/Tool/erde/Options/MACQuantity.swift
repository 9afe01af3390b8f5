import ArgumentParser
import Artifacts
import Diagnostics

/// A number of MACs as people write it: `20M`, `1.5G`, `500k`, `12400000`, or `10%` of a reference.
struct MACQuantity: ExpressibleByArgument, Sendable {
    private enum Amount {
        case absolute(Double)
        case share(Double)
    }

    private let amount: Amount
    private let text: String

    init?(argument: String) {
        guard let last = argument.last else { return nil }
        let factors: [Character: Double] = ["k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "G": 1e9, "g": 1e9, "T": 1e12]
        let number = last == "%" || factors[last] != nil ? String(argument.dropLast()) : argument
        guard let value = Double(number), value > 0, value.isFinite else { return nil }
        amount = last == "%" ? .share(value / 100) : .absolute(value * (factors[last] ?? 1))
        text = argument
    }

    init(macs: Double) {
        amount = .absolute(macs)
        text = macsText(macs)
    }

    /// MACs, with shares taken of `reference`.
    ///
    /// - Throws: `ErdeError` of kind `usage` for a share where there is nothing to take it of.
    func macs(of reference: Int?) throws(ErdeError) -> Double {
        switch amount {
        case .absolute(let macs): return macs
        case .share(let share):
            guard let reference else {
                throw ErdeError(.usage, text, "there is nothing to take a share of", remedy: "write MACs, for example 20M")
            }
            return share * Double(reference)
        }
    }

    /// The share of a reference, 0…1 and above; nil for a number of MACs.
    var share: Double? {
        switch amount {
        case .absolute: nil
        case .share(let share): share
        }
    }

    /// The same number in millions, where so few were written without a unit that no network costs them; nil elsewhere.
    var inMillions: String? {
        guard case .absolute(let macs) = amount, macs < 1000, text.last?.isNumber == true else { return nil }
        return "\(text)M"
    }

    static let help = "for example 20M, 1.5G, 500k or 10% of what the whole network costs"
}

/// Several amounts separated by commas: `5M,10M,20M`.
struct MACQuantities: ExpressibleByArgument, Sendable {
    let quantities: [MACQuantity]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { MACQuantity(argument: String($0)) }
        guard !parts.isEmpty, parts.allSatisfy({ $0 != nil }) else { return nil }
        quantities = parts.compactMap { $0 }
    }

    func macs(of reference: Int?) throws(ErdeError) -> [Double] {
        var values: [Double] = []
        for quantity in quantities { values.append(try quantity.macs(of: reference)) }
        return values
    }
}
