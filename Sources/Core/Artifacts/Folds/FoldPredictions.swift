package import Diagnostics

/// What teachers say of training images that they were not trained on: the training split is dealt into folds, and the
/// images of each are judged, as they are, by a teacher trained on all the others.
package struct FoldPredictions: Hashable, Sendable {
    /// How the predictions were made: whoever goes on with them or uses them must agree.
    package struct Origin: Hashable, Sendable, Codable {
        package var folds: Int
        package var datasetFingerprint: String
        /// Of the training split.
        package var imageCount: Int
        package var classes: Int
        package var exits: Int
        /// The teachers' network, by name.
        package var architecture: String
        package var training: TrainingRecipe
        package var distillation: DistillationRecipe

        package init(
            folds: Int, datasetFingerprint: String, imageCount: Int, classes: Int, exits: Int, architecture: String,
            training: TrainingRecipe, distillation: DistillationRecipe
        ) {
            self.folds = folds
            self.datasetFingerprint = datasetFingerprint
            self.imageCount = imageCount
            self.classes = classes
            self.exits = exits
            self.architecture = architecture
            self.training = training
            self.distillation = distillation
        }
    }

    package let origin: Origin
    /// What the teachers were trained by; nil before the first, and where it is not known.
    package var computation: TrainingComputation?
    /// Folds that have been judged, from the first on.
    package var foldsDone = 0
    /// Per exit `[N,K]` row-major in the order of the training split; zeros for images not judged yet.
    package var logits: [[Float]]

    /// Predictions of which none is made yet.
    package init(_ origin: Origin) {
        self.origin = origin
        logits = Array(repeating: Array(repeating: 0, count: origin.imageCount * origin.classes), count: origin.exits)
    }

    package var isComplete: Bool { foldsDone == origin.folds }

    /// Fills in the logits of some images, by exit, in the order of `images`.
    package mutating func set(_ part: [[Float]], of images: [Int]) {
        let classes = origin.classes
        precondition(part.count == origin.exits, "\(part.count) exits of \(origin.exits)")
        for (exit, rows) in part.enumerated() {
            precondition(rows.count == images.count * classes, "\(rows.count) logits of \(images.count) images")
            for (place, image) in images.enumerated() {
                logits[exit].replaceSubrange(
                    image * classes..<(image + 1) * classes, with: rows[place * classes..<(place + 1) * classes])
            }
        }
    }

    /// Logits `[images,K]` of an exit, counted from 0, for some of the images.
    package func logits(exit: Int, of images: some Collection<Int32>) -> [Float] {
        images.flatMap { logits[exit][Int($0) * origin.classes..<(Int($0) + 1) * origin.classes] }
    }

    /// Those of some of the images, as the predictions for a dataset that has these alone, in this order.
    package func selecting(_ images: [Int], datasetFingerprint: String) -> FoldPredictions {
        var origin = origin
        (origin.imageCount, origin.datasetFingerprint) = (images.count, datasetFingerprint)
        var selected = FoldPredictions(origin)
        (selected.foldsDone, selected.computation) = (foldsDone, computation)
        selected.logits = logits.indices.map { logits(exit: $0, of: images.map(Int32.init)) }
        return selected
    }

    /// Per exit, the share of images judged wrongly, 0…1; of equal maxima the first counts.
    package func errorPerExit(labels: [Int32]) -> [Double] {
        let classes = origin.classes
        return logits.map { rows in
            let wrong = labels.indices.count { image in
                argMax(rows[image * classes..<(image + 1) * classes]) != Int(labels[image])
            }
            return labels.isEmpty ? 0 : Double(wrong) / Double(labels.count)
        }
    }

    /// Checks that the predictions are complete and belong to a dataset and a teacher.
    ///
    /// - Parameter name: of the file, for messages.
    /// - Throws: `ErdeError` of kind `badData`.
    package func requireFit(_ dataset: Dataset, teacherExits: Int, name: String) throws(ErdeError) {
        func require(_ condition: Bool, _ problem: @autoclosure () -> String, _ remedy: String) throws(ErdeError) {
            if !condition { throw ErdeError(.badData, name, problem(), remedy: remedy) }
        }
        let again = "train the teacher again with --out-of-fold"
        try require(
            isComplete, "only \(foldsDone) of \(origin.folds) folds have been judged",
            "run the same erde train again with --resume")
        try require(
            origin.datasetFingerprint == dataset.fingerprint && origin.imageCount == dataset.train.count
                && origin.classes == dataset.description.classNames.count,
            "was made from another dataset (fingerprint \(origin.datasetFingerprint), now \(dataset.fingerprint))", again)
        try require(
            origin.exits == teacherExits, "judges \(origin.exits) exits, and the teacher has \(teacherExits)", again)
    }
}
