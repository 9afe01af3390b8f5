/// A C function that computes one kind of operator; only those that a model needs are written.
enum C99Kernel: String, CaseIterable {
    case convolution
    case linear
    case channelAffine
    case maxPool
    case averagePool
    case globalAveragePool
    case relu
    case clip
    case affine
    case exponential
    case logarithm
    case squareRoot
    case add
    case subtract
    case multiply
    case divide
    case maximum
    case logSoftmax
    case rowSums
    case concatenate
    case sigmoid
    case hardSigmoid
    case errorFunction
    case transpose
    case pad
    case crop
    case range

    /// The C99 text. Every operand is a dense row-major array of one image.
    var text: String {
        switch self {
        case .convolution:
            """
            static void convolution(const float *x, const float *weight, const float *bias, float *y, convolution_sizes s)
            {
                const int inputs = s.channels / s.groups, outputs = s.outputs / s.groups;
                for (int o = 0; o < s.outputs; o++) {
                    const float *group = x + (size_t)(o / outputs) * inputs * s.height * s.width;
                    const float *kernel = weight + (size_t)o * inputs * s.kernel_height * s.kernel_width;
                    for (int row = 0; row < s.out_height; row++)
                        for (int column = 0; column < s.out_width; column++) {
                            float sum = bias ? bias[o] : 0.0f;
                            for (int c = 0; c < inputs; c++)
                                for (int ky = 0; ky < s.kernel_height; ky++) {
                                    const int iy = row * s.stride_y - s.top + ky * s.dilation_y;
                                    if (iy < 0 || iy >= s.height) continue;
                                    const float *line = group + ((size_t)c * s.height + iy) * s.width;
                                    const float *taps = kernel + ((size_t)c * s.kernel_height + ky) * s.kernel_width;
                                    for (int kx = 0; kx < s.kernel_width; kx++) {
                                        const int ix = column * s.stride_x - s.left + kx * s.dilation_x;
                                        if (ix >= 0 && ix < s.width) sum += line[ix] * taps[kx];
                                    }
                                }
                            *y++ = sum;
                        }
                }
            }
            """
        case .linear:
            """
            static void linear(const float *x, const float *weight, const float *bias, float *y, int inputs, int outputs)
            {
                for (int o = 0; o < outputs; o++) {
                    float sum = bias ? bias[o] : 0.0f;
                    for (int i = 0; i < inputs; i++) sum += x[i] * weight[(size_t)o * inputs + i];
                    y[o] = sum;
                }
            }
            """
        case .channelAffine:
            """
            static void channel_affine(const float *x, const float *scale, const float *shift, float *y, int channels, int places)
            {
                for (int c = 0; c < channels; c++)
                    for (int i = 0; i < places; i++) *y++ = *x++ * scale[c] + shift[c];
            }
            """
        case .maxPool:
            // NaN, which no comparison finds, is counted.
            C99Kernel.pool(
                "max_pool", start: "-INFINITY",
                step: "count += line[ix] != line[ix]; if (line[ix] > found) found = line[ix];", end: "count ? NAN : found")
        case .averagePool:
            C99Kernel.pool(
                "average_pool", start: "0.0f", step: "found += line[ix]; count++;",
                end: "found / (s.counts_padding ? s.kernel_height * s.kernel_width : count)")
        case .globalAveragePool:
            """
            static void global_average_pool(const float *x, float *y, int channels, int places)
            {
                for (int c = 0; c < channels; c++) {
                    float sum = 0.0f;
                    for (int i = 0; i < places; i++) sum += *x++;
                    y[c] = sum / places;
                }
            }
            """
        // Not the other way round, so that a NaN is passed on.
        case .relu: C99Kernel.unary("relu", "x[i] < 0.0f ? 0.0f : x[i]")
        case .clip:
            """
            static void clip(const float *x, float *y, int count, float lower, float upper)
            {
                for (int i = 0; i < count; i++) y[i] = x[i] < lower ? lower : x[i] > upper ? upper : x[i];
            }
            """
        case .affine:
            """
            static void affine(const float *x, float *y, int count, float scale, float offset)
            {
                for (int i = 0; i < count; i++) y[i] = scale * x[i] + offset;
            }
            """
        case .exponential: C99Kernel.unary("exponential", "expf(x[i])")
        case .logarithm: C99Kernel.unary("logarithm", "logf(x[i])")
        case .squareRoot: C99Kernel.unary("square_root", "sqrtf(x[i])")
        case .sigmoid: C99Kernel.unary("sigmoid", "1.0f / (1.0f + expf(-x[i]))")
        case .hardSigmoid:
            """
            static void hard_sigmoid(const float *x, float *y, int count, float slope, float offset)
            {
                for (int i = 0; i < count; i++) {
                    const float value = slope * x[i] + offset;
                    y[i] = value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value;
                }
            }
            """
        case .errorFunction: C99Kernel.unary("error_function", "erff(x[i])")
        case .transpose, .pad, .crop, .range: movement
        case .add: C99Kernel.binary("add", "p + q")
        case .subtract: C99Kernel.binary("subtract", "p - q")
        case .multiply: C99Kernel.binary("multiply", "p * q")
        case .divide: C99Kernel.binary("divide", "p / q")
        case .maximum: C99Kernel.binary("maximum", "p != p ? p : p > q ? p : q")
        case .logSoftmax:
            """
            static void log_softmax(const float *x, float *y, int count)
            {
                float largest = x[0], total = 0.0f;
                for (int i = 1; i < count; i++) if (x[i] > largest) largest = x[i];
                for (int i = 0; i < count; i++) total += expf(x[i] - largest);
                for (int i = 0; i < count; i++) y[i] = x[i] - largest - logf(total);
            }
            """
        case .rowSums:
            """
            static void row_sums(const float *x, float *y, int rows, int columns, float factor)
            {
                for (int r = 0; r < rows; r++) {
                    float sum = 0.0f;
                    for (int i = 0; i < columns; i++) sum += *x++;
                    y[r] = sum * factor;
                }
            }
            """
        case .concatenate:
            """
            static void concatenate(const float *const *operands, const int *sizes, int count, float *y)
            {
                for (int i = 0; i < count; i++)
                    for (int j = 0; j < sizes[i]; j++) *y++ = operands[i][j];
            }
            """
        }
    }

    /// The function's name in C.
    var function: String {
        switch self {
        case .channelAffine: "channel_affine"
        case .maxPool: "max_pool"
        case .averagePool: "average_pool"
        case .globalAveragePool: "global_average_pool"
        case .squareRoot: "square_root"
        case .logSoftmax: "log_softmax"
        case .rowSums: "row_sums"
        case .hardSigmoid: "hard_sigmoid"
        case .errorFunction: "error_function"
        case .convolution, .linear, .relu, .clip, .affine, .exponential, .logarithm, .add, .subtract, .multiply, .divide,
            .maximum, .concatenate, .sigmoid, .transpose, .pad, .crop, .range:
            rawValue
        }
    }

    private static func unary(_ name: String, _ expression: String) -> String {
        """
        static void \(name)(const float *x, float *y, int count)
        {
            for (int i = 0; i < count; i++) y[i] = \(expression);
        }
        """
    }

    /// Operands are repeated along the axes where their step is 0.
    private static func binary(_ name: String, _ expression: String) -> String {
        """
        static void \(name)(const float *a, const int *a_steps, const float *b, const int *b_steps, float *y, const int *extents)
        {
            for (int c = 0; c < extents[0]; c++)
                for (int h = 0; h < extents[1]; h++)
                    for (int w = 0; w < extents[2]; w++) {
                        const float p = a[c * a_steps[0] + h * a_steps[1] + w * a_steps[2]];
                        const float q = b[c * b_steps[0] + h * b_steps[1] + w * b_steps[2]];
                        *y++ = \(expression);
                    }
        }
        """
    }

    private static func pool(_ name: String, start: String, step: String, end: String) -> String {
        """
        static void \(name)(const float *x, float *y, pool_sizes s)
        {
            for (int c = 0; c < s.channels; c++)
                for (int row = 0; row < s.out_height; row++)
                    for (int column = 0; column < s.out_width; column++) {
                        float found = \(start);
                        int count = 0;
                        for (int ky = 0; ky < s.kernel_height; ky++) {
                            const int iy = row * s.stride_y - s.top + ky;
                            if (iy < 0 || iy >= s.height) continue;
                            const float *line = x + ((size_t)c * s.height + iy) * s.width;
                            for (int kx = 0; kx < s.kernel_width; kx++) {
                                const int ix = column * s.stride_x - s.left + kx;
                                if (ix >= 0 && ix < s.width) { \(step) }
                            }
                        }
                        *y++ = \(end);
                    }
        }
        """
    }

    /// What all convolutions are told.
    static let convolutionSizes = """
        /* Sizes of a convolution: channels are split into groups that do not see each other. */
        typedef struct {
            int channels, height, width, outputs, out_height, out_width;
            int kernel_height, kernel_width, stride_y, stride_x, top, left, dilation_y, dilation_x, groups;
        } convolution_sizes;
        """

    /// What all poolings are told.
    static let poolSizes = """
        /* Sizes of a pooling window and what it moves over. */
        typedef struct {
            int channels, height, width, out_height, out_width, kernel_height, kernel_width, stride_y, stride_x, top, left;
            int counts_padding;
        } pool_sizes;
        """
}
