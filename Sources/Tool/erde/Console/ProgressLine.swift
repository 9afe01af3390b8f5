/// A line that is rewritten on a terminal, and printed now and then elsewhere.
struct ProgressLine {
    private let console: Console
    private var last: ContinuousClock.Instant
    private var isOpen = false

    init(_ console: Console = .standard) {
        self.console = console
        // A terminal shows the first text at once; a log only what takes long.
        last = console.isTerminal ? .now - .seconds(1) : .now
    }

    /// Shows the text if enough time has gone by since the last one.
    mutating func update(_ text: @autoclosure () -> String) {
        guard console.showsProgress else { return }
        let now = ContinuousClock.now
        guard now - last >= (console.isTerminal ? .milliseconds(100) : .seconds(15)) else { return }
        last = now
        if console.isTerminal {
            console.progress("\r\u{1B}[K\(text())")
            isOpen = true
        } else {
            console.note(text())
        }
    }

    /// Removes the line, so that something else can be printed.
    mutating func clear() {
        if isOpen { console.progress("\r\u{1B}[K") }
        isOpen = false
    }

    /// A bar of ten characters: `██████░░░░`.
    static func bar(_ done: Int, of total: Int) -> String {
        let filled = total > 0 ? min(10, 10 * done / total) : 0
        return String(repeating: "█", count: filled) + String(repeating: "░", count: 10 - filled)
    }

    /// Seconds as `48 s`, `3 min 20 s` or `2 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e8 else { return "?" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
