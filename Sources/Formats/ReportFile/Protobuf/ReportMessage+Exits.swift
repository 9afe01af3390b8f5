import Artifacts
import CSchemas

extension ExitCalibration {
    func message(_ arena: ReportArena) -> Erde__ExitCalibration {
        var message = Erde__ExitCalibration()
        erde__exit_calibration__init(&message)
        (message.has_exit, message.exit) = (1, UInt32(exit))
        (message.has_calibration_accuracy, message.calibration_accuracy) = (1, calibrationAccuracy)
        (message.has_test_accuracy, message.test_accuracy) = (1, testAccuracy)
        (message.has_temperature, message.temperature) = (1, temperature)
        message.reliability = arena.message(reliability.message(arena))
        message.scaled_reliability = arena.message(scaledReliability.message(arena))
        if let scoreAUROC { (message.has_score_auroc, message.score_auroc) = (1, scoreAUROC) }
        return message
    }
}

extension ReliabilityDiagram {
    func message(_ arena: ReportArena) -> Erde__ReliabilityDiagram {
        var message = Erde__ReliabilityDiagram()
        erde__reliability_diagram__init(&message)
        let rows = bins.map { bin in
            var row = Erde__ReliabilityDiagram__Bin()
            erde__reliability_diagram__bin__init(&row)
            (row.has_low, row.low) = (1, bin.low)
            (row.has_high, row.high) = (1, bin.high)
            (row.has_count, row.count) = (1, UInt64(bin.count))
            (row.has_confidence, row.confidence) = (1, bin.confidence)
            (row.has_accuracy, row.accuracy) = (1, bin.accuracy)
            return row
        }
        (message.n_bins, message.bins) = (rows.count, arena.messages(rows))
        (message.has_expected_calibration_error, message.expected_calibration_error) = (1, expectedCalibrationError)
        return message
    }
}

extension ConfusionMatrix {
    func message(_ arena: ReportArena) -> Erde__ConfusionMatrix {
        var message = Erde__ConfusionMatrix()
        erde__confusion_matrix__init(&message)
        (message.has_classes, message.classes) = (1, UInt32(counts.count))
        let flat = Array(counts.joined())
        (message.n_counts, message.counts) = (flat.count, arena.counts(flat))
        return message
    }
}

extension ExitExample {
    func message(_ arena: ReportArena) -> Erde__ExitExample {
        var message = Erde__ExitExample()
        erde__exit_example__init(&message)
        message.kind = arena.text(kind.rawValue)
        (message.has_index, message.index) = (1, UInt64(index))
        (message.has_label, message.label) = (1, UInt32(label))
        (message.has_answer, message.answer) = (1, UInt32(answer))
        (message.has_exit, message.exit) = (1, UInt32(exit))
        (message.has_first_score, message.first_score) = (1, firstScore)
        message.png_base64 = arena.text(pngBase64)
        return message
    }
}
