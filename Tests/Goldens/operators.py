"""Independent golden values for every operator, in float64 with PyTorch.

Operands are multiples of 1/8, exact in float32. Run:
    python operators.py > operators.json        (needs: torch)
"""
import itertools, json, sys
import torch
import torch.nn.functional as F

G = torch.Generator().manual_seed(20261121)
DT = torch.float64
CASES = []


def eighths(*shape, low=-24, high=24):
    return torch.randint(low, high + 1, shape, generator=G).to(DT) / 8


def record(name, op, operands, results, **attributes):
    def tensor(t):
        return {"shape": list(t.shape), "isInteger": not t.is_floating_point(), "values": t.detach().reshape(-1).tolist()}

    CASES.append({"name": name, "op": op, "attributes": attributes, "operands": [tensor(t) for t in operands],
                  "results": [tensor(t) for t in results]})


def gradients(y, dy, xs):
    return torch.autograd.grad(y, xs, dy)


def padded(x, padding, value=0.0):
    top, left, bottom, right = padding
    return F.pad(x, (left, right, top, bottom), value=value)


# Convolutions: name, x, weight, strides, padding (top left bottom right), dilations, groups, with bias
for name, xs, ws, s, p, d, g, has_bias in [
    ("plain", (2, 3, 5, 4), (4, 3, 3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1, True),
    ("one tap", (1, 2, 3, 3), (3, 2, 1, 1), (1, 1), (0, 0, 0, 0), (1, 1), 1, False),
    ("ragged stride", (1, 2, 7, 6), (2, 2, 2, 3), (3, 2), (0, 0, 0, 0), (1, 1), 1, True),
    ("asymmetric padding", (1, 1, 4, 5), (2, 1, 3, 2), (2, 1), (1, 0, 2, 1), (1, 1), 1, False),
    ("dilated groups", (2, 4, 7, 6), (6, 2, 3, 2), (1, 2), (1, 1, 1, 1), (2, 3), 2, True),
    ("depthwise", (1, 5, 4, 4), (5, 1, 3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 5, False),
]:
    x, w, b = eighths(*xs).requires_grad_(), eighths(*ws).requires_grad_(), eighths(ws[0])
    y = F.conv2d(padded(x, p), w, b if has_bias else None, stride=s, dilation=d, groups=g)
    dy = eighths(*y.shape)
    dx, dw = gradients(y, dy, [x, w])
    a = {"strides": s, "padding": p, "dilations": d, "groups": g}
    record("convolution: " + name, "convolution", [x, w] + ([b] if has_bias else []), [y], **a)
    record("convolution data gradient: " + name, "convolutionDataGradient", [dy, w, x], [dx], **a)
    record("convolution weight gradient: " + name, "convolutionWeightGradient", [dy, x, w], [dw], **a)

# Products
x, w, b = eighths(3, 5), eighths(4, 5), eighths(4)
record("linear", "linear", [x, w], [F.linear(x, w)])
record("linear with bias", "linear", [x, w, b], [F.linear(x, w, b)])
for left, right in itertools.product([False, True], repeat=2):
    a, b = eighths(*((5, 3) if left else (3, 5))), eighths(*((2, 5) if right else (5, 2)))
    record(f"matMul {left} {right}", "matMul", [a, b], [(a.T if left else a) @ (b.T if right else b)],
           transposeLeft=left, transposeRight=right)

# Batch normalisation
for shape in [(4, 3), (2, 3, 3, 5), (7, 1, 1, 1)]:
    c, epsilon, momentum = shape[1], 0.001, 0.25
    a = {"epsilon": epsilon, "momentum": momentum}
    x, scale, bias = eighths(*shape).requires_grad_(), eighths(c).requires_grad_(), eighths(c).requires_grad_()
    mean, variance = eighths(c), eighths(c, low=1)
    record(f"batch norm {shape}", "batchNormalization", [x, scale, bias, mean, variance],
           [F.batch_norm(x, mean.clone(), variance.clone(), scale, bias, False, momentum, epsilon)], **a)
    axes = [0] if len(shape) == 2 else [0, 2, 3]
    m, v = x.mean(axes), x.var(axes, unbiased=False)
    running = mean.clone()
    y = F.batch_norm(x, running, variance.clone(), scale, bias, True, momentum, epsilon)
    record(f"batch norm training {shape}", "batchNormalizationTraining", [x, scale, bias], [y, m, v], **a)
    record(f"moving average {shape}", "movingAverage", [mean, m], [running], momentum=momentum)
    dy = eighths(*shape)
    record(f"batch norm gradient {shape}", "batchNormalizationGradient", [dy, x, scale, m, v],
           gradients(y, dy, [x, scale, bias]), **a)

# Pooling: extents, kernel, strides, padding, counting padding in averages
for xs, k, s, p in [
    ((2, 3, 4, 6), (2, 2), (2, 2), (0, 0, 0, 0)),
    ((1, 2, 7, 5), (3, 2), (2, 3), (0, 0, 0, 0)),
    ((1, 2, 5, 4), (3, 3), (2, 1), (1, 0, 2, 1)),
    ((3, 1, 2, 3), (2, 3), (1, 1), (1, 2, 0, 1)),
]:
    a = {"kernel": k, "strides": s, "padding": p}
    x = eighths(*xs, low=-3, high=3).requires_grad_()  # few values, so that windows have several maxima
    y = F.max_pool2d(padded(x, p, -float("inf")), k, s)
    dy = eighths(*y.shape)
    record(f"max pool {xs}", "maxPool", [x], [y], **a)
    record(f"max pool gradient {xs}", "maxPoolGradient", [dy, x], gradients(y, dy, [x]), **a)
    for counts in [False, True]:
        area = F.avg_pool2d(padded(torch.full(xs, 1.0, dtype=DT), p, 1.0 if counts else 0.0), k, s)
        y = F.avg_pool2d(padded(x, p), k, s) / area
        record(f"average pool {xs} {counts}", "averagePool", [x], [y], countsPadding=counts, **a)
        record(f"average pool gradient {xs} {counts}", "averagePoolGradient", [dy, x], gradients(y, dy, [x]),
               countsPadding=counts, **a)
x = eighths(2, 3, 3, 5)
record("global average pool", "globalAveragePool", [x], [F.adaptive_avg_pool2d(x, 1)])

# Elementwise, one operand
x, dy, positive = eighths(3, 11), eighths(3, 11), eighths(3, 11, low=1)
record("relu", "relu", [x], [F.relu(x)])
record("relu gradient", "reluGradient", [dy, F.relu(x)], [dy * (x > 0)])
record("clip", "clip", [x], [x.clamp(-1.5, 0.75)], lower=-1.5, upper=0.75)
record("clip gradient", "clipGradient", [dy, x], [dy * ((x > -1.5) & (x < 0.75))], lower=-1.5, upper=0.75)
record("affine", "affine", [x], [-2.5 * x + 0.125], scale=-2.5, offset=0.125)
record("exp", "exp", [x], [x.exp()])
record("log", "log", [positive], [positive.log()])
record("square root", "squareRoot", [positive], [positive.sqrt()])
record("stop gradient", "stopGradient", [x], [x])
record("idle dropout", "dropout", [x], [x], rate=0.5)

WORD = (1 << 64) - 1


def mixed(word):  # SplitMix64's finaliser
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & WORD
    word = (word ^ word >> 27) * 0x94D049BB133111EB & WORD
    return word ^ word >> 31


GOLDEN_GAMMA = 0x9E3779B97F4A7C15
for rate, salt, seed in [(0.5, 1, (7, -3)), (0.25, 9, (-1, 123456789))]:
    key = mixed((seed[0] % 2**32 << 32 | seed[1] % 2**32) ^ mixed(salt + GOLDEN_GAMMA & WORD))
    kept = [mixed(key + i * GOLDEN_GAMMA & WORD) >> 32 >= int(rate * 2**32) for i in range(x.numel())]
    y = x * torch.tensor(kept, dtype=DT).reshape(x.shape) / (1 - rate)
    record(f"random dropout {rate}", "randomDropout", [x, torch.tensor(seed)], [y], rate=rate, salt=salt)

# Elementwise, two operands
for name, a_shape, b_shape in [
    ("equal shapes", (3, 5), (3, 5)), ("row", (3, 5), (5,)), ("column", (3, 1), (3, 5)), ("outer", (3, 1), (1, 5)),
    ("scalar", (), (2, 3)), ("channels", (2, 3, 2, 2), (3, 1, 1)),
]:
    a, b = eighths(*a_shape, low=-4, high=4), eighths(*b_shape, low=-4, high=4)
    nonzero = b + 0.0625
    for op, second, result in [
        ("add", b, a + b), ("subtract", b, a - b), ("multiply", b, a * b), ("divide", nonzero, a / nonzero),
        ("maximum", b, torch.maximum(a, b)), ("equal", b, (a == b).to(DT)), ("less", b, (a < b).to(DT)),
    ]:
        record(f"{op}: {name}", op, [a, second], [result])
a, b = torch.randint(0, 3, (7,), generator=G), torch.randint(0, 3, (7,), generator=G)
record("equal: integers", "equal", [a, b], [(a == b).to(DT)])
record("less: integers", "less", [a, b], [(a < b).to(DT)])

# Rows, reductions, shape
x = eighths(4, 7)
record("log softmax", "logSoftmax", [x], [F.log_softmax(x, 1)])
record("log softmax of large numbers", "logSoftmax", [x * 1000], [F.log_softmax(x * 1000, 1)])
ties = torch.tensor([[1, 3, 3, 2], [0, 0, 0, 0], [-5, -4, -6, -4]], dtype=DT)
record("argMax", "argMax", [ties], [torch.tensor([1, 0, 1])])
labels = torch.tensor([2, 0, 4, 2])
record("one hot", "oneHot", [labels], [F.one_hot(labels, 5).to(DT)], classes=5)
x = eighths(2, 3, 4, 5)
for axes, keeps in [([0], False), ([1], True), ([0, 2, 3], False), ([1, 3], True), ([0, 1, 2, 3], False)]:
    a = {"axes": axes, "keepsAxes": keeps}
    record(f"sum {axes} {keeps}", "reduceSum", [x], [x.sum(axes, keepdim=keeps)], **a)
    record(f"mean {axes} {keeps}", "reduceMean", [x], [x.mean(axes, keepdim=keeps)], **a)
record("sum of squares", "sumOfSquares", [x], [(x * x).sum()])
for like in [(5,), (4, 1), (1, 3, 1, 5), (3, 1, 1), (), (2, 3, 4, 5)]:
    small = eighths(*like).requires_grad_()
    record(f"broadcast {like}", "broadcastTo", [small, x], [small.expand(x.shape)])
    record(f"sum to {like}", "sumTo", [x, small], gradients(small.expand(x.shape), x, [small]))
record("reshape", "reshape", [x], [x.reshape(2, 5, 12)], trailing=[5, 12])

# Learning: torch.optim.SGD itself
for nesterov in [False, True]:
    w, g, v = eighths(2, 3), eighths(2, 3), eighths(2, 3)
    rate, scale, momentum, decay = 0.125, 0.5, 0.875, 0.0625
    p = torch.nn.Parameter(w.clone())
    optimizer = torch.optim.SGD([p], lr=rate, momentum=momentum, weight_decay=decay, nesterov=nesterov)
    optimizer.state[p]["momentum_buffer"] = v.clone()
    p.grad = g * scale
    optimizer.step()
    record(f"momentum update {nesterov}", "momentumUpdate",
           [w, g, v, torch.tensor(rate, dtype=DT), torch.tensor(scale, dtype=DT)],
           [p, optimizer.state[p]["momentum_buffer"]], momentum=momentum, weightDecay=decay, nesterov=nesterov)

# Channels
for shapes in [[(2, 3, 3, 5), (2, 1, 3, 5)], [(3, 2, 1, 2), (3, 5, 1, 2), (3, 1, 1, 2)], [(4, 3), (4, 2)]]:
    xs = [eighths(*shape).requires_grad_() for shape in shapes]
    y = torch.cat(xs, dim=1)
    record(f"concatenate {shapes}", "concatenate", xs, [y])
    dy, start = eighths(*y.shape), 0
    for x, dx in zip(xs, gradients(y, dy, xs)):
        record(f"slice of {list(y.shape)} at {start}", "channelSlice", [dy], [dx], start=start, count=x.shape[1])
        start += x.shape[1]

# Smooth activations, planes, axes
x = eighths(3, 11)
record("sigmoid", "sigmoid", [x], [x.sigmoid()])
record("hard sigmoid", "hardSigmoid", [x], [(0.375 * x + 0.625).clamp(0, 1)], scale=0.375, offset=0.625)
record("error function", "errorFunction", [x], [x.erf()])
x = eighths(2, 3, 3, 5)
for p in [(1, 0, 2, 3), (0, 0, 0, 0)]:
    y = padded(x, p)
    record(f"pad {p}", "pad", [x], [y], padding=p)
    grown = eighths(*y.shape)
    top, left, bottom, right = p
    record(f"crop {p}", "crop", [grown], [grown[:, :, top:y.shape[2] - bottom, left:y.shape[3] - right]], padding=p)
for permutation in [(0, 2, 3, 1), (0, 2, 1, 3), (3, 2, 1, 0)]:
    record(f"transpose {permutation}", "transpose", [x], [x.permute(permutation)], permutation=permutation)
# Quantization: ties to even, saturation; one scale, or one for each index along axis 0
for name, kind, low, high, scales in [("bytes", "uint8", 0, 255, [0.25]), ("signed", "int8", -128, 127, [0.015625]),
                                      ("wide", "int32", -2**31, 2**31 - 1, [0.375, 0.125, 3.0])]:
    x = eighths(3, 2, 5)
    s = torch.tensor(scales, dtype=DT).reshape(-1, 1, 1)
    q = torch.clamp(torch.round(x / s), low, high)
    a = {"scales": scales, "dataType": kind}
    record(f"quantize {name}", "quantize", [x], [q], **a)
    if kind == "int32":
        record(f"dequantize {name}", "dequantize", [q.to(torch.int32)], [q * s], **a)
    else:
        record(f"fake quantize {name}", "fakeQuantize", [x], [q * s], **a)
x = eighths(4, 3, 2)
s = x.abs().amax(dim=(1, 2), keepdim=True) / 7
record("fake quantize channels", "fakeQuantizeChannels", [x], [torch.round(x / s) * s], limit=7)

print('{"torch": %s, "cases": [' % json.dumps(torch.__version__))
print(",\n".join(json.dumps(case) for case in CASES))
print("]}")
