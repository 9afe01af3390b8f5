import Architectures
import Artifacts
import Execution
import FoundationEssentials
import Glibc
import Graphs
import ReferenceEngine
import Tensors
import Training

/// Small datasets, networks and runs that train in milliseconds.
enum Fixtures {
    /// Grey images of 4x5 whose class is the quarter that is bright, with noise from a seed.
    static func dataset(images: Int = 22, calibration: Int = 7, classes: Int = 3, seed: UInt64 = 5) -> Dataset {
        let image = ImageFormat(channels: 1, height: 4, width: 5)
        var generator = RandomGenerator(seed: seed)
        func samples(_ count: Int) -> Samples {
            var pixels: [UInt8] = []
            var labels: [Int32] = []
            for _ in 0..<count {
                let label = generator.below(classes)
                labels.append(Int32(label))
                for row in 0..<4 {
                    for column in 0..<5 {
                        let bright = (row / 2 * 2 + (column > 1 ? 1 : 0)) == label
                        pixels.append(UInt8((bright ? 180 : 20) + generator.below(60)))
                    }
                }
            }
            return Samples(image: image, labels: labels, store: PixelStore(pixels))
        }
        let (train, held, test) = (samples(images), samples(calibration), samples(3))
        let description = DatasetDescription(
            classNames: (0..<classes).map { "class\($0)" }, image: image, mean: [0.3], standardDeviation: [0.25],
            counts: [.train: images, .calibration: calibration, .test: 3], source: "made", seed: seed)
        return Dataset(
            description: description, train: train, calibration: held, test: test, fingerprint: "made \(seed) \(images)")
    }

    static func recipe(epochs: Int = 2) -> TrainingRecipe {
        var recipe = TrainingRecipe()
        recipe.epochs = epochs
        recipe.batchSize = 4
        recipe.peakLearningRate = 0.05
        recipe.augmentation.cropPadding = 1
        recipe.augmentation.cutoutSide = 1
        return recipe
    }

    static func loss(_ method: DistillationRecipe.Method) -> DistillationRecipe {
        var loss = DistillationRecipe()
        loss.method = method
        return loss
    }

    static func model(_ architecture: String, role: ModelMetadata.Role = .student, seed: UInt64 = 1) throws -> Model {
        try ArchitectureDescription(parsing: architecture).initialModel(role: role, for: dataset().description, seed: seed)
    }

    static func task(
        _ method: DistillationRecipe.Method = .erde, recipe: TrainingRecipe = recipe(), dataset: Dataset = dataset(),
        student: String = "preresnet:widths=2,3:blocks=1,1"
    ) throws -> TrainingTask {
        let model = try model(student)
        let teacher =
            method.learnsFromTeacher
            ? try Fixtures.model("preresnet:widths=3,4:blocks=1,1", role: .teacher, seed: 9) : nil
        return TrainingTask(
            graph: model.graph, parameters: model.parameters, teacher: teacher, dataset: dataset, recipe: recipe,
            distillation: loss(method))
    }

    static func run(_ engine: any Engine = ReferenceEngine()) -> TrainingRun {
        TrainingRun(engine: engine, options: CompilationOptions(threads: 1))
    }
}
