import ArgumentParser
import Artifacts
import CPUEngine
import Diagnostics
import Images
import Synchronization

/// `erde bench decode FOLDER`
struct BenchDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Images per second of reading, decoding and resizing a folder of images.",
        discussion: """
            Every file is read, decoded and brought to the working size; the first pass over the folder is not counted.

              erde bench decode photos/ --size 32 --channels 3 --json
            """)

    @Argument(help: "A folder of PNG and JPEG files, searched recursively.")
    var folder: String

    @Option(help: "Working height and width; without it images are decoded at their own size.")
    var size: Int?

    @Option(help: "Working channels, 1 or 3. (default: \(defaultChannels))")
    var channels: Int?

    @Option(help: "Passes over the folder that are counted.")
    var rounds = 3

    @OptionGroup var common: CommonOptions
    @Flag(help: "Use one processor only.")
    var singleThread = false

    private static let defaultChannels = 3

    func validate() throws {
        if rounds < 1 || (size ?? 1) < 1 || ![1, 3].contains(channels ?? Self.defaultChannels) {
            throw ValidationError("--size and --rounds take positive numbers, --channels 1 or 3")
        }
        if channels != nil && size == nil {
            throw ValidationError("--channels goes with --size; without it images are decoded as they are")
        }
    }

    func run() throws {
        common.apply()
        let files = try ImageFileFinder.find(in: [folder])
        guard !files.isEmpty else {
            throw ErdeError(.notFound, folder, "holds no PNG or JPEG image", remedy: "name a folder with images")
        }
        var seconds: [Double] = []
        for round in 0...rounds {
            let start = ContinuousClock.now
            let failure = pass(over: files)
            if let failure { throw failure }
            if round > 0 { seconds.append((ContinuousClock.now - start).seconds) }
        }
        let result = SpeedResult(
            work: "decode \(folder)", images: files.count, seconds: seconds.sorted(),
            threads: singleThread ? 1 : CPUEngine.processors)
        Console.standard.result(common.json ? try JSONText.text(result) : result.text)
    }

    /// Decodes all files once; the first failure, nil when there was none.
    private func pass(over files: [String]) -> ErdeError? {
        let format = size.map { ImageFormat(channels: channels ?? Self.defaultChannels, height: $0, width: $0) }
        let failure = Mutex<ErdeError?>(nil)
        @Sendable func decode(_ decoder: inout ImageDecoder, _ index: Int) {
            do throws(ImageFault) {
                if let format {
                    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: format.byteCount, alignment: 64)
                    defer { target.deallocate() }
                    try decoder.decodeFile(files[index], as: format, into: target)
                } else {
                    _ = try decoder.decodeFile(files[index])
                }
            } catch {
                failure.withLock { $0 = $0 ?? error.error }
            }
        }
        if singleThread {
            var decoder = ImageDecoder()
            for index in files.indices { decode(&decoder, index) }
        } else {
            ParallelImages.forEach(count: files.count, limits: ImageLimits(), decode)
        }
        return failure.withLock { $0 }
    }
}
