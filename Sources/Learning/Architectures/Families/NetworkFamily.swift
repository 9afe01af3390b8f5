import Artifacts
import Diagnostics
import Graphs

/// The numbers of one network of a family.
typealias NetworkFields = [ArchitectureDescription.Field: [Int]]

/// All that is known of one family of networks. Each has a file of its own; nothing else tells families apart.
protocol NetworkFamily: Sendable {
    /// Names of some of its networks, the most usual first.
    var examples: [String] { get }
    /// What it is, in a few words.
    var summary: String { get }
    /// Its fields, in the order in which names give them.
    var rules: [FieldRule] { get }
    /// The head of the paper's own network.
    var standardHead: ArchitectureDescription.Head { get }
    /// The dropout in front of the paper's own classifier.
    var standardDropout: Double { get }

    /// The fields that a short name stands for, those that follow from them left out; nil when this is no short name of
    /// the family.
    ///
    /// - Throws: `ErdeError` of kind `usage` for a short name that almost is one.
    func fields(ofShortName name: String) throws(ErdeError) -> NetworkFields?
    /// A short name that may stand for these fields.
    func shortName(for fields: NetworkFields) -> String?
    /// What is wrong with fields that keep their rules one by one; nil when nothing is.
    func contradiction(in fields: NetworkFields) -> String?
    /// The blocks after which exits stand unless a name says otherwise, counted from 1; the last is the last block.
    func standardExits(of fields: NetworkFields) -> [Int]
    /// Adds the network's layers, and calls `NetworkBuilder.endBlock` after every block.
    func build(_ fields: NetworkFields, on image: Value, in network: inout NetworkBuilder) throws(ErdeError)
    /// Networks of this family that are no larger than the teacher, which is among them.
    ///
    /// - Parameter exits: after how many of the teacher's standard exits the students end. Some may have fewer themselves; the
    ///   caller wants those whose exits stand elsewhere, too.
    func students(of teacher: NetworkFields, exits: Int) -> [NetworkFields]
}

extension NetworkFamily {
    func fields(ofShortName name: String) throws(ErdeError) -> NetworkFields? { nil }

    func shortName(for fields: NetworkFields) -> String? { nil }

    func contradiction(in fields: NetworkFields) -> String? { nil }

    /// The same fields with those that are missing at their usual values; nil for one that has none. The numbers given keep
    /// their rules.
    func completed(_ given: NetworkFields) -> NetworkFields {
        var fields = given
        for rule in rules where fields[rule.field] == nil { fields[rule.field] = rule.standard(fields) }
        return fields
    }
}

extension ArchitectureDescription.Family {
    /// The table of families.
    var network: any NetworkFamily {
        switch self {
        case .preresnet: ResidualFamily.preResNet
        case .wrn: ResidualFamily.wide
        case .vgg: VGGFamily()
        case .mobilenetv2: MobileNetV2Family()
        case .densenet: DenseNetFamily()
        case .msdnet: MSDNetFamily()
        }
    }

    /// The families in lines for help: what they are, then names.
    package static var help: String {
        allCases.map { family in
            let (names, explicit) = (family.network.examples, family.network.examples.filter { $0.contains(":") })
            let short = names.filter { !$0.contains(":") }.joined(separator: ", ")
            return "  \(family.network.summary)\n" + ([short] + explicit).map { "      \($0)" }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// The names of some networks, one of each family.
    package static var examples: [String] { allCases.compactMap(\.network.examples.first) }
}
