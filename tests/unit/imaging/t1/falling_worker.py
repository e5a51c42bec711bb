"""A process in the place of the worker: what it does depends on the name of the image."""

import json
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    """Answer, fall, or stop in the middle of an answer."""
    for line in sys.stdin:
        task = json.loads(line)
        name = Path(task["path"]).stem
        if name == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "killed once" and not Path(task["target"]).exists():
            Path(task["target"]).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "ended":
            os._exit(3)
        answer = json.dumps({"measures": {"gm_ml": task["smooth_mm"], "cut_cm2": float("nan")}, "seconds": {}}) + "\n"
        sys.stdout.write(answer[:9] if name == "partly" else answer)
        sys.stdout.flush()
        if name in ("partly", "answered and killed"):
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
