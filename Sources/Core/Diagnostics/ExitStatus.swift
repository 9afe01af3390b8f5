extension ErdeError.Kind {
    /// The process exit status, after sysexits.h.
    package var exitStatus: Int32 {
        switch self {
        case .usage: 64
        case .badData: 65
        case .notFound: 66
        case .unavailable: 69
        case .disagreement, .diverged: 70
        case .cannotWrite: 73
        case .interrupted: 75
        }
    }
}
