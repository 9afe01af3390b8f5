"""Training throughput of an early-exit PreResNet in PyTorch on the CPU. One JSON line per (network, mode).

The peak memory is the process's, so ask for one mode at a time to compare it.
"""
import argparse, json, resource, statistics, time
import torch, torch.nn as nn, torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.b1, self.c1 = nn.BatchNorm2d(i), nn.Conv2d(i, o, 3, s, 1, bias=False)
        self.b2, self.c2 = nn.BatchNorm2d(o), nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.sc = nn.Conv2d(i, o, 1, s, bias=False) if s != 1 or i != o else None

    def forward(self, x):
        a = F.relu(self.b1(x))
        y = self.c2(F.relu(self.b2(self.c1(a))))
        return y + (x if self.sc is None else self.sc(a))


class Head(nn.Module):
    def __init__(self, c, size, classes):
        super().__init__()
        self.bn, self.drop, self.fc = nn.BatchNorm2d(c), nn.Dropout(0.5), nn.Linear(c * (size // 2) ** 2, classes)

    def forward(self, x):
        return self.fc(self.drop(F.avg_pool2d(F.relu(self.bn(x)), 2).flatten(1)))


class EarlyExitPreResNet(nn.Module):
    """widths: channels per stage; blocks: residual blocks per stage; one exit after every stage (BN, ReLU, AvgPool2, Dropout 0.5, FC)."""

    def __init__(self, widths=(16, 32, 64), blocks=3, classes=10, channels=3, size=32):
        super().__init__()
        self.stem = nn.Conv2d(channels, widths[0], 3, 1, 1, bias=False)
        self.stages, self.heads, self.macs = nn.ModuleList(), nn.ModuleList(), []
        i, m = widths[0], channels * widths[0] * 9 * size * size
        for k, o in enumerate(widths):
            layers = []
            for j in range(blocks):
                s = 2 if k and not j else 1
                layers.append(Block(i, o, s))
                size = -(-size // s)
                m += size * size * 9 * o * (i + o) + (size * size * i * o if s != 1 or i != o else 0)
                i = o
            self.stages.append(nn.Sequential(*layers))
            self.heads.append(Head(o, size, classes))
            m += o * (size // 2) ** 2 * classes
            self.macs.append(m)

    def forward(self, x):
        x, out = self.stem(x), []
        for stage, head in zip(self.stages, self.heads):
            x = stage(x)
            out.append(head(x))
        return out


def measure(widths, blocks, size, channels, batch, mode, steps):
    torch.manual_seed(0)
    net = EarlyExitPreResNet(widths, blocks, 10, channels, size)
    opt = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)
    x, y = torch.randn(batch, channels, size, size), torch.randint(0, 10, (batch,))
    if mode != "float32":
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    run = torch.compile(net) if "compiled" in mode else net

    def step():
        opt.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled="bfloat16" in mode):
            outs = run(x)
        sum(F.cross_entropy(o.float(), y) for o in outs).backward()
        opt.step()

    for _ in range(3):
        step()
    times = []
    for _ in range(steps):
        t = time.perf_counter()
        step()
        times.append(time.perf_counter() - t)
    return {"peer": f"PyTorch {torch.__version__.split('+')[0]}", "widths": widths, "blocks": blocks, "size": size, "batch": batch, "mode": mode,
            "macs": net.macs[-1], "images_per_s": round(batch / statistics.median(times), 1), "threads": torch.get_num_threads(),
            "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--widths", default="16,32,64")
    p.add_argument("--blocks", type=int, default=3)
    p.add_argument("--size", type=int, default=32)
    p.add_argument("--channels", type=int, default=3)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--steps", type=int, default=15)
    p.add_argument("--modes", default="float32,channels-last,channels-last-bfloat16")
    a = p.parse_args()
    for mode in a.modes.split(","):
        print(json.dumps(measure(tuple(map(int, a.widths.split(","))), a.blocks, a.size, a.channels, a.batch, mode, a.steps)), flush=True)
