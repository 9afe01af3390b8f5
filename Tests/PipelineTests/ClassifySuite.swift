import Foundation

/// What suites about `erde classify` share: the student, sound images, folders of their own.
protocol ClassifySuite {}

extension ClassifySuite {
    var program: Program { Workshop.program }

    /// A folder of 60 images.
    var images: String { "\(Program.samples)/test/dress" }

    func classify(_ arguments: [String], input: [UInt8] = []) throws -> Program.Outcome {
        _ = Workshop.made
        return try program.run(["classify", "small/student.pb", "--threads", "1"] + arguments, input: input)
    }

    func folder(_ name: String) throws -> String {
        let path = "\(program.folder)/\(name)"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Sound images of the samples, by path.
    func samples(_ count: Int) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: "\(Program.samples)/test")
        let images = names.filter { $0.hasSuffix(".png") || $0.hasSuffix(".jpg") }.sorted().prefix(count)
        return images.map { "\(Program.samples)/test/\($0)" }
    }
}
