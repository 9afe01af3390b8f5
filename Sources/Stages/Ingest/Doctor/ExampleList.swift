import Artifacts

/// Counts findings of one kind and keeps the first few as examples.
struct ExampleList {
    private(set) var count = 0
    private(set) var examples: [DatasetFindings.Example] = []

    mutating func add(_ example: @autoclosure () -> DatasetFindings.Example) {
        count += 1
        if examples.count < DatasetFindings.exampleLimit { examples.append(example()) }
    }

    /// The finding, if anything was found.
    func finding(_ kind: FindingKind) -> DatasetFindings.Finding? {
        count == 0 ? nil : DatasetFindings.Finding(kind: kind, count: count, examples: examples)
    }
}
