import Foundation

/// What the fuzzer calls; the environment says which reader: `ERDE_FUZZ=png`.
private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["ERDE_FUZZ"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        print("ERDE_FUZZ names one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
        exit(64)
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    target.read(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
