package import Artifacts
package import Diagnostics
import Glibc
import Images

/// Tells what arrives in a folder and in all folders under it, through inotify.
package final class FolderWatch {
    package enum Event: Sendable {
        /// A file was closed by its writer, or moved here: it is whole as far as can be told.
        case complete(FileName)
        /// A file is there that somebody may still write.
        case appeared(FileName)
        /// A folder is there, with whatever is in it already.
        case folder(FileName)
        /// So much happened that some of it was not told.
        case overflow
        /// A folder that cannot be watched.
        case failure(FileName, ErdeError)
        /// The watched folder itself is gone; that may be told twice.
        case gone
    }

    private static let interest = UInt32(
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

    private let root: FileName
    private let descriptor: Int32
    private var folders: [Int32: FileName] = [:]
    private var rootWatch: Int32 = -1
    /// What is to be told next.
    private var pending: [Event] = []

    /// Watches a folder and those in it from now on.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when there is no such folder, `unavailable` when the system refuses.
    package init(_ root: FileName) throws(ErdeError) {
        self.root = root
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        if descriptor < 0 { throw FolderWatch.failure(root) }
        if let error = add(root, isRoot: true) { throw error }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// What happened since the last call.
    ///
    /// - Parameter milliseconds: how long to wait while nothing happens.
    package func events(waiting milliseconds: Int32) -> [Event] {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&request, 1, pending.isEmpty ? milliseconds : 0) > 0 { readEvents() }
        defer { pending = [] }
        return pending
    }

    private func readEvents() {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
            let count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
            var place = 0
            while place + MemoryLayout<inotify_event>.size <= count {
                let header = buffer.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
                let start = place + MemoryLayout<inotify_event>.size
                let name = buffer[start..<start + Int(header.len)].prefix { $0 != 0 }
                note(header, Array(name))
                place = start + Int(header.len)
            }
        }
    }

    private func note(_ header: inotify_event, _ name: [UInt8]) {
        func has(_ flag: Int32) -> Bool { header.mask & UInt32(bitPattern: flag) != 0 }
        if has(IN_Q_OVERFLOW) {
            watchAgain()
            return pending.append(.overflow)
        }
        if has(IN_IGNORED) || has(IN_DELETE_SELF) || has(IN_MOVE_SELF) {
            if has(IN_IGNORED) { folders[header.wd] = nil }
            // Of what is unmounted, nothing else is told.
            if header.wd == rootWatch { pending.append(.gone) }
            return
        }
        guard let folder = folders[header.wd], !name.isEmpty, name[0] != UInt8(ascii: ".") else { return }
        let path = FileName(name, in: folder)
        if has(IN_ISDIR) {
            if has(IN_MOVED_FROM) {
                forget(path)
            } else if has(IN_CREATE) || has(IN_MOVED_TO) {
                add(path)
                pending.append(.folder(path))
            }
        } else if has(IN_CLOSE_WRITE) || has(IN_MOVED_TO) {
            pending.append(.complete(path))
        } else if has(IN_CREATE) {
            pending.append(.appeared(path))
        }
    }

    /// Watches a folder and those in it; a folder is watched before it is looked into, so that nothing is missed.
    ///
    /// - Returns: why the root cannot be watched. Of folders in it that is noted, and the others are watched.
    @discardableResult
    private func add(_ folder: FileName, isRoot: Bool = false) -> ErdeError? {
        let watch = folder.withCString { inotify_add_watch(descriptor, $0, FolderWatch.interest) }
        if watch < 0 {
            // A folder that came and went is no failure.
            if !isRoot && errno == ENOENT { return nil }
            let error = FolderWatch.failure(folder)
            if !isRoot { pending.append(.failure(folder, error)) }
            return error
        }
        // The system knows folders by identity: one that several links lead to is watched once, by the name found first.
        if folders[watch] != nil { return nil }
        folders[watch] = folder
        if isRoot { rootWatch = watch }
        guard let names = try? FolderNames(of: folder) else { return nil }
        for index in 0..<names.count where names[index].kind == .folder {
            add(FileName(names[index].name, in: folder))
        }
        return nil
    }

    /// Goes through all folders again, after something was missed: new ones are watched, and those that are gone are not.
    private func watchAgain() {
        let known = folders
        folders = [:]
        add(root, isRoot: true)
        for watch in known.keys where folders[watch] == nil { inotify_rm_watch(descriptor, watch) }
    }

    /// Ends the watch of a folder that was moved away, and of those in it.
    private func forget(_ folder: FileName) {
        for (watch, path) in folders where path == folder || path.bytes.starts(with: Array(folder.bytes) + [UInt8(ascii: "/")]) {
            inotify_rm_watch(descriptor, watch)
            folders[watch] = nil
        }
    }

    private static func failure(_ folder: FileName) -> ErdeError {
        let code = errno
        let isMissing = code == ENOENT || code == ENOTDIR || code == EACCES
        return ErdeError(
            isMissing ? .notFound : .unavailable, folder.readable, "cannot be watched: \(String(cString: strerror(code)))",
            remedy: code == ENOSPC ? "raise fs.inotify.max_user_watches" : "name a folder that you may read")
    }
}
