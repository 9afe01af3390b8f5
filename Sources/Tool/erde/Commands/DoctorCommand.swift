import ArgumentParser
import Artifacts
import CArchiveStream
import CJPEG
import CNettle
import CPNG
import CPUEngine
import CProtobufC
import CZ
import Diagnostics
import FoundationEssentials

/// `erde doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Shows libraries, processor features and what erde makes of them.")

    struct Findings: Encodable {
        var erde = erdeVersion
        var libraries: [String: String] = [:]
        var processor = "unknown"
        var processors = CPUEngine.processors
        var features: [String: Bool] = [:]
        var bfloat16 = "\(CPUEngine.bfloat16)"
        var accelerators: [String] = []
    }

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let findings = examine()
        Console.standard.result(common.json ? try JSONText.text(findings) : text(findings))
    }

    private func examine() -> Findings {
        var findings = Findings()
        findings.libraries = [
            "libpng": String(cString: png_get_libpng_ver(nil)), "libjpeg API": "\(JPEG_LIB_VERSION)",
            "zlib": String(cString: zlibVersion()), "nettle": "\(nettle_version_major()).\(nettle_version_minor())",
            "protobuf-c": String(cString: protobuf_c_version()),
            "oneDNN": dnnlVersion(), "libarchive": archiveVersion(),
        ]
        let lines = InputFile.systemText("/proc/cpuinfo")
        func value(_ key: String) -> Substring? {
            lines.split(separator: "\n").first { $0.hasPrefix(key) }?.split(separator: ":", maxSplits: 1).last
        }
        if let name = value("model name") { findings.processor = String(name.drop { $0 == " " }) }
        let flags = Set((value("flags") ?? "").split(separator: " "))
        for (name, flag) in [
            ("AVX2", "avx2"), ("AVX-512", "avx512f"), ("VNNI", "avx512_vnni"), ("AVX512-BF16", "avx512_bf16"),
            ("AMX", "amx_tile"),
        ] {
            findings.features[name] = flags.contains(Substring(flag))
        }
        return findings
    }

    private func archiveVersion() -> String {
        let number = Int(erde_archive_library_version())
        return "\(number / 1_000_000).\(number / 1000 % 1000).\(number % 1000)"
    }

    private func text(_ findings: Findings) -> String {
        var lines = ["erde         \(findings.erde)", "processor    \(findings.processor), \(findings.processors) in use"]
        let features = findings.features.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value ? "yes" : "no")" }
        lines.append("features     \(features.joined(separator: ", "))")
        lines.append("bfloat16     \(findings.bfloat16)")
        for (name, version) in findings.libraries.sorted(by: { $0.key < $1.key }) {
            lines.append(name + String(repeating: " ", count: max(1, 13 - name.count)) + version)
        }
        lines.append("accelerators none: this version computes on the processor")
        return lines.joined(separator: "\n")
    }
}
