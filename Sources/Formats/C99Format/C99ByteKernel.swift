import Tensors

/// A C function that computes with bytes; only those that a model needs are written, one for each combination of types.
///
/// A float stands for the nearest integer, ties to even, as in `Quantization`.
enum C99ByteKernel: Hashable {
    /// Sums in 32 bits; the result is bytes or floats, and bytes may be added to it.
    case convolution(from: DataType, adding: DataType?, to: DataType)
    /// Weights in bytes, a scale for each output; everything else in floats.
    case linear
    /// A slope and an offset for each channel.
    case normalization(from: DataType, to: DataType)
    case maxPool(DataType)
    /// The same numbers in other steps.
    case rescale(from: DataType, to: DataType)
    case quantize(to: DataType)
    case dequantize(from: DataType)

    /// The function's name in C.
    var function: String {
        switch self {
        case .convolution(let from, let addend, let to):
            "convolution_\(from.c99Suffix)" + (addend.map { "_plus_\($0.c99Suffix)" } ?? "") + "_\(to.c99Suffix)"
        case .linear: "linear_s8"
        case .normalization(let from, let to): "channel_affine_\(from.c99Suffix)_\(to.c99Suffix)"
        case .maxPool(let type): "max_pool_\(type.c99Suffix)"
        case .rescale(let from, let to): "rescale_\(from.c99Suffix)_\(to.c99Suffix)"
        case .quantize(let to): "quantize_\(to.c99Suffix)"
        case .dequantize(let from): "dequantize_\(from.c99Suffix)"
        }
    }

    /// The C99 text. Every operand is a dense row-major array of one image.
    var text: String {
        switch self {
        case .convolution(let from, let addend, let to): convolution(from, addend, to)
        case .linear:
            """
            static void linear_s8(const float *x, const int8_t *weight, const float *scales, const float *bias, float *y,
                                  int inputs, int outputs)
            {
                for (int o = 0; o < outputs; o++) {
                    float sum = 0.0f;
                    for (int i = 0; i < inputs; i++) sum += x[i] * weight[(size_t)o * inputs + i];
                    y[o] = sum * scales[o] + (bias ? bias[o] : 0.0f);
                }
            }
            """
        case .normalization(let from, let to):
            """
            static void \(function)(const \(from.c99) *x, const float *scale, const float *shift, \(to.c99) *y, int channels,
                int places, float lower, float upper)
            {
                for (int c = 0; c < channels; c++)
                    for (int i = 0; i < places; i++) *y++ = (\(to.c99))nearest(*x++ * scale[c] + shift[c], lower, upper);
            }
            """
        case .maxPool(let type): maxPool(type)
        case .rescale(let from, let to):
            """
            static void \(function)(const \(from.c99) *x, \(to.c99) *y, int count, float factor)
            {
                for (int i = 0; i < count; i++) y[i] = (\(to.c99))nearest(x[i] * factor, \(to.c99Limits));
            }
            """
        case .quantize(let to):
            """
            static void \(function)(const float *x, \(to.c99) *y, int count, float scale)
            {
                for (int i = 0; i < count; i++) y[i] = (\(to.c99))nearest(x[i] / scale, \(to.c99Limits));
            }
            """
        case .dequantize(let from):
            """
            static void \(function)(const \(from.c99) *x, float *y, int count, float scale)
            {
                for (int i = 0; i < count; i++) y[i] = x[i] * scale;
            }
            """
        }
    }

    /// Whether it is told the sizes of a convolution.
    var isConvolution: Bool { if case .convolution = self { true } else { false } }

    /// Whether it is told the sizes of a pooling.
    var isPool: Bool { if case .maxPool = self { true } else { false } }

    /// Whether `nearest` is called.
    var rounds: Bool {
        switch self {
        case .convolution(_, _, let to): to != .float32
        case .normalization, .rescale, .quantize: true
        case .linear, .maxPool, .dequantize: false
        }
    }

    /// The nearest integer within limits, which themselves need not be integers.
    static let nearest = """
        /* The nearest integer to a number brought within limits, ties to even. */
        static long nearest(float x, float lower, float upper)
        {
            return lrintf(x > lower ? x < upper ? x : upper : lower);
        }
        """

    /// A sum times its channel's scale is in steps of the result.
    private func convolution(_ from: DataType, _ addend: DataType?, _ to: DataType) -> String {
        let addition = addend.map { ",\n    const \($0.c99) *addend, float addend_scale" } ?? ""
        let value = "sum * scales[o]" + (addend == nil ? "" : " + *addend++ * addend_scale")
        let result =
            to == .float32
            ? "const float value = \(value);\n                *y++ = value < lower ? lower : value > upper ? upper : value;"
            : "*y++ = (\(to.c99))nearest(\(value), lower, upper);"
        return """
            static void \(function)(const \(from.c99) *x, const int8_t *weight, const int32_t *bias, const float *scales,
                \(to.c99) *y, convolution_sizes s, float lower, float upper\(addition))
            {
                const int inputs = s.channels / s.groups, outputs = s.outputs / s.groups;
                for (int o = 0; o < s.outputs; o++) {
                    const \(from.c99) *group = x + (size_t)(o / outputs) * inputs * s.height * s.width;
                    const int8_t *kernel = weight + (size_t)o * inputs * s.kernel_height * s.kernel_width;
                    for (int row = 0; row < s.out_height; row++)
                        for (int column = 0; column < s.out_width; column++) {
                            int32_t sum = bias ? bias[o] : 0;
                            for (int c = 0; c < inputs; c++)
                                for (int ky = 0; ky < s.kernel_height; ky++) {
                                    const int iy = row * s.stride_y - s.top + ky * s.dilation_y;
                                    if (iy < 0 || iy >= s.height) continue;
                                    const \(from.c99) *line = group + ((size_t)c * s.height + iy) * s.width;
                                    const int8_t *taps = kernel + ((size_t)c * s.kernel_height + ky) * s.kernel_width;
                                    for (int kx = 0; kx < s.kernel_width; kx++) {
                                        const int ix = column * s.stride_x - s.left + kx * s.dilation_x;
                                        if (ix >= 0 && ix < s.width) sum += line[ix] * taps[kx];
                                    }
                                }
                            \(result)
                        }
                }
            }
            """
    }

    private func maxPool(_ type: DataType) -> String {
        """
        static void \(function)(const \(type.c99) *x, \(type.c99) *y, pool_sizes s)
        {
            for (int c = 0; c < s.channels; c++)
                for (int row = 0; row < s.out_height; row++)
                    for (int column = 0; column < s.out_width; column++) {
                        \(type.c99) found = \(type.integers?.lowerBound ?? 0);
                        for (int ky = 0; ky < s.kernel_height; ky++) {
                            const int iy = row * s.stride_y - s.top + ky;
                            if (iy < 0 || iy >= s.height) continue;
                            const \(type.c99) *line = x + ((size_t)c * s.height + iy) * s.width;
                            for (int kx = 0; kx < s.kernel_width; kx++) {
                                const int ix = column * s.stride_x - s.left + kx;
                                if (ix >= 0 && ix < s.width && line[ix] > found) found = line[ix];
                            }
                        }
                        *y++ = found;
                    }
        }
        """
    }
}

extension DataType {
    /// The smallest and the largest number that it holds, as floats in C.
    var c99Limits: String {
        let integers = integers ?? 0...0
        return "\(Float(integers.lowerBound).c99), \(Float(integers.upperBound).c99)"
    }
}
