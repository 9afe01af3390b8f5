import Architectures
import Artifacts
import Diagnostics
import FoundationEssentials
import Testing

@Suite struct FamilyNameTests {
    @Test(arguments: [
        "vgg16", "vgg:widths=8,16:blocks=1,2", "vgg11:exits=2,5,8:head=global:dropout=0.25", "mobilenetv2",
        "mobilenetv2x0.5", "mobilenetv2x1.4:exits=3,17", "mobilenetv2:widths=8,16,24:blocks=1,2,3:expansion=4:last=0",
        "densenet-100-12", "densenet-40-24:exits=1", "densenet:blocks=6,6,6:growth=8:bottleneck=2",
        "densenet:blocks=3,4:growth=5:stem=7", "msdnet", "msdnet:layers=8:growth=4", "msdnet:layers=9:exits=2,5,9:head=pool2",
        "preresnet-20x2:head=global", "wrn-16-4:exits=2,6",
    ]) func parseBack(_ text: String) throws {
        let description = try ArchitectureDescription(parsing: text)
        #expect(description.name == text)
        let json = try JSONEncoder().encode(description)
        #expect(try JSONDecoder().decode(ArchitectureDescription.self, from: json) == description)
    }

    @Test(arguments: TinyNetworks.names + ArchitectureDescription.Family.examples) func anyNameParsesBackToItself(
        _ text: String
    ) throws {
        let description = try ArchitectureDescription(parsing: text)
        #expect(try ArchitectureDescription(parsing: description.name) == description)
    }

    @Test func exitsStandWhereTheyAreWanted() throws {
        func exits(_ text: String) throws -> [Int] { try ArchitectureDescription(parsing: text).exitBlocks }
        #expect(try exits("preresnet-20") == [3, 6, 9])
        #expect(try exits("preresnet-20:exits=1") == [9])
        #expect(try exits("preresnet-20:exits=4") == [2, 5, 7, 9])
        #expect(try exits("preresnet-20:exits=9") == Array(1...9))
        #expect(try exits("preresnet-20:exits=1,9") == [1, 9])
        #expect(try exits("vgg16") == [2, 4, 7, 10, 13])
        #expect(try exits("mobilenetv2") == [3, 6, 13, 17])
        #expect(try exits("msdnet") == [4, 6, 8, 10, 12, 14, 16, 18, 20, 22])
        #expect(try exits("msdnet:layers=9:base=3:step=4") == [3, 7, 9])
        #expect(try ArchitectureDescription(parsing: "preresnet-20:exits=3").name == "preresnet-20")
    }

    @Test(arguments: [
        "vgg", "vgg12", "vgg16:stem=3", "vgg16:exits=0", "vgg16:exits=14", "vgg16:exits=1,5", "vgg16:exits=5,1,13",
        "vgg16:exits=0,13", "vgg16:exits=3,3,13", "vgg16:exits=", "mobilenetv2x", "mobilenetv2x0", "mobilenetv2xnan",
        "mobilenetv2:strides=1,2", "mobilenetv2:strides=1,1,2,2,1,3,1", "mobilenetv2:expansion=0",
        "mobilenetv2:expansion=1,2", "densenet-100", "densenet-100-0", "densenet-99-12", "densenet:growth=3",
        "densenet-100-12:compression=0", "msdnet:layers=4:base=5", "msdnet:scales=0", "msdnet:step=0",
        "msdnet:widths=3", "msdnet:layers=99999999999999999999", "densenet:blocks=6:growth=9223372036854775807",
        "densenet:blocks=6:growth=-9223372036854775808", "densenet-100-9223372036854775807",
        "mobilenetv2:widths=9223372036854775807", "mobilenetv2:widths=16,24,9223372036854775807",
    ]) func wrongNamesAreUsageErrors(_ text: String) {
        let error = #expect(throws: ErdeError.self) { try ArchitectureDescription(parsing: text) }
        #expect(error?.kind == .usage && error?.remedy?.isEmpty == false)
    }

    /// The usual stem is twice the first stage, but never more than a stem may be.
    @Test func widestFirstStageHasAStem() throws {
        let description = try ArchitectureDescription(parsing: "mobilenetv2:widths=4096")
        #expect(description.stem == 4096 && description[number: .last] == 16384)
        #expect(try ArchitectureDescription(parsing: "mobilenetv2:widths=2000").stem == 4000)
        let error = #expect(throws: ErdeError.self) { try ArchitectureDescription(parsing: "mobilenetv2:widths=4097") }
        #expect(error?.problem == "widths= of 4097")
    }

    /// A description in a file may hold anything; saying its name must not end the program.
    @Test(arguments: ArchitectureDescription.Family.allCases) func impossibleNumbersHaveNames(
        _ family: ArchitectureDescription.Family
    ) {
        for number in [Int.min, -1, 0, .max] {
            var fields: [ArchitectureDescription.Field: [Int]] = [:]
            for field in ArchitectureDescription.Field.allCases {
                fields[field] = [Int](repeating: number, count: field.isPerStage ? 3 : 1)
            }
            let description = ArchitectureDescription(family: family, fields: fields, head: .global, headDropout: 0)
            #expect(description.name.hasPrefix(family.rawValue))
            #expect(throws: ErdeError.self) { try description.validate(as: "file") }
        }
        let empty = ArchitectureDescription(family: family, fields: [:], head: .global, headDropout: 0)
        #expect(empty.name.hasPrefix(family.rawValue))
        #expect(throws: ErdeError.self) { try empty.validate(as: "file") }
    }

    /// The form in which models hold their architecture since the first version.
    @Test func olderDescriptionsAreRead() throws {
        let json = #"{"blocks":[1,2],"family":"preresnet","head":"global","headDropout":0.25,"stem":4,"widths":[8,16]}"#
        let description = try JSONDecoder().decode(ArchitectureDescription.self, from: Data(json.utf8))
        #expect(description.name == "preresnet:widths=8,16:blocks=1,2:stem=4:head=global:dropout=0.25")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(description), as: UTF8.self) == json)
    }
}
