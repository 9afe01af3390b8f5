import ArgumentParser

/// How answers are written.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
    case csv
    case jsonl
}
