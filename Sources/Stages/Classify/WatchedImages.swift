package import Artifacts
package import Diagnostics
import FileTrees
import Glibc
import Images

/// Images that arrive in a folder, those that are there already first; each comes once.
///
/// A file comes when its writer closes it or moves it here, or when it has not changed for a while. One that cannot be decoded
/// and was changed a moment ago is taken for half-written, and comes again. Only names that end as an image's are looked at,
/// so that the temporary names of downloads are not.
///
/// Of each image that was taken a print of 16 bytes is kept (`AnsweredNames`), so that it comes once. Whole names are kept of
/// files that may still be written, and of those that could not be decoded and are still there as they were.
package struct WatchedImages: ImageSource {
    /// How long a file must be unchanged to be taken without its writer's word.
    private static let settling = Duration.seconds(1)

    /// The same for a file that was made in this folder and whose writer's word may still come. Where it never comes, the file
    /// was made elsewhere and linked here.
    private static let longSettling = Duration.seconds(5)

    /// The fewest names of files that could not be decoded among which those of files that are gone are looked for.
    private static let fewFailed = 64

    private let root: FileName
    private let watch: FolderWatch
    private let shouldStop: @Sendable () -> Bool
    /// Folders still to be gone through.
    private var walks: [FolderWalk]
    private var done: AnsweredNames
    private struct Growing {
        var state: FileState
        /// When it was last seen to change.
        var since: ContinuousClock.Instant
        /// How long it must not change to be taken.
        let patience: Duration
    }

    /// Files that may still be written.
    private var growing: [FileName: Growing] = [:]
    /// Files that could not be decoded as they were; one that is taken again goes from here into its item.
    private var failed: [FileName: FileState] = [:]
    /// How many of these there must be before the next look for those that are gone.
    private var enoughFailed = WatchedImages.fewFailed
    private var ready: [ImageItem] = []
    private var lastLook = ContinuousClock.now
    private var isGone = false

    /// - Parameters:
    ///   - answered: images that are passed over.
    ///   - shouldStop: whether to end; the folder going away ends the watch too, with the reason as the last item.
    /// - Throws: `ErdeError` of kind `notFound` or `unavailable` when the folder cannot be watched.
    package init(
        _ root: FileName, answered: AnsweredNames = AnsweredNames(), shouldStop: @escaping @Sendable () -> Bool
    ) throws(ErdeError) {
        self.root = root
        self.shouldStop = shouldStop
        done = answered
        watch = try FolderWatch(root)
        walks = [FolderWalk(root)]
    }

    package mutating func next(atMost count: Int) -> ImageSourceStep {
        if shouldStop() || isGone { return ready.isEmpty ? .end : .images(taken(count)) }
        for event in watch.events(waiting: 0) { note(event) }
        while ready.count < count, let step = nextOfWalks() {
            switch step {
            case .image(let path): consider(path, isWhole: false)
            case .failure(let path, let error): fail(path, error)
            }
        }
        lookAtGrowing()
        if ready.isEmpty {
            for event in watch.events(waiting: 100) { note(event) }
        }
        return ready.isEmpty ? .idle : .images(taken(count))
    }

    private mutating func taken(_ count: Int) -> [ImageItem] {
        let images = Array(ready.prefix(count))
        ready.removeFirst(images.count)
        return images
    }

    /// How many names are kept whole.
    package var keptNames: Int { growing.count + failed.count }

    package var mayTakeBack: Bool { true }

    package mutating func takesBack(_ item: ImageItem) -> Bool {
        let path = item.name
        _ = done.take(path)
        guard let state = FileState(path) else { return true }  // It is gone again.
        let isNew = (failed.updateValue(state, forKey: path) ?? item.failedAs) != state
        forgetGone()
        if isNew && state.isYounger(than: WatchedImages.settling) {
            growing[path] = Growing(state: state, since: .now, patience: WatchedImages.settling)
            return true
        }
        return false
    }

    /// Forgets files that could not be decoded and are gone, of which nobody tells. That is done when twice as many are kept as
    /// were left by the last time, so that it costs a look or two for each.
    private mutating func forgetGone() {
        guard failed.count >= enoughFailed else { return }
        failed = failed.filter { FileState($0.key) != nil }
        enoughFailed = max(WatchedImages.fewFailed, 2 * failed.count)
    }

    private mutating func nextOfWalks() -> FolderWalk.Step? {
        while !walks.isEmpty {
            if let step = walks[0].next() { return step }
            walks.removeFirst()
        }
        return nil
    }

    private mutating func note(_ event: FolderWatch.Event) {
        switch event {
        case .complete(let path): consider(path, isWhole: true)
        case .appeared(let path):
            let isLink = WatchedImages.isLink(path)
            consider(path, isWhole: false, patience: isLink ? WatchedImages.settling : WatchedImages.longSettling)
        case .folder(let path): walks.append(FolderWalk(path))
        case .overflow: walks.append(FolderWalk(root))
        case .failure(let path, let error): fail(path, error)
        case .gone:
            if isGone { return }
            isGone = true
            let error = ErdeError(
                .notFound, root.readable, "is gone, and nothing more can be seen to arrive", remedy: "watch the folder again")
            ready.append(ImageItem(name: root, content: .rest(error)))
        }
    }

    /// Takes a file now or lets it settle.
    ///
    /// - Parameters:
    ///   - isWhole: whether its writer is done with it.
    ///   - patience: how long it must not change, if that is not known.
    private mutating func consider(_ path: FileName, isWhole: Bool, patience: Duration = settling) {
        guard ImageFileFinder.hasImageName(path.last), !done.contains(path) else { return }
        guard let state = FileState(path) else {
            failed[path] = nil
            return
        }
        if failed[path] == state { return }
        let isSettled = patience == WatchedImages.settling && !state.isYounger(than: WatchedImages.settling)
        if !state.isEmpty && (isWhole || isSettled) {
            take(path)
        } else if growing[path]?.state != state {
            growing[path] = Growing(state: state, since: .now, patience: patience)
        }
    }

    /// Whether nobody will close what appeared: a link to a file that is elsewhere too.
    private static func isLink(_ path: FileName) -> Bool {
        var status = stat()
        guard path.withCString({ lstat($0, &status) }) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG || status.st_nlink > 1
    }

    private mutating func lookAtGrowing() {
        let now = ContinuousClock.now
        guard !growing.isEmpty, now - lastLook >= .milliseconds(200) else { return }
        lastLook = now
        for (path, known) in growing {
            guard let state = FileState(path) else {
                growing[path] = nil
                failed[path] = nil
                continue
            }
            if state != known.state {
                growing[path] = Growing(state: state, since: now, patience: known.patience)
            } else if now - known.since >= known.patience {
                take(path)
            }
        }
    }

    private mutating func take(_ path: FileName) {
        growing[path] = nil
        let earlier = failed.removeValue(forKey: path)
        if done.contains(path) { return }
        done.insert(path)
        ready.append(ImageItem(file: path, failedAs: earlier))
    }

    private mutating func fail(_ path: FileName, _ error: ErdeError) {
        if done.contains(path) { return }
        done.insert(path)
        ready.append(ImageItem(name: path, content: .failure(error)))
    }
}
