import Artifacts
import CSchemas

extension DatasetSummary {
    func message(_ arena: ReportArena) -> Erde__DatasetSummary {
        var message = Erde__DatasetSummary()
        erde__dataset_summary__init(&message)
        message.path = arena.text(path)
        message.fingerprint = arena.text(fingerprint)
        if let trainImages { (message.has_train_images, message.train_images) = (1, UInt64(trainImages)) }
        (message.has_calibration_images, message.calibration_images) = (1, UInt64(calibrationImages))
        (message.has_test_images, message.test_images) = (1, UInt64(testImages))
        return message
    }
}

extension Interval {
    func message() -> Erde__Interval {
        var message = Erde__Interval()
        erde__interval__init(&message)
        (message.has_value, message.value) = (1, value)
        (message.has_low, message.low) = (1, low)
        (message.has_high, message.high) = (1, high)
        return message
    }
}

extension TimeMeasurement {
    func message() -> Erde__TimeMeasurement {
        var message = Erde__TimeMeasurement()
        erde__time_measurement__init(&message)
        (message.has_median, message.median) = (1, median)
        (message.has_low, message.low) = (1, low)
        (message.has_high, message.high) = (1, high)
        return message
    }
}

extension ModelSummary {
    func message(_ arena: ReportArena) -> Erde__ModelSummary {
        var message = Erde__ModelSummary()
        erde__model_summary__init(&message)
        message.name = arena.text(name)
        message.architecture = arena.text(architecture)
        (message.n_cumulative_macs, message.cumulative_macs) = (cumulativeMACs.count, arena.counts(cumulativeMACs))
        (message.has_parameter_count, message.parameter_count) = (1, UInt64(parameterCount))
        if let fileBytes { (message.has_file_bytes, message.file_bytes) = (1, UInt64(fileBytes)) }
        let calibration = calibrationAccuracyPerExit ?? []
        message.n_calibration_accuracy_per_exit = calibration.count
        message.calibration_accuracy_per_exit = arena.array(calibration)
        let test = testAccuracyPerExit ?? []
        (message.n_test_accuracy_per_exit, message.test_accuracy_per_exit) = (test.count, arena.array(test))
        let shares = exitSharesAtTarget ?? []
        (message.n_exit_shares_at_target, message.exit_shares_at_target) = (shares.count, arena.array(shares))
        if let testAccuracyAtTarget {
            (message.has_test_accuracy_at_target, message.test_accuracy_at_target) = (1, testAccuracyAtTarget)
        }
        if let changedExitShare {
            (message.has_changed_exit_share, message.changed_exit_share) = (1, changedExitShare)
        }
        message.milliseconds_per_image_batch1 = millisecondsPerImageBatch1.map { arena.message($0.message()) }
        message.milliseconds_per_image_batch128 = millisecondsPerImageBatch128.map { arena.message($0.message()) }
        return message
    }
}

extension StudentCandidate {
    func message(_ arena: ReportArena) -> Erde__StudentCandidate {
        var message = Erde__StudentCandidate()
        erde__student_candidate__init(&message)
        message.architecture = arena.text(architecture)
        (message.n_cumulative_macs, message.cumulative_macs) = (cumulativeMACs.count, arena.counts(cumulativeMACs))
        (message.has_parameter_count, message.parameter_count) = (1, UInt64(parameterCount))
        (message.has_training_images, message.training_images) = (1, UInt64(trainingImages))
        if let calibrationAccuracy {
            (message.has_calibration_accuracy, message.calibration_accuracy) = (1, calibrationAccuracy)
        }
        (message.has_is_chosen, message.is_chosen) = (1, isChosen ? 1 : 0)
        message.reason = arena.text(reason)
        return message
    }
}
