import Artifacts
import Calibrate
import ReportFile
import Tensors

/// A report with every section filled and names that try to break out of the page.
func sampleReport(classNames: [String] = ["ant", "<b>&\"", "c'at", "dog", "eel</td>"]) throws -> CalibrationReport {
    var options = CalibrationOptions()
    options.targetMACs = 6e6
    options.bootstrap.resamples = 50
    let macs = [3_763_200, 6_580_000, 9_403_008]
    let classes = classNames.count
    var report = try calibrate(
        calibration: randomLogits(exits: 3, images: 400, classes: classes, seed: 1),
        test: randomLogits(exits: 3, images: 300, classes: classes, seed: 2), modelName: "student <1> & co.pb",
        classNames: classNames, cumulativeMACs: macs, options: options
    ).report
    report.dataset.path = "/data/<fashion>.erds"
    report.dataset.fingerprint = "0123456789abcdef"
    report.dataset.trainImages = 55_000
    var teacher = ModelSummary(
        name: "teacher", architecture: "preresnet-32-64-128-b3", cumulativeMACs: [41_000_000, 83_000_000, 124_000_000],
        parameterCount: 1_730_000)
    teacher.fileBytes = 6_931_004
    teacher.testAccuracyPerExit = [0.9265, 0.935, 0.9372]
    teacher.calibrationAccuracyPerExit = [0.927, 0.936, 0.938]
    teacher.millisecondsPerImageBatch1 = TimeMeasurement(median: 2.31, low: 2.25, high: 2.6)
    teacher.millisecondsPerImageBatch128 = TimeMeasurement(median: 0.62, low: 0.61, high: 0.66)
    var student = ModelSummary(
        name: "student", architecture: "preresnet-16-32-64-b1", cumulativeMACs: macs, parameterCount: 82_000)
    student.testAccuracyPerExit = report.exits.map(\.testAccuracy)
    report.models = [teacher, student]
    report.teacherTrainingErrorPerExit = [0.065, 0.049, 0.046]
    report.candidates = [
        StudentCandidate(
            architecture: "preresnet-16-32-64-b1", cumulativeMACs: macs, parameterCount: 82_000, trainingImages: 2,
            calibrationAccuracy: 0.902, isChosen: true, reason: "most accurate at the target"),
        StudentCandidate(
            architecture: "preresnet-24-48-96-b1", cumulativeMACs: [8_400_000, 14_700_000, 21_000_000],
            parameterCount: 183_000, reason: "its first exit alone costs more than the target"),
    ]
    report.candidateChoice = "Two networks of the teacher’s family came near 6 M MACs."
    report.provenance = Provenance(version: "0.1.0")
    report.warnings.append("The teacher is wrong on <few> images.")
    var generator = RandomGenerator(seed: 4)
    let format = ImageFormat(channels: 3, height: 5, width: 7)
    let pixels = (0..<300 * format.byteCount).map { _ in UInt8(generator.below(256)) }
    try report.attachThumbnails(
        from: Samples(image: format, labels: [Int32](repeating: 0, count: 300), store: PixelStore(pixels)))
    return report
}
