"""PyTorch's side of the comparison: reads lines "network layout precision steps threads device batch" and answers each with images a second.

The step is the fastest that plain PyTorch offers: a fixed batch in memory, no loading, no metrics, gradients set to None.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        stride = 1 if inputs == outputs else 2
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = None if stride == 1 else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        residual = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)), inplace=True)))
        residual += x if self.shortcut is None else self.shortcut(x)
        return F.relu(residual, inplace=True)


def resnet18():
    widths = [64, 64, 64, 128, 128, 256, 256, 512, 512]
    blocks = [Block(a, b) for a, b in zip(widths, widths[1:])]
    stem = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def cnn():
    layers = []
    for inputs, outputs in [(1, 16), (16, 32), (32, 64)]:
        layers += [nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(576, 10))


def mlp(*hidden):
    widths = [784, *hidden]
    layers = [layer for inputs, outputs in zip(widths, widths[1:]) for layer in (nn.Linear(inputs, outputs), nn.ReLU(inplace=True))]
    return nn.Sequential(nn.Flatten(), *layers, nn.Linear(widths[-1], 10))


class Bottleneck(nn.Module):
    def __init__(self, inputs, growth):
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm2d(inputs), nn.ReLU(inplace=True), nn.Conv2d(inputs, 4 * growth, 1, bias=False),
            nn.BatchNorm2d(4 * growth), nn.ReLU(inplace=True), nn.Conv2d(4 * growth, growth, 3, 1, 1, bias=False))

    def forward(self, x):
        return torch.cat([x, self.layers(x)], 1)


def densenet(depth, growth=12):
    channels, layers = 2 * growth, [nn.Conv2d(3, 2 * growth, 3, 1, 1, bias=False)]
    for block in range(3):
        for _ in range((depth - 4) // 6):
            layers.append(Bottleneck(channels, growth))
            channels += growth
        layers += [nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]
        if block < 2:
            layers += [nn.Conv2d(channels, channels // 2, 1, bias=False), nn.AvgPool2d(2)]
            channels //= 2
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def vgg16():
    channels, layers = 3, []
    for width, count in zip([64, 128, 256, 512, 512], [2, 2, 3, 3, 3]):
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, 1, 1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


class Scale(nn.Module):
    def forward(self, x):
        return x / 9


def airbench94():
    def norm(width):
        layer = nn.BatchNorm2d(width, eps=1e-12, momentum=0.4)
        layer.weight.requires_grad = False
        return layer

    whiten = nn.Conv2d(3, 24, 2)
    whiten.weight.requires_grad = False
    channels, layers = 24, [whiten, nn.GELU()]
    for width in (64, 256, 256):
        layers += [nn.Conv2d(channels, width, 3, 1, 1, bias=False), nn.MaxPool2d(2), norm(width), nn.GELU()]
        layers += [nn.Conv2d(width, width, 3, 1, 1, bias=False), norm(width), nn.GELU()]
        channels = width
    return nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten(), nn.Linear(channels, 10, bias=False), Scale())


NETWORKS = {
    "resnet18": resnet18, "densenet-bc-40": lambda: densenet(40), "vgg16": vgg16, "airbench94": airbench94,
    "cnn": cnn, "mlp-1x512": lambda: mlp(512), "mlp": lambda: mlp(512, 512),
}


def images_per_second(network, layout, precision, steps, device, batch):
    torch.manual_seed(1)
    channels, size = (1, 28) if network in ("cnn", "mlp-1x512", "mlp") else (3, 32)
    model = NETWORKS[network]().to(device)
    images, labels = torch.randn(batch, channels, size, size, device=device), torch.randint(0, 10, (batch,), device=device)
    if layout == "channels_last":
        model, images = model.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(torch.device(device).type, dtype=torch.bfloat16, enabled=precision == "bf16"):
            logits = model(images)
        F.cross_entropy(logits.float(), labels).backward()
        optimizer.step()

    def wait():
        if torch.device(device).type == "cuda":
            torch.cuda.synchronize()

    # On a GPU cuDNN tries its algorithms in the first steps.
    for _ in range(1 if device == "cpu" else 10):
        step()
    wait()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    wait()
    return batch * steps / (time.perf_counter() - start)


print("ready", torch.__version__, flush=True)
for line in sys.stdin:
    network, layout, precision, steps, threads, device, batch = line.split()
    torch.set_num_threads(int(threads))
    torch.backends.cudnn.benchmark = True

    # PyTorch's convolutions round to TF32 as a rule; f32 is f32 on both sides.
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    print(images_per_second(network, layout, precision, int(steps), device, int(batch)), flush=True)
