import Artifacts
import Images
import Testing

@Suite struct ResamplerTests {
    private func resample(_ pixels: [UInt8], width: Int, height: Int, channels: Int, to format: ImageFormat) -> [UInt8] {
        var resampler = Resampler()
        var planes = [UInt8](repeating: 77, count: channels * format.height * format.width)
        planes.withUnsafeMutableBufferPointer { target in
            pixels.withUnsafeBufferPointer { source in
                resampler.resample(
                    source.baseAddress!, width: width, height: height, channels: channels, to: format,
                    into: target.baseAddress!)
            }
        }
        return planes
    }

    @Test func resultsAreThoseOfPillow() throws {
        let cases = try ImageGoldens.load().resampling
        #expect(cases.count == 24)
        for golden in cases {
            let format = ImageFormat(
                channels: golden.channels, height: golden.targetHeight, width: golden.targetWidth,
                resizing: try #require(ImageFormat.Resizing(rawValue: golden.resizing)))
            let planes = resample(
                unhex(golden.pixels), width: golden.width, height: golden.height, channels: golden.channels, to: format)
            #expect(
                largestDifference(planes, unhex(golden.planes)) <= 1,
                "\(golden.width)x\(golden.height) \(golden.resizing) to \(golden.targetWidth)x\(golden.targetHeight)")
        }
    }

    @Test func aResamplerCanBeUsedForImagesOfChangingSizes() throws {
        let cases = try ImageGoldens.load().resampling
        var resampler = Resampler()
        for golden in cases + cases.reversed() {
            let format = ImageFormat(
                channels: golden.channels, height: golden.targetHeight, width: golden.targetWidth,
                resizing: try #require(ImageFormat.Resizing(rawValue: golden.resizing)))
            var planes = [UInt8](repeating: 0, count: format.byteCount)
            planes.withUnsafeMutableBufferPointer { target in
                unhex(golden.pixels).withUnsafeBufferPointer { source in
                    resampler.resample(
                        source.baseAddress!, width: golden.width, height: golden.height, channels: golden.channels,
                        to: format, into: target.baseAddress!)
                }
            }
            #expect(largestDifference(planes, unhex(golden.planes)) <= 1)
        }
    }

    @Test func aConstantImageStaysConstant() {
        for resizing in ImageFormat.Resizing.allCases {
            let format = ImageFormat(channels: 1, height: 13, width: 7, resizing: resizing)
            let planes = resample([UInt8](repeating: 255, count: 127 * 3), width: 127, height: 3, channels: 1, to: format)
            #expect(planes == [UInt8](repeating: 255, count: 91))
        }
    }

    @Test func anImageOfTheRightSizeIsOnlySeparated() {
        let format = ImageFormat(channels: 3, height: 1, width: 2, resizing: .centerCrop)
        #expect(resample([1, 2, 3, 4, 5, 6], width: 2, height: 1, channels: 3, to: format) == [1, 4, 2, 5, 3, 6])
    }

    @Test func centerCropKeepsTheMiddle() {
        let format = ImageFormat(channels: 1, height: 2, width: 2, resizing: .centerCrop)
        let pixels: [UInt8] = [10, 20, 30, 40, 50, 60, 70, 80]
        #expect(resample(pixels, width: 4, height: 2, channels: 1, to: format) == [20, 30, 60, 70])
    }
}
