import Artifacts

/// The text of a model in C.
struct C99Source {
    let program: C99Program
    let metadata: ModelMetadata
    let policy: ExitPolicy
    /// What everything public begins with.
    let name: String

    private var upper: String { name.uppercased() }
    private var exits: Int { program.segments.count }

    var header: String {
        """
        /* An early-exit classifier, written by erde \(erdeVersion). C99, no allocation, no global state; link with -lm. */
        #ifndef \(upper)_H
        #define \(upper)_H

        #ifdef __cplusplus
        extern "C" {
        #endif

        #define \(upper)_CHANNELS \(metadata.image.channels)
        #define \(upper)_HEIGHT \(metadata.image.height)
        #define \(upper)_WIDTH \(metadata.image.width)
        #define \(upper)_CLASSES \(metadata.classNames.count)
        #define \(upper)_EXITS \(exits)
        /* Floats of working memory that \(name)_classify needs. */
        #define \(upper)_WORKSPACE \(program.workspace)

        typedef struct {
            int label;         /* position in \(name)_class_names */
            float probability; /* softmax of that class at the exit taken */
            int exit;          /* the exit taken, counted from 1 */
            long long macs;    /* multiply-adds spent on this image */
            float logits[\(upper)_CLASSES];
        } \(name)_answer;

        extern const char *const \(name)_class_names[\(upper)_CLASSES];
        /* One threshold for each exit; the last exit always answers. */
        extern const float \(name)_thresholds[\(upper)_EXITS];
        /* Multiply-adds of an image that leaves at each exit. */
        extern const long long \(name)_macs[\(upper)_EXITS];

        /*
         * Classifies one image: channels x height x width floats, pixels scaled to 0...1; normalisation is inside.
         * It leaves at the first exit whose score is less than its threshold. The score is
         * \(policy.score.formula).
         * thresholds: \(upper)_EXITS numbers, or NULL for \(name)_thresholds. workspace: \(upper)_WORKSPACE floats.
         */
        void \(name)_classify(const float *image, const float *thresholds, float *workspace, \(name)_answer *answer);

        #ifdef __cplusplus
        }
        #endif

        #endif

        """
    }

    var implementation: String {
        var parts = [
            "/* Written by erde \(erdeVersion). */\n#include \"\(name).h\"\n\n#include <math.h>\n#include <stddef.h>"
                + (program.byteKernels.isEmpty ? "" : "\n#include <stdint.h>"),
            tables,
        ]
        parts += program.arrays.map(\.text)
        parts += functions
        parts += program.segments.enumerated().map { index, calls in
            "static void segment\(index + 1)(const float *image, float *workspace)\n{\n    (void)image;\n"
                + calls.map { "    \($0)\n" }.joined() + "}"
        }
        return (parts + [score, classify]).joined(separator: "\n\n") + "\n"
    }

    private var tables: String {
        let thresholds = policy.thresholds.map { Float($0).c99 } + ["INFINITY"]
        return """
            const char *const \(name)_class_names[\(upper)_CLASSES] = {
            \(metadata.classNames.map { "    \(C99Source.literal($0))," }.joined(separator: "\n"))
            };
            const float \(name)_thresholds[\(upper)_EXITS] = { \(thresholds.joined(separator: ", ")) };
            const long long \(name)_macs[\(upper)_EXITS] = { \(metadata.cumulativeMACs.map(String.init).joined(separator: ", ")) };
            """
    }

    /// What the segments call, in an order of its own, so that a model gives the same text each time.
    private var functions: [String] {
        let bytes = program.byteKernels.sorted { $0.function < $1.function }
        var parts: [String] = []
        if program.kernels.contains(.convolution) || bytes.contains(where: \.isConvolution) {
            parts.append(C99Kernel.convolutionSizes)
        }
        if !program.kernels.isDisjoint(with: [.maxPool, .averagePool]) || bytes.contains(where: \.isPool) {
            parts.append(C99Kernel.poolSizes)
        }
        parts += C99Kernel.allCases.filter(program.kernels.contains).map(\.text)
        if bytes.contains(where: \.rounds) { parts.append(C99ByteKernel.nearest) }
        return parts + bytes.map(\.text)
    }

    private var score: String {
        let body =
            switch policy.score {
            case .entropy: "return entropy > 0.0f ? entropy : 0.0f;"
            case .normalizedEntropy: "return (entropy > 0.0f ? entropy : 0.0f) / logf((float)\(upper)_CLASSES);"
            case .oneMinusMaximum: "(void)entropy;\n    return others / (1.0f + others);"
            }
        return """
            static int largest(const float *logits)
            {
                int best = 0;
                for (int i = 1; i < \(upper)_CLASSES; i++) if (logits[i] > logits[best]) best = i;
                return best;
            }

            /* The largest logit is left out of the sums, so that a very sure answer keeps its digits. */
            static float score(const float *logits)
            {
                const int best = largest(logits);
                float others = 0.0f, weighted = 0.0f;
                for (int i = 0; i < \(upper)_CLASSES; i++) {
                    if (i == best) continue;
                    const float shifted = logits[i] - logits[best], exponential = expf(shifted);
                    others += exponential;
                    weighted += exponential * shifted;
                }
                /* Logits that are no numbers are the least sure of all. */
                if (!(weighted <= 0.0f)) return INFINITY;
                const float entropy = log1pf(others) - weighted / (1.0f + others);
                \(body)
            }
            """
    }

    private var classify: String {
        let segments = (1...exits).map { "segment\($0)" }.joined(separator: ", ")
        return """
            void \(name)_classify(const float *image, const float *thresholds, float *workspace, \(name)_answer *answer)
            {
                static void (*const segments[\(upper)_EXITS])(const float *, float *) = { \(segments) };
                static const size_t places[\(upper)_EXITS] = { \(program.logits.map(String.init).joined(separator: ", ")) };
                if (!thresholds) thresholds = \(name)_thresholds;
                for (int exit = 0; exit < \(upper)_EXITS; exit++) {
                    segments[exit](image, workspace);
                    const float *logits = workspace + places[exit];
                    if (exit < \(upper)_EXITS - 1 && !(score(logits) < thresholds[exit])) continue;
                    float total = 0.0f;
                    answer->label = largest(logits);
                    for (int i = 0; i < \(upper)_CLASSES; i++) {
                        answer->logits[i] = logits[i];
                        total += expf(logits[i] - logits[answer->label]);
                    }
                    answer->probability = 1.0f / total;
                    answer->exit = exit + 1;
                    answer->macs = \(name)_macs[exit];
                    return;
                }
            }
            """
    }

    /// Text as a C literal: everything but plain ASCII as octal bytes.
    private static func literal(_ text: String) -> String {
        var literal = "\""
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C, 0x3F: literal += "\\" + String(UnicodeScalar(byte))
            case 0x20...0x7E: literal += String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 8)
                literal += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }
        return literal + "\""
    }
}

extension GateScore {
    fileprivate var formula: String {
        switch self {
        case .entropy: "the entropy of the softmax in nats"
        case .normalizedEntropy: "the entropy of the softmax, divided by its maximum"
        case .oneMinusMaximum: "1 minus the largest probability"
        }
    }
}
