import Artifacts
import Diagnostics
import FileTrees
import Images

/// Sources that are lists: text files with a path and a label on each line.
///
/// Fields are separated by commas, semicolons, tabs or, without these, the last blank of a line. A heading may name the
/// columns, among them one for the split. Classes are ordered by name, or as numbers when all labels are numbers.
enum ListSource {
    private static let endings = [".csv", ".tsv", ".txt", ".lst", ".list"]

    /// Whether a file that begins like this is text.
    static func isText(_ head: [UInt8]) -> Bool {
        !head.isEmpty && head.allSatisfy { $0 >= 32 && $0 != 127 || (9...13).contains($0) }
    }

    /// The files of a folder that are lists: their first row names an image that is there.
    static func files(in folder: SourceFolder) throws(ErdeError) -> [String] {
        var lists: [String] = []
        for name in folder.files where endings.contains(where: { name.lowercased().hasSuffix($0) }) {
            guard let head = folder.heads[name], isText(head) else { continue }
            // The last line of a head may be cut.
            let lines = TextLines(head).lines
            let whole = head.count < FileHead.byteCount || lines.count < 2 ? lines[...] : lines.dropLast()
            guard let row = LabelTable.firstRow(of: whole) else { continue }
            if folder.tree.hasFile(folder.join(row.path)) { lists.append(name) }
        }
        return lists
    }

    /// - Parameters:
    ///   - folder: where the lists lie and their paths begin.
    ///   - outside: the folder on disk where paths that lead out of the tree begin; nil when they may not.
    static func scan(
        _ tree: any FileTree, folder: String, files: [String], outside: String?, options: IngestOptions
    ) throws(ErdeError) -> LabelledSource {
        if files.isEmpty {
            throw ErdeError(
                .badData, tree.path(of: folder), "no list of paths and labels whose first image is there",
                remedy: "name the list itself to see what is wrong")
        }
        var rows: [(row: LabelTable.Row, split: DatasetSplit)] = []
        var warnings: [String] = []
        let lists = ofSplits(files)
        if lists.count < files.count {
            let others = files.filter { !lists.contains($0) }.joined(separator: ", ")
            warnings.append("\(others): left out, because the splits have lists of their own")
        }
        for file in lists {
            let name = ImageFileFinder.join(folder, file)
            let bytes = try tree.contents(of: name, limit: SourceFolder.textLimit)
            let table = try LabelTable(lines: TextLines(bytes).lines, name: tree.path(of: name))
            let split = SplitName.split(ofFile: file) ?? .train
            for row in table.rows { rows.append((row, row.split ?? split)) }
            if table.skippedCount > 0 { warnings.append("\(file): \(table.skippedCount) images of other splits were ignored") }
        }
        let names = try LabelNames(rows.map(\.row.label), given: options.classNames)
        var found = LabelledSource(kind: .list, classNames: names.names)
        found.warnings = warnings
        found.root = tree.path(of: folder)
        found.notes.append("images and labels: those of \(lists.joined(separator: ", "))")
        for (row, split) in rows {
            guard let label = names.label(of: row.label) else {
                found.unusable.append(
                    IngestReport.BadImage(
                        path: row.path, reason: "label \(row.label), expected 0 to \(names.labelCount - 1)", kind: .label))
                continue
            }
            guard let place = place(of: row.path, tree: tree, folder: folder, outside: outside) else {
                found.unusable.append(
                    IngestReport.BadImage(path: row.path, reason: absence(of: row.path, outside: outside), kind: .unreadable))
                continue
            }
            found.splits[split, default: []].append(SourceImage(label: label, name: row.path, content: .file(place)))
        }
        if found.splits[.train] == nil {
            let subject = tree.path(of: ImageFileFinder.join(folder, lists[0]))
            if let first = found.unusable.first {
                throw ErdeError(
                    .badData, subject, "no usable training image; \(first.path): \(first.reason)",
                    remedy: "paths begin at the folder of the list")
            }
            throw ErdeError(.badData, subject, "no training images", remedy: "list some, with train in the split column")
        }
        return found
    }

    /// Of lists that lie together, those to read: beside a list of the training images one whose name says no split most likely
    /// lists everything, and would give each image twice.
    private static func ofSplits(_ files: [String]) -> [String] {
        guard files.contains(where: { SplitName.split(ofFile: $0) == .train }) else { return files }
        return files.filter { SplitName.split(ofFile: $0) != nil }
    }

    /// Whether a path leads elsewhere than into the folder of the list.
    private static func leadsOut(_ path: String) -> Bool {
        path.hasPrefix("/") || path.split(separator: "/").contains("..")
    }

    /// Why the image of a row is not to be had.
    private static func absence(of path: String, outside: String?) -> String {
        if leadsOut(path) && outside == nil { return "leads out of the source, and is not followed" }
        return "in the list, but not there" + (path.contains("\\") ? ": write / between folders" : "")
    }

    private static func place(of path: String, tree: any FileTree, folder: String, outside: String?) -> FilePlace? {
        let name = ImageFileFinder.join(folder, path)
        if leadsOut(path) {
            // What an archive or a downloaded folder says must not reach for other files.
            guard let outside else { return nil }
            let full = path.hasPrefix("/") ? path : ImageFileFinder.join(outside, path)
            return ImageFileFinder.exists(full) ? .disk(full) : nil
        }
        return tree.hasFile(name) ? tree.place(of: name) : nil
    }
}
