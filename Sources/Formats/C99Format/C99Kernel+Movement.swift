extension C99Kernel {
    /// The C99 text of the kernels that only move elements.
    var movement: String {
        switch self {
        case .transpose:
            """
            static void transpose(const float *x, float *y, const int *n, const int *steps)
            {
                for (int a = 0; a < n[0]; a++)
                    for (int b = 0; b < n[1]; b++)
                        for (int c = 0; c < n[2]; c++)
                            for (int d = 0; d < n[3]; d++)
                                for (int e = 0; e < n[4]; e++)
                                    for (int f = 0; f < n[5]; f++)
                                        *y++ = x[a * steps[0] + b * steps[1] + c * steps[2] + d * steps[3] + e * steps[4]
                                                 + f * steps[5]];
            }
            """
        case .pad:
            """
            static void pad(const float *x, float *y, int channels, int height, int width, int out_height, int out_width,
                            int top, int left)
            {
                for (int c = 0; c < channels; c++)
                    for (int row = 0; row < out_height; row++)
                        for (int column = 0; column < out_width; column++) {
                            const int iy = row - top, ix = column - left;
                            const int inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
                            *y++ = inside ? x[((size_t)c * height + iy) * width + ix] : 0.0f;
                        }
            }
            """
        case .crop:
            """
            static void crop(const float *x, float *y, int channels, int height, int width, int in_height, int in_width,
                             int top, int left)
            {
                for (int c = 0; c < channels; c++)
                    for (int row = 0; row < height; row++)
                        for (int column = 0; column < width; column++)
                            *y++ = x[((size_t)c * in_height + row + top) * in_width + column + left];
            }
            """
        case .range:
            """
            static void range(const float *x, float *y, int first, int count)
            {
                for (int i = 0; i < count; i++) y[i] = x[first + i];
            }
            """
        case .convolution, .linear, .channelAffine, .maxPool, .averagePool, .globalAveragePool, .relu, .clip, .affine,
            .exponential, .logarithm, .squareRoot, .add, .subtract, .multiply, .divide, .maximum, .logSoftmax, .rowSums,
            .concatenate, .sigmoid, .hardSigmoid, .errorFunction:
            preconditionFailure("\(self) computes")
        }
    }
}
