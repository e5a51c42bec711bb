"""What the benchmarks share: timing, the machine's description, the last line and its JSON file."""

import json
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_Result = TypeVar("_Result")
_RESULTS = Path(__file__).parent / "results"


def median_seconds(function: Callable[[], _Result], repeats: int) -> tuple[_Result, float]:
    """The last result of `function` and the median of its wall-clock seconds."""
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - begun)
    return result, statistics.median(seconds)


def processor() -> str:
    """Name of the processor."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]} ({len(names)} logical)" if names else platform.processor()


def describe_machine() -> None:
    """Print the processor."""
    print(f"processor: {processor()}")


def report(name: str, ratio: float, agreement: float, **more: float) -> None:
    """Write results/<name>.json and print the benchmark's last line."""
    numbers = {"ratio": ratio, "agreement": agreement, **more}
    _RESULTS.mkdir(exist_ok=True)
    (_RESULTS / f"{name}.json").write_text(json.dumps({"name": name, "processor": processor(), **numbers}, indent=2))
    print(name, *(f"{key}={value:.4g}" for key, value in numbers.items()))
