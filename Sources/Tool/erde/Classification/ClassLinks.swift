import Artifacts
import Diagnostics
import Glibc

/// A folder with a folder for each class, in which symbolic links lead to the images of the class.
///
/// Making a link that is there already changes nothing, so that a run may be repeated.
struct ClassLinks {
    private let folder: FileName
    private let classFolders: [FileName]
    private var made: Set<Int> = []
    private let workingFolder: FileName

    /// - Parameter folder: one that exists.
    init(folder: String, classNames: [String]) {
        self.folder = FileName(folder)
        classFolders = classNames.map { FileName(ClassLinks.safe($0).utf8, in: FileName(folder)) }
        let current = getcwd(nil, 0)
        workingFolder = FileName(current.map { UnsafeRawBufferPointer(start: $0, count: strlen($0)) }.map(Array.init) ?? [])
        free(current)
    }

    /// A class's name as one part of a path: models are not trusted.
    static func safe(_ name: String) -> String {
        if name.isEmpty { return "%" }
        let escaped = name.replacing("%", with: "%25").replacing("/", with: "%2F").replacing("\0", with: "%00")
        return escaped.hasPrefix(".") ? "%2E" + escaped.dropFirst() : escaped
    }

    /// Links to an image from its class's folder, under its own name, or with a part of its path's hash where that is taken.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite`.
    mutating func add(_ image: FileName, label: Int) throws(ErdeError) {
        let place = classFolders[label]
        if made.insert(label).inserted {
            guard place.withCString({ mkdir($0, 0o755) }) == 0 || errno == EEXIST else { throw failure(place) }
        }
        let target = image.bytes.first == UInt8(ascii: "/") ? image : FileName(image.bytes, in: workingFolder)
        if try link(FileName(image.last, in: place), to: target) { return }
        let name = image.last
        let dot = name.lastIndex(of: UInt8(ascii: ".")) ?? name.endIndex
        let mark = SHA256.digest(of: Array(target.bytes)).hexadecimal.prefix(12)
        let marked = FileName(Array(name[..<dot]) + "~\(mark)".utf8 + name[dot...], in: place)
        guard try link(marked, to: target) else {
            throw ErdeError(.cannotWrite, marked.readable, "is there and leads elsewhere", remedy: "name another folder")
        }
    }

    /// False when something else has the name.
    private func link(_ path: FileName, to target: FileName) throws(ErdeError) -> Bool {
        let status = path.withCString { path in target.withCString { symlink($0, path) } }
        if status == 0 { return true }
        if errno != EEXIST { throw failure(path) }
        return path.linkDestination == target
    }

    private func failure(_ path: FileName) -> ErdeError {
        ErdeError(
            .cannotWrite, path.readable, "cannot be made: \(String(cString: strerror(errno)))",
            remedy: "choose a place you may write to")
    }
}
