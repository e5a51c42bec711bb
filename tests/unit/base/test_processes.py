"""What log lines begin with."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cgni.base.processes import configure_logging, named_in_logs


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave the root logger and the hook of exceptions as they were."""
    root, handlers, level = logging.getLogger(), list(logging.getLogger().handlers), logging.getLogger().level
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    raised = logging.raiseExceptions
    yield
    configure_logging("/dev/null")
    logging.captureWarnings(False)
    logging.raiseExceptions = raised
    root.handlers[:] = handlers
    root.setLevel(level)


def test_every_line_bears_the_job_and_the_parts_it_is_in(tmp_path: Path) -> None:
    configure_logging(tmp_path / "a.log", "train_contrastive terms124")
    logging.info("begun")
    with named_in_logs("replicate 3"), named_in_logs("fold 0"):
        logging.info("kept epoch %d", 7)
    with pytest.raises(ValueError, match="x"), named_in_logs("fold 1"):
        raise ValueError("x")
    logging.warning("done")
    told = [line.partition(" ")[2] for line in (tmp_path / "a.log").read_text().splitlines()]
    assert told == [
        "INFO train_contrastive terms124: begun",
        "INFO train_contrastive terms124, replicate 3, fold 0: kept epoch 7",
        "WARNING train_contrastive terms124: done",
    ]


def test_without_a_name_the_message_stands_alone(tmp_path: Path) -> None:
    configure_logging(tmp_path / "a.log")
    logging.info("begun")
    assert (tmp_path / "a.log").read_text().endswith(" INFO begun\n")
