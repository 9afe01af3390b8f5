import Artifacts
import Diagnostics
import ONNXFormat
import Report

extension Compression {
    /// Checks, for a run that is to go on, that the same run has not come to its end.
    ///
    /// - Throws: `ErdeError` of kind `notFound`.
    func requireUnfinished() throws(ErdeError) {
        let student = Self.student(in: folder)
        let outputs = Self.outputs(of: plan, recipe).map { "\(folder)/\($0)" }
        guard let last = outputs.last, outputs.allSatisfy({ InputFile.size($0) != nil }),
            InputFile.size("\(folder)/report/\(ReportFileName.json)") != nil,
            !outputs.contains(where: { RunFiles(model: $0).hasCheckpoint }),
            try RunFiles(model: student).holds(recipe),
            let parent = try? ModelFile.read(path: student).metadata.provenance.parentHash,
            parent == (try ModelFile.hash(path: teacherPath))
        else { return }
        throw ErdeError(
            .notFound, last, "is complete, and nothing is left to resume",
            remedy: "leave --resume out, and name the folder with --output, which replaces what is there")
    }
}
