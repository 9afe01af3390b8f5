package import Artifacts
package import Execution

/// Where and under whose eyes a task is trained; nothing here changes the result, but for the engine's arithmetic.
package struct TrainingRun {
    package var engine: any Engine
    package var options: CompilationOptions
    /// Where checkpoints are kept; nil keeps none.
    package var checkpoints: CheckpointFolder?
    /// Whether to go on from the checkpoint there.
    package var resumes = false
    /// A file that gets a line of JSON per epoch.
    package var metricsLogPath: String?
    /// Asked between steps; true stops after a checkpoint.
    package var shouldStop: () -> Bool = { false }
    /// Told what happens, on the thread that trains.
    package var report: (TrainingEvent) -> Void = { _ in }

    package init(engine: any Engine, options: CompilationOptions = CompilationOptions()) {
        self.engine = engine
        self.options = options
    }

    /// What computes it.
    package var computation: TrainingComputation {
        TrainingComputation(
            engine: engine.name, precision: engine.precision(for: options).rawValue, threads: engine.threads(for: options))
    }
}
