"""Which sets of fitted models have scored the holdout: a record that outlives reruns.

Scoring the holdout once a study is what makes its scores honest; a config that is changed and run again
scores it once more. The ledger lies beside the results and is no output of a rule, so that Snakemake
does not delete it before a rerun.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cgni.base.errors import InputError
from cgni.base.files import digest_file, digest_value, write_text


class Looks(NamedTuple):
    """How often the holdout was scored: by how many sets of fitted models in all, and on the latest one's people."""

    all: int
    of_these_people: int


def ledger_entry(config: Mapping[str, Any], fitted: Mapping[str, str | Path], people: Sequence[str]) -> dict[str, Any]:
    """What identifies a look at the holdout; the same models with the same settings give the same entry.

    Parameters
    ----------
    config
        What the rule declares of the models.
    fitted
        Model to its checkpoint. Every setting, table or line of code that shapes a model shapes these bytes.
    people
        Ids of those scored; the entry holds a digest of them alone.
    """
    return {
        "config": digest_value(dict(config)),
        "fits": digest_value({model: digest_file(path) for model, path in fitted.items()}),
        "people": digest_value(sorted(set(people))),
        "models": list(fitted),
    }


def record_look(path: str | Path, entry: Mapping[str, Any]) -> Looks:
    """Append an entry under the next number, unless it is there already; what was written stays.

    Raises
    ------
    InputError
        The file is no ledger.
    """
    entries = _read(path)
    if dict(entry) not in [_without_number(known) for known in entries]:
        entries.append({"number": len(entries) + 1, **entry})
        write_text("".join(json.dumps(known, sort_keys=True) + "\n" for known in entries), path)
    return _count(entries, entry["people"])


def read_looks(path: str | Path) -> Looks:
    """How often the holdout was scored, for the report; nothing written down yet: 0."""
    entries = _read(path)
    return _count(entries, entries[-1]["people"]) if entries else Looks(0, 0)


def _read(path: str | Path) -> list[dict[str, Any]]:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        entries = [json.loads(line) for line in lines]
        _count(entries, "")
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path}: not the ledger of who has scored the holdout ({error}); move it away") from error
    return entries


def _count(entries: Sequence[Mapping[str, Any]], people: str) -> Looks:
    return Looks(len(entries), sum(known["people"] == people for known in entries))


def _without_number(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "number"}
