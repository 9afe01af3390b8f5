"""Throughput of a distillation step in PyTorch on the CPU: the frozen teacher's forward pass, the student's training step with
the loss of ERDE. One JSON line per mode."""
import argparse, json, math, resource, statistics, time
import torch
import torch.nn.functional as F
from train_throughput import EarlyExitPreResNet


def erde(z, a, y, gamma=0.5, T=3.0):
    total = 0
    for i, o in enumerate(z):
        wrong = (a[i].argmax(1) != y).float() * float(i < len(z) - 1)
        kl = F.kl_div(F.log_softmax(o / T, 1), F.softmax(a[i] / T, 1), reduction="none").sum(1) * T * T
        l = F.log_softmax(o, 1)
        entropy = -(l.exp() * l).sum(1)
        total = total + F.cross_entropy(o, y) + ((1 - wrong) * kl).mean() + gamma * (wrong * (math.log(o.shape[1]) - entropy)).mean()
    return total


def measure(a, mode):
    torch.manual_seed(0)
    widths = lambda text: tuple(map(int, text.split(",")))
    teacher = EarlyExitPreResNet(widths(a.teacher_widths), a.teacher_blocks, 10, a.channels, a.size).eval()
    student = EarlyExitPreResNet(widths(a.widths), a.blocks, 10, a.channels, a.size)
    x, y = torch.randn(a.batch, a.channels, a.size, a.size), torch.randint(0, 10, (a.batch,))
    if mode != "float32":
        teacher, student = (n.to(memory_format=torch.channels_last) for n in (teacher, student))
        x = x.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(student.parameters(), 0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)

    def step():
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled="bfloat16" in mode):
            with torch.no_grad():
                t = [o.float() for o in teacher(x)]
            z = [o.float() for o in student(x)]
        optimizer.zero_grad(set_to_none=True)
        erde(z, t, y).backward()
        optimizer.step()

    for _ in range(3):
        step()
    times = []
    for _ in range(a.steps):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return {"peer": f"PyTorch {torch.__version__.split('+')[0]}", "mode": mode, "images_per_s": round(a.batch / statistics.median(times), 1),
            "threads": torch.get_num_threads(), "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--teacher-widths", default="32,64,128")
    p.add_argument("--teacher-blocks", type=int, default=3)
    p.add_argument("--widths", default="16,32,64")
    p.add_argument("--blocks", type=int, default=1)
    p.add_argument("--size", type=int, default=28)
    p.add_argument("--channels", type=int, default=1)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--steps", type=int, default=15)
    p.add_argument("--modes", default="float32,channels-last,channels-last-bfloat16")
    a = p.parse_args()
    for mode in a.modes.split(","):
        print(json.dumps(measure(a, mode)), flush=True)
