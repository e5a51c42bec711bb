"""Plan many runs of one study: a process that has imported Snakemake once and forks for each plan."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.workflow.study import SNAKEMAKE, Study, planned_jobs


class Planner:
    """Dry runs in a study's folder, each as from a new Snakemake process but without its start."""

    def __init__(self, study: Study) -> None:
        self._study = study
        command = [SNAKEMAKE.with_name("python"), __file__]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, cwd=study.folder, env=environment, text=True, **pipes)

    def planned(self, *arguments: str, overlays: tuple[str, ...] = ()) -> dict[str, int]:
        """Rules and numbers of jobs that a run would execute now."""
        command = self._study.command("-n", *arguments, overlays=overlays)[1:]
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert answer["code"] == 0, answer["output"]
        return planned_jobs(answer["output"])

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


def _serve() -> None:
    from snakemake.cli import main

    # the study's own library must be imported, not the one of the repository that holds the tests
    sys.path[:] = [path for path in sys.path if path != os.environ["PYTHONPATH"]]
    for name in [name for name in sys.modules if name.split(".")[0] in ("tests", "cgni")]:
        del sys.modules[name]
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+") as output:
            child = os.fork()
            if child == 0:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                code = 1
                with contextlib.suppress(BaseException):
                    try:
                        main(json.loads(line))
                    except SystemExit as end:
                        code = end.code or 0
                sys.stdout.flush()
                os._exit(code)
            _, status = os.waitpid(child, 0)
            output.seek(0)
            print(json.dumps({"code": os.waitstatus_to_exitcode(status), "output": output.read()}), flush=True)


if __name__ == "__main__":
    _serve()
