package import Artifacts
package import Diagnostics
import FileTrees
import Images

/// Images of a folder, for checks that need no labels.
package enum FolderImages {
    /// Decodes images, evenly spread over those in a folder and the folders in it; their labels say nothing.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - warn: called with every image that could not be had; the next one is taken instead.
    /// - Throws: `ErdeError` of kind `notFound` when there is none.
    package static func samples(
        in path: FileName, as format: ImageFormat, limit: Int, warn: (ErdeError) -> Void
    ) throws(ErdeError) -> Samples {
        var walk = FolderWalk(path)
        var names: [FileName] = []
        while let step = walk.next() {
            switch step {
            case .image(let name): names.append(name)
            case .failure(_, let error): warn(error)
            }
        }
        var decoder = ImageDecoder()
        var pixels: [UInt8] = []
        var count = 0
        let wanted = min(limit, names.count)
        var next = 0
        for turn in 0..<wanted {
            next = max(next, turn * names.count / wanted)
            while next < names.count {
                next += 1
                do throws(ImageFault) {
                    pixels += try decoder.planes(ofFile: names[next - 1], as: format)
                    count += 1
                    break
                } catch {
                    warn(error.error)
                }
            }
        }
        guard count > 0 else {
            throw ErdeError(.notFound, path.readable, "holds no PNG or JPEG image", remedy: "name a folder with images")
        }
        return Samples(image: format, labels: [Int32](repeating: 0, count: count), store: PixelStore(pixels))
    }
}
