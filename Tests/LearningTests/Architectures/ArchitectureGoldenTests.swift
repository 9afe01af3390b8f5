import Architectures
import Artifacts
import Graphs
import TestSupport
import Testing

/// `Tests/Goldens/architectures.json`: multiply-adds and parameters counted by PyTorch hooks on torchvision's networks, and
/// on some written from their papers.
@Suite struct ArchitectureGoldenTests {
    struct Goldens: Decodable {
        let cases: [Golden]
    }

    struct Golden: Decodable {
        let name: String
        /// Channels, height, width.
        let image: [Int]
        let classes: Int
        let cumulativeMACs: [Int]
        let parameterCount: Int
    }

    @Test func countsEqualPyTorchs() throws {
        let goldens = try GoldenFolder.decode(Goldens.self, from: "architectures.json").cases
        #expect(goldens.count == 21)
        for golden in goldens {
            let image = ImageFormat(channels: golden.image[0], height: golden.image[1], width: golden.image[2])
            let cost = try ArchitectureDescription(parsing: golden.name).cost(image: image, classes: golden.classes)
            #expect(cost.cumulativeMACs == golden.cumulativeMACs, "\(golden.name)")
            #expect(cost.parameterCount == golden.parameterCount, "\(golden.name)")
        }
    }

    /// What papers and their authors publish, to the digits they give.
    @Test(arguments: [
        ("densenet-100-12:exits=1", 0.8e6, 0.05e6), ("wrn-28-10:exits=1:head=global", 36.5e6, 0.05e6),
        ("wrn-16-4:exits=1:head=global", 2.7e6, 0.05e6), ("preresnet-20:exits=1:head=global", 0.27e6, 0.005e6),
    ]) func parametersEqualThePapers(_ name: String, _ published: Double, _ rounding: Double) throws {
        let image = ImageFormat(channels: 3, height: 32, width: 32)
        let count = try ArchitectureDescription(parsing: name).cost(image: image, classes: 10).parameterCount
        #expect(abs(Double(count) - published) <= rounding, "\(count)")
    }
}
