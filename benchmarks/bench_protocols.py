"""What each choice of the publication does where genes and brain have something in common, nothing, or a confound.

    PYTHONPATH=. python benchmarks/bench_protocols.py [--kinds KIND ...] [--seeds 1] [--every] [--folder FOLDER]

SEEDS=3 is `--seeds 3`, KINDS=null,cline is `--kinds null cline`. Seeds are 53,000 and on. Each kind of cohort
(benchmarks/protocol_cohorts.py) is studied under `sound`, under `sound` with choices of `paper` alone, and under
`paper`, by tools/compare_protocols.py; `--every` makes every choice alone in every kind. Finished runs are kept in
protocols_<kind>_<seed>.csv, so that a comparison that was stopped goes on. At the end a table a kind is printed in
Markdown: means over seeds, with standard errors where there are two or more.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from benchmarks.common import describe_machine
from benchmarks.protocol_cohorts import COHORTS, WITHOUT_MAPS, overlay
from tools.compare_protocols import OUTCOMES, Study, run, runs, value_of
from tools.make_reruns import ROOT

_FIRST_SEED = 53_000
_TARGETS = (
    "classification/performance.parquet",
    "classification/selection.json",
    "contributions/contributions.parquet",
    "contributions/blocks.parquet",
)
_TRUTH = "audit/recovery.parquet"
# column of the printed table: column of the runs, decimals
SHOWN = {
    "holdout": ("holdout_proposed", 3),
    "out of fold": ("out_of_fold", 3),
    "optimism": ("optimism", 3),
    "r fit": ("r_fit", 2),
    "r validation": ("r_validation", 2),
    "r holdout": ("r", 2),
    "partial r": ("partial_r", 2),
    "p": ("p", 4),
    "components": ("components", 1),
    "significant": ("significant", 1),
    "SNPs": ("snps", 1),
    "false SNPs": ("false_snps", 1),
    "regions": ("regions", 1),
    "false regions": ("false_regions", 1),
    "blocks": ("blocks", 1),
    "false blocks": ("false_blocks", 1),
}


def main(arguments: Sequence[str]) -> int:
    """Run what is not there yet and print the tables; 0 when every run went to its end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    named = [kind for kind in os.environ.get("KINDS", "").split(",") if kind]
    parser.add_argument("--kinds", nargs="+", choices=list(COHORTS), default=named or list(COHORTS), metavar="KIND")
    parser.add_argument("--seeds", type=int, default=int(os.environ.get("SEEDS", 1)))
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent / "results")
    given = parser.parse_args(arguments)
    describe_machine()
    given.folder.mkdir(parents=True, exist_ok=True)
    tables = []
    for kind in given.kinds:
        choices = every_choice() if given.every else COHORTS[kind].choices
        for seed in range(_FIRST_SEED, _FIRST_SEED + given.seeds):
            tables.append(compared(kind, seed, choices, given.folder).assign(kind=kind, seed=seed))
    every = pd.concat(tables)
    for kind, own in every.groupby("kind", sort=False):
        print(f"\n{kind}: {COHORTS[str(kind)].says}; {beside(own)}\n\n{printed(own)}")
    return int(every["stopped"].notna().any())


def every_choice() -> list[str]:
    """Choices of the publication that mean something without maps."""
    return [name for name in runs() if value_of(name) is not None and name not in WITHOUT_MAPS]


def compared(kind: str, seed: int, choices: Sequence[str], folder: Path) -> pd.DataFrame:
    """A row a run (`tools.compare_protocols.OUTCOMES`) of one cohort, by runs that `folder` has not kept yet."""
    kept = folder / f"protocols_{kind}_{seed}.csv"
    rows = pd.read_csv(kept) if kept.is_file() else pd.DataFrame(columns=OUTCOMES.names)
    rows = rows[rows["stopped"].isna()]  # the others are tried again
    study = Study([str(folder / f"protocols_{kind}_{seed}.yaml")], f"results-protocols-{kind}-{seed}")
    Path(study.configfiles[0]).write_text(yaml.safe_dump(overlay(kind, seed)))
    planned = in_order(choices)
    for name in planned:
        if name in set(rows["run"]):
            continue
        row = {"run": name, "value": value_of(name), **run(study, changes(name), name, 1, targets(kind, study))}
        rows = pd.concat([rows, pd.DataFrame([row]).reindex(columns=OUTCOMES.names)], ignore_index=True)
        rows.to_csv(kept, index=False)
        print(kind, seed, name, row.get("stopped") or "done", flush=True)
    shutil.rmtree(ROOT / study.results, ignore_errors=True)
    return rows.set_index("run").loc[planned].reset_index()


def changes(name: str) -> dict[str, Any]:
    """What a run changes; `paper` goes without a null, which its rule does not look at."""
    changed = runs()[name]
    return (
        {**changed, "contributions": {**changed["contributions"], "null_encoders": 0}} if name == "paper" else changed
    )


def in_order(choices: Sequence[str]) -> list[str]:
    """Names of the runs: sound, the choices in the order given, paper."""
    return ["sound", *choices, "paper"]


def targets(kind: str, study: Study) -> list[str]:
    """What a run makes; where no region follows a gene every call is false, and no truth need be looked at."""
    scales = COHORTS[kind].simulation
    linked = scales.get("effect_scale", 1.0) * scales.get("brain_effect_scale", 1.0) > 0
    return [f"{study.results}/{path}" for path in (*_TARGETS, *([_TRUTH] if linked else []))]


def printed(runs_of_a_kind: pd.DataFrame) -> str:
    """The runs of one kind as a Markdown table: means over seeds, standard errors of two seeds or more in brackets.

    Optimism is the score in validation people minus that in holdout people.
    """
    own = runs_of_a_kind.assign(optimism=runs_of_a_kind["out_of_fold"] - runs_of_a_kind["holdout_proposed"])
    lines = [f"| run | {' | '.join(SHOWN)} |", f"|{'---|' * (len(SHOWN) + 1)}"]
    for name, seeds in own.groupby("run", sort=False):
        cells = [_cell(pd.to_numeric(seeds[column]).dropna(), decimals) for column, decimals in SHOWN.values()]
        value = seeds["value"].iloc[0]
        title = str(name) if pd.isna(value) else f"`{name}`: {value}"
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def beside(runs_of_a_kind: pd.DataFrame) -> str:
    """Scores that stand beside those of the proposed model, of the run `sound`."""
    sound = runs_of_a_kind[runs_of_a_kind["run"] == "sound"]
    names = {"confounds": "holdout_confounds", "images": "holdout_images"}
    return ", ".join(f"{name} alone {_cell(sound[column], 3)}" for name, column in names.items()) + " in the holdout"


def _cell(values: pd.Series, decimals: int) -> str:
    if values.empty:
        return "–"
    count = len(values)
    whole = count == 1 and decimals == 1  # one cohort's count
    mean = f"{values.mean():.{0 if whole else decimals}f}"
    return mean if count == 1 else f"{mean} ({values.std(ddof=1) / count**0.5:.{decimals}f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
