import Artifacts
import Calibrate
import Diagnostics
import Inference

extension LabelledLogits {
    /// What a model says of all images of a split, at full depth.
    init(of model: Model, _ samples: Samples, engine: EngineOptions) throws(ErdeError) {
        var line = ProgressLine()
        let logits = try exitLogits(
            of: model, samples: samples, engine: engine.engine, options: engine.compilation
        ) { done in
            line.update("evaluating \(ProgressLine.bar(done, of: samples.count)) \(groupedText(done)) images")
        }
        line.clear()
        self.init(perExit: logits.logits, classCount: logits.classes, labels: samples.labels)
    }

    /// Share of the images that each exit answers as labelled, 0…1.
    var accuracyPerExit: [Double] {
        answers().map { answers in
            let right = zip(answers, labels).count { $0 == Int($1) }
            return labels.isEmpty ? 0 : Double(right) / Double(labels.count)
        }
    }
}
