import Artifacts
import CSchemas
import Diagnostics
import FoundationEssentials
import Report
import ReportFile
import TestSupport
import Testing

@Suite struct ReportFileTests {
    @Test func jsonHoldsTheWholeReport() throws {
        let report = try sampleReport()
        #expect(try CalibrationReport(json: report.json(), name: "calibration.json") == report)
        let text = String(decoding: try report.json(), as: UTF8.self)
        let keys = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.map { $0.prefix { $0 != ":" } }
        #expect(keys.count > 15)
        #expect(keys == keys.sorted())
        #expect(try report.json() == report.json())
    }

    @Test func anotherFileIsRefused() {
        for text in ["", "{}", "[1]", "{\"formatVersion\": 1"] {
            let error = #expect(throws: ErdeError.self) {
                try CalibrationReport(json: Array(text.utf8), name: "some/calibration.json")
            }
            #expect(error?.kind == .badData)
            #expect(error?.subject == "some/calibration.json")
        }
    }

    @Test func protobufHoldsTheSameFigures() throws {
        let report = try sampleReport()
        let bytes = try report.protobuf()
        let unpacked = try #require(erde__calibration_report__unpack(nil, bytes.count, bytes))
        defer { erde__calibration_report__free_unpacked(unpacked, nil) }
        let message = unpacked.pointee
        #expect(String(cString: message.model_name) == report.modelName)
        #expect(message.n_class_names == 5)
        #expect(message.class_names[1].map { String(cString: $0) } == "<b>&\"")
        #expect(
            Array(UnsafeBufferPointer(start: message.cumulative_macs, count: message.n_cumulative_macs)) == [
                3_763_200, 6_580_000, 9_403_008,
            ])
        #expect(message.n_budgets == report.budgets.count)
        for (place, budget) in report.budgets.enumerated() {
            let row = try #require(message.budgets[place]).pointee
            #expect(row.budget_macs == budget.budgetMACs)
            #expect(Array(UnsafeBufferPointer(start: row.thresholds, count: row.n_thresholds)) == budget.thresholds)
            #expect(row.test_accuracy.pointee.high == budget.testAccuracy.high)
            #expect(row.n_accuracy_per_exit == 3)
            for exit in 0..<3 {
                #expect(row.accuracy_per_exit[exit].isNaN == (budget.accuracyPerExit[exit] == nil))
            }
            #expect(row.shared_threshold.pointee.test_accuracy == budget.sharedThreshold?.testAccuracy)
        }
        #expect(message.n_models == 2)
        let teacher = try #require(message.models[0]).pointee
        #expect(teacher.file_bytes == 6_931_004)
        #expect(teacher.milliseconds_per_image_batch1.pointee.median == 2.31)
        let student = try #require(message.models[1]).pointee
        #expect(student.has_file_bytes == 0)
        #expect(student.milliseconds_per_image_batch1 == nil)
        #expect(message.n_curves == 3 && message.n_exits == 3 && message.n_examples == 24 && message.n_candidates == 2)
        #expect(message.curves[2]?.pointee.n_points == 33)
        let exit = try #require(message.exits[2]).pointee
        #expect(exit.score_auroc == report.exits[2].scoreAUROC)
        #expect(exit.scaled_reliability.pointee.n_bins == 15)
        #expect(exit.reliability.pointee.bins[14]?.pointee.count == UInt64(report.exits[2].reliability.bins[14].count))
        #expect(message.confusion.pointee.classes == 5)
        #expect(message.confusion.pointee.counts[6] == UInt64(report.confusion?.counts[1][1] ?? 0))
        #expect(message.examples[0]?.pointee.png_base64.map { String(cString: $0) } == report.examples[0].pngBase64)
        #expect(message.candidates[0]?.pointee.is_chosen == 1)
        #expect(message.candidates[1]?.pointee.has_calibration_accuracy == 0)
        #expect(message.n_warnings == report.warnings.count)
    }

    @Test func aReportNeedsNoTarget() throws {
        var report = try sampleReport()
        report.targetMACs = nil
        #expect(!String(decoding: try report.json(), as: UTF8.self).contains("\"targetMACs\""))
        #expect(try CalibrationReport(json: report.json(), name: "calibration.json") == report)
        let bytes = try report.protobuf()
        let unpacked = try #require(erde__calibration_report__unpack(nil, bytes.count, bytes))
        defer { erde__calibration_report__free_unpacked(unpacked, nil) }
        #expect(unpacked.pointee.has_target_macs == 0)
    }

    @Test func thumbnailsArePNG() throws {
        let format = ImageFormat(channels: 1, height: 2, width: 3)
        let bytes = try pngBytes(channelsFirst: [0, 128, 255, 1, 2, 3], format: format)
        #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        // The header says 3 x 2, 8 bits, grey.
        #expect(bytes[16..<26] == [0, 0, 0, 3, 0, 0, 0, 2, 8, 0])
    }

    @Test func theFolderIsMadeAndFilledAndReplaced() throws {
        let folder = try TemporaryFolder()
        var report = try sampleReport()
        try writeReport(report, to: folder("run 1/report"))
        #expect(try readReport(from: folder("run 1/report")) == report)
        report.warnings = []
        try writeReport(report, to: folder("run 1/report"))
        #expect(try readReport(from: folder("run 1/report")) == report)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder("run 1/report")).sorted()
        #expect(names == ["calibration.json", "calibration.pb", "index.html"])
        let page = try Data(contentsOf: URL(filePath: folder("run 1/report/index.html")))
        #expect(page == Data(htmlPage(of: report).utf8))
        #expect(try Data(contentsOf: URL(filePath: folder("run 1/report/calibration.pb"))) == Data(report.protobuf()))
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let report = try sampleReport()
        let error = #expect(throws: ErdeError.self) { try writeReport(report, to: "/dev/null/report") }
        #expect(error?.kind == .cannotWrite)
        let missing = #expect(throws: ErdeError.self) { try readReport(from: "/nowhere") }
        #expect(missing?.kind == .notFound)
        #expect(missing?.subject == "/nowhere/calibration.json")
    }
}
