import Artifacts
import CSchemas

extension BudgetResult {
    func message(_ arena: ReportArena) -> Erde__BudgetResult {
        var message = Erde__BudgetResult()
        erde__budget_result__init(&message)
        (message.has_budget_macs, message.budget_macs) = (1, budgetMACs)
        (message.n_thresholds, message.thresholds) = (thresholds.count, arena.array(thresholds))
        message.method = arena.text(method.rawValue)
        (message.has_calibration_accuracy, message.calibration_accuracy) = (1, calibrationAccuracy)
        (message.has_calibration_mean_macs, message.calibration_mean_macs) = (1, calibrationMeanMACs)
        message.test_accuracy = arena.message(testAccuracy.message())
        message.test_mean_macs = arena.message(testMeanMACs.message())
        (message.n_exit_shares, message.exit_shares) = (exitShares.count, arena.array(exitShares))
        message.n_accuracy_per_exit = accuracyPerExit.count
        message.accuracy_per_exit = arena.array(accuracyPerExit.map { $0 ?? .nan })
        (message.has_median_macs, message.median_macs) = (1, medianMACs)
        (message.has_percentile99_macs, message.percentile99_macs) = (1, percentile99MACs)
        (message.has_oracle_accuracy, message.oracle_accuracy) = (1, oracleAccuracy)
        message.shared_threshold = sharedThreshold.map { arena.message($0.message(arena)) }
        return message
    }
}

extension BaselineResult {
    func message(_ arena: ReportArena) -> Erde__BaselineResult {
        var message = Erde__BaselineResult()
        erde__baseline_result__init(&message)
        (message.n_thresholds, message.thresholds) = (thresholds.count, arena.array(thresholds))
        (message.has_test_accuracy, message.test_accuracy) = (1, testAccuracy)
        (message.has_test_mean_macs, message.test_mean_macs) = (1, testMeanMACs)
        return message
    }
}

extension AccuracyCurve {
    func message(_ arena: ReportArena) -> Erde__AccuracyCurve {
        var message = Erde__AccuracyCurve()
        erde__accuracy_curve__init(&message)
        message.rule = arena.text(rule.rawValue)
        let corners = points.map { point in
            var corner = Erde__AccuracyCurve__Point()
            erde__accuracy_curve__point__init(&corner)
            (corner.has_budget_macs, corner.budget_macs) = (1, point.budgetMACs)
            (corner.has_test_mean_macs, corner.test_mean_macs) = (1, point.testMeanMACs)
            (corner.has_test_accuracy, corner.test_accuracy) = (1, point.testAccuracy)
            return corner
        }
        (message.n_points, message.points) = (corners.count, arena.messages(corners))
        return message
    }
}
