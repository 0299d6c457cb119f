"""Writes reference_outputs.json: what independent PyTorch implementations of four networks give, against which ReferenceOutputTests compares ours.

    OMP_NUM_THREADS=1 python3 reference_outputs.py > reference_outputs.json        (PyTorch 1.13 and NumPy, e.g. Debian's python3-torch)

The networks are written from the articles, in plain PyTorch:
  ResNet    He et al., CVPR 2016: a 3x3 stem for small images, 7x7/2 and max-pool for large ones; the stride of a bottleneck in its 3x3
  VGG16     Simonyan, Zisserman, ICLR 2015, configuration D, BatchNorm after each convolution, one linear layer
  DenseNet  Huang et al., CVPR 2017: DenseNet-BC, growth rate 12, reduction 0.5

No weights are stored. They follow from a formula, here and in the test: number e of tensor t is u(t, e), uniform in [-1, 1), times a scale.
  t counts the parameters in the order of definition; the running mean of the n-th BatchNorm is tensor 10000 + 2n, its running variance
  10001 + 2n; the images are tensor 20000.
  weight of a convolution or linear layer: u sqrt(6 / fan-in); scale of BatchNorm: 1 + u / 5; any bias: u / 10;
  running mean: u / 10; running variance: 1 + u / 2; image i: u (1 + i) / 2, or all images would look the same to a global average; its label: 3 i
  modulo 10.
Everything is computed in float64, so what the test sees of rounding is ours alone.
"""
import json
import math
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def uniform(tensor, count):
    """[-1, 1), from a 32-bit integer hash of tensor and element."""
    x = np.arange(count, dtype=np.uint32) + np.uint32(tensor * 0x9E3779B9 & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x.astype(np.float64) / 2**31 - 1


def values(tensor, shape, scale, offset=0.0):
    """Rounded to float32, in which the network under test has them."""
    v = (offset + scale * uniform(tensor, math.prod(shape))).astype(np.float32)
    return torch.from_numpy(v.astype(np.float64)).reshape(shape)


def fill(network):
    with torch.no_grad():
        for t, (name, parameter) in enumerate(network.named_parameters()):
            if parameter.dim() > 1:
                parameter.copy_(values(t, parameter.shape, math.sqrt(6 / parameter[0].numel())))
            elif name.endswith("bias"):
                parameter.copy_(values(t, parameter.shape, 0.1))
            else:
                parameter.copy_(values(t, parameter.shape, 0.2, 1))
        for n, norm in enumerate(norms(network)):
            norm.running_mean.copy_(values(10000 + 2 * n, norm.running_mean.shape, 0.1))
            norm.running_var.copy_(values(10001 + 2 * n, norm.running_var.shape, 0.5, 1))


def norms(network):
    return [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]


class Basic(nn.Module):
    expansion = 1

    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = None
        if stride > 1 or inputs != width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (self.downsample(x) if self.downsample else x))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = 4 * width
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (self.downsample(x) if self.downsample else x))


class ResNet(nn.Module):
    def __init__(self, block, repeats, imagenet_stem, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False) if imagenet_stem else nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1) if imagenet_stem else nn.Identity()
        channels, blocks = 64, []
        for stage, (repeat, width) in enumerate(zip(repeats, [64, 128, 256, 512])):
            for i in range(repeat):
                blocks.append(block(channels, width, 2 if stage and not i else 1))
                channels = width * block.expansion
        self.blocks = nn.Sequential(*blocks)
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
        return self.fc(self.blocks(x).mean((2, 3)))


class Vgg16(nn.Module):
    def __init__(self, classes):
        super().__init__()
        layers, channels = [], 3
        for entry in [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]:
            if entry == "M":
                layers.append(nn.MaxPool2d(2, 2))
            else:
                layers += [nn.Conv2d(channels, entry, 3, padding=1), nn.BatchNorm2d(entry), nn.ReLU()]
                channels = entry
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(512, classes)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class Dense(nn.Module):
    def __init__(self, inputs, growth):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, 4 * growth, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.conv1(F.relu(self.bn1(x)))
        return torch.cat((x, self.conv2(F.relu(self.bn2(y)))), dim=1)


class Transition(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.bn = nn.BatchNorm2d(inputs)
        self.conv = nn.Conv2d(inputs, outputs, 1, bias=False)

    def forward(self, x):
        return F.avg_pool2d(self.conv(F.relu(self.bn(x))), 2)


class DenseNetBC(nn.Module):
    def __init__(self, depth, growth, classes):
        super().__init__()
        channels = 2 * growth
        self.stem = nn.Conv2d(3, channels, 3, padding=1, bias=False)
        layers = []
        for block in range(3):
            for _ in range((depth - 4) // 6):
                layers.append(Dense(channels, growth))
                channels += growth
            if block < 2:
                layers.append(Transition(channels, channels // 2))
                channels //= 2
        self.layers = nn.Sequential(*layers)
        self.bn = nn.BatchNorm2d(channels)
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        return self.fc(F.relu(self.bn(self.layers(self.stem(x)))).mean((2, 3)))


def rounded(x):
    return float(f"{float(x):.9g}")


def reference(architecture, network, batch, size):
    network = network.double()
    fill(network)
    images = values(20000, (batch, 3, size, size), (1 + np.arange(batch).repeat(3 * size * size)) / 2)
    labels = torch.arange(batch) * 3 % 10
    with torch.no_grad():
        evaluated = network.eval()(images)
    trained = network.train()(images)
    loss = F.cross_entropy(trained, labels)
    loss.backward()
    print(architecture, sum(p.numel() for p in network.parameters()), float(loss), file=sys.stderr)
    return {
        "architecture": architecture,
        "batch": batch,
        "size": size,
        "evaluated": [rounded(x) for x in evaluated.flatten()],
        "trained": [rounded(x) for x in trained.flatten()],
        "loss": rounded(loss),
        "parameters": [{"shape": list(p.shape), "gradientNorm": rounded(p.grad.norm())} for p in network.parameters()],
        "norms": [{"mean": rounded(n.running_mean.norm()), "variance": rounded(n.running_var.norm())} for n in norms(network)],
    }


references = [
    reference("resnet18", ResNet(Basic, [2, 2, 2, 2], False, 10), 4, 32),
    reference("resnet50", ResNet(Bottleneck, [3, 4, 6, 3], True, 10), 4, 96),
    reference("vgg16", Vgg16(10), 4, 32),
    reference("densenet-bc-40", DenseNetBC(40, 12, 10), 4, 32),
]
print("[\n" + ",\n".join(json.dumps(r) for r in references) + "\n]")
for network in (ResNet(Basic, [3, 4, 6, 3], False, 10), ResNet(Bottleneck, [3, 4, 6, 3], False, 10), DenseNetBC(100, 12, 10)):
    print(sum(p.numel() for p in network.parameters()), file=sys.stderr)
