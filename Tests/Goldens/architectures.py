"""Independent counts of multiply-adds and parameters of early-exit networks, with PyTorch and torchvision.

VGG, MobileNetV2 and DenseNet are torchvision's own, with the stem and strides of small images; residual and multi-scale
dense networks are written here from their papers. Nothing is computed: all tensors are on PyTorch's meta device. Run:
    python architectures.py > architectures.json        (needs: torch, torchvision)
"""
import functools
import json
import sys

import torch
import torchvision
from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual

torch.set_default_device("meta")
CASES = []


class Counter:
    """Counts multiply-adds of all convolutions and fully connected layers that run, and the parameters they were made of."""

    def __init__(self, channels, height, width, classes):
        self.image = torch.empty(2, channels, height, width)
        self.classes = classes
        self.macs = 0
        self.parameters = {}
        self.exits = []

    def run(self, module, x):
        """`module(x)`, counted once for every call."""
        handles = [m.register_forward_hook(self.count) for m in module.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
        y = module(x)
        for handle in handles:
            handle.remove()
        for parameter in module.parameters():
            self.parameters[id(parameter)] = parameter
        return y

    def count(self, module, inputs, output):
        weights = module.weight
        per_output = weights[0].numel()
        self.macs += output[0].numel() * per_output

    def exit(self, x, head, normalises=True):
        """One of erde's exits; the head's convolutions and its pooling by name."""
        layers = [nn.BatchNorm2d(x.shape[1]), nn.ReLU()] if normalises else []
        width = x.shape[1]
        if head == "convolutions":
            for _ in range(2):
                layers += [nn.Conv2d(width, 128, 3, 2, 1, bias=False), nn.BatchNorm2d(128), nn.ReLU()]
                width = 128
        layers.append(nn.AdaptiveAvgPool2d(1) if head == "global" else
                      nn.AdaptiveAvgPool2d(2) if head == "poolTo2x2" else nn.AvgPool2d(2))
        features = self.run(nn.Sequential(*layers), x).flatten(1)
        self.run(nn.Linear(features.shape[1], self.classes), features)
        self.exits.append(self.macs)

    def record(self, name):
        CASES.append({
            "name": name, "image": list(self.image.shape[1:]), "classes": self.classes, "cumulativeMACs": self.exits,
            "parameterCount": sum(parameter.numel() for parameter in self.parameters.values())})
        return CASES[-1]


def vgg(name, depth, exits, head, image=(3, 32, 32), classes=10):
    counter = Counter(*image, classes)
    x, convolutions = counter.image, 0
    layers = list(getattr(torchvision.models, f"vgg{depth}_bn")(weights=None).features)[:-1]
    while layers:
        if isinstance(layers[0], nn.MaxPool2d):
            x = layers.pop(0)(x)
            continue
        convolution, rest, layers = layers[0], layers[1:3], layers[3:]
        # Batch normalisation has a bias already, and the image may be grey.
        convolution = nn.Conv2d(x.shape[1], convolution.out_channels, 3, 1, 1, bias=False)
        x = counter.run(nn.Sequential(convolution, *rest), x)
        convolutions += 1
        if convolutions in exits:
            counter.exit(x, head, normalises=False)
    return counter.record(name)


def mobilenet(name, factor, exits, head, image=(3, 32, 32), classes=10):
    whole = torchvision.models.mobilenet_v2(width_mult=factor)
    if factor == 1:
        # The count that the paper rounds to 3.4 million.
        assert sum(parameter.numel() for parameter in whole.parameters()) == 3_504_872
    layers = list(whole.features)
    layers[0][0] = nn.Conv2d(image[0], layers[0][0].out_channels, 3, 1, 1, bias=False)
    for module in layers[2].modules():  # the first block of the stage of 24 channels
        if isinstance(module, nn.Conv2d):
            module.stride = (1, 1)
    counter = Counter(*image, classes)
    x = counter.run(layers[0], counter.image)
    blocks = [layer for layer in layers if isinstance(layer, InvertedResidual)]
    for number, block in enumerate(blocks, start=1):
        x = counter.run(block, x)
        if number == len(blocks):
            x = counter.run(layers[-1], x)
        if number in exits:
            counter.exit(x, head, normalises=number < len(blocks))
    return counter.record(name)


def densenet(name, depth, growth, exits, head, image=(3, 32, 32), classes=10):
    blocks = (depth - 4) // 6
    whole = torchvision.models.DenseNet(growth, (blocks,) * 3, 2 * growth, bn_size=4)
    features = dict(whole.features.named_children())
    counter = Counter(*image, classes)
    x = counter.run(nn.Conv2d(image[0], 2 * growth, 3, 1, 1, bias=False), counter.image)
    number = 0
    for stage in range(1, 4):
        all_features = [x]
        for layer in features[f"denseblock{stage}"].values():
            all_features.append(counter.run(layer, all_features))
            number += 1
            if number in exits:
                counter.exit(torch.cat(all_features, 1), head)
        x = torch.cat(all_features, 1)
        if stage < 3:
            x = counter.run(features[f"transition{stage}"], x)
    return counter.record(name)


class PreActivationBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Sequential(nn.BatchNorm2d(inputs), nn.ReLU())
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False))
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if stride > 1 or inputs != outputs else None

    def forward(self, x):
        y = self.first(x)
        return self.body(y) + (self.shortcut(y) if self.shortcut else x)


def residual(name, widths, blocks, stem, exits, head, image=(3, 32, 32), classes=10):
    counter = Counter(*image, classes)
    x = counter.run(nn.Conv2d(image[0], stem, 3, 1, 1, bias=False), counter.image)
    number = 0
    for stage, width in enumerate(widths):
        for block in range(blocks):
            x = counter.run(PreActivationBlock(x.shape[1], width, 2 if stage and not block else 1), x)
            number += 1
            if number in exits:
                counter.exit(x, head)
    return counter.record(name)


def unit(inputs, outputs, kernel, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


def msdnet(name, layers, exits, lazy=True, image=(3, 32, 32), classes=10, growth=6, stem=16, scales=3):
    """Features by recursion, so that only what an exit reads is computed; all that a layer has when not lazy."""
    counter = Counter(*image, classes)
    factor = [min(2**scale, 4) for scale in range(scales)]
    interval = -(-layers // scales)

    def new(x, outputs, scale, stride):
        width = min(x.shape[1], factor[scale] * outputs)
        return counter.run(nn.Sequential(unit(x.shape[1], width, 1), unit(width, outputs, 3, stride)), x)

    @functools.cache
    def feature(layer, scale):
        if layer == 0:
            source, stride = (counter.image, 1) if scale == 0 else (feature(0, scale - 1), 2)
            return counter.run(unit(source.shape[1], stem * factor[scale], 3, stride), source)
        finest, before = (layer - 1) // interval, max(0, layer - 2) // interval
        own, added = feature(layer - 1, scale), growth * factor[scale]
        if scale > before:
            finer = feature(layer - 1, scale - 1)
            parts = [own, new(finer, added // 2, scale - 1, 2), new(own, added // 2, scale, 1)]
        else:
            parts = [own, new(own, added, scale, 1)]
        result = torch.cat(parts, 1)
        if finest > before:
            result = counter.run(unit(result.shape[1], result.shape[1] // factor[scale] // 2 * factor[scale], 1), result)
        return result

    for layer in range(1, layers + 1):
        if not lazy:
            for scale in range((layer - 1) // interval, scales):
                feature(layer, scale)
        if layer in exits:
            counter.exit(feature(layer, scales - 1), "convolutions", normalises=False)
    return counter.record(name)


def main():
    # VGG with batch normalisation: stage ends, and one exit as in the usual classifier for CIFAR-10.
    vgg("vgg16", 16, [2, 4, 7, 10, 13], "pool2")
    single = vgg("vgg16:exits=1:head=global", 16, [13], "global")
    assert single["parameterCount"] == 14_724_042
    vgg("vgg11:head=poolTo2x2", 11, [1, 2, 4, 6, 8], "poolTo2x2")
    vgg("vgg13:head=global", 13, [2, 4, 6, 8, 10], "global", (1, 28, 28), 7)
    vgg("vgg19:exits=1:head=global", 19, [16], "global")
    # MobileNetV2
    mobilenet("mobilenetv2", 1.0, [3, 6, 13, 17], "global")
    mobilenet("mobilenetv2:exits=1", 1.0, [17], "global")
    mobilenet("mobilenetv2x0.5:exits=2,9,17:head=pool2", 0.5, [2, 9, 17], "pool2", (1, 28, 28))
    mobilenet("mobilenetv2x1.4", 1.4, [3, 6, 13, 17], "global", classes=100)
    mobilenet("mobilenetv2x0.35", 0.35, [3, 6, 13, 17], "global")
    # DenseNet-BC: the paper's Table 2 gives 0.8 million parameters for L = 100, k = 12.
    single = densenet("densenet-100-12:exits=1", 100, 12, [48], "global")
    assert single["parameterCount"] == 769_162
    densenet("densenet-100-12", 100, 12, [16, 32, 48], "global")
    densenet("densenet-40-24:head=pool2:exits=3,6,13,18", 40, 24, [3, 6, 13, 18], "pool2", (1, 28, 28))
    # Residual networks; the papers give 0.27, 2.7 and 36.5 million parameters.
    residual("preresnet-20:exits=1:head=global", [16, 32, 64], 3, 16, [9], "global")
    residual("preresnet-20x2", [32, 64, 128], 3, 32, [3, 6, 9], "pool2", (1, 28, 28))
    residual("wrn-16-4:exits=1:head=global", [64, 128, 256], 2, 16, [6], "global")
    residual("wrn-28-10:exits=1:head=global", [160, 320, 640], 4, 16, [12], "global")
    residual("preresnet-20:exits=2,5,9", [16, 32, 64], 3, 16, [2, 5, 9], "pool2")
    # Multi-scale dense networks: the paper's ten exits for CIFAR, and its schedule of growing distances.
    msdnet("msdnet", 22, list(range(4, 23, 2)))
    growing = [1, 3, 6, 10, 15, 21, 28]
    msdnet("msdnet:layers=28:base=1:exits=1,3,6,10,15,21,28", 28, growing)
    msdnet("msdnet:layers=8", 8, [4, 6, 8], image=(1, 28, 28))
    if "--published" in sys.argv:
        # Counted as the authors do, whole blocks and not only what an exit reads, their counts are a few percent higher
        # for they also count ReLU and pooling.
        print(msdnet("eager", 28, growing, lazy=False, classes=100), file=sys.stderr)
        CASES.pop()
    print('{"torch": %s, "torchvision": %s, "cases": [' % (json.dumps(torch.__version__), json.dumps(torchvision.__version__)))
    print(",\n".join(json.dumps(case) for case in CASES))
    print("]}")


main()
