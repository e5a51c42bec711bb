"""What each choice of the publication does to a study: `sound`, `sound` with one of its choices at a time, and `paper`.

python -m tools.compare_protocols --configfile mine.yaml [--cores N] [--only KEY ...] [--results FOLDER]

All of them are runs of one results folder (by default the config's own with `-protocols` behind its name), so each
runs again only what its choice changes. `FOLDER/protocols/` gets the table (protocols.parquet, protocols.csv), which is
printed too, the overlay of each run and what it said. A run that stops is in the table with its last line; the exit
status is then 1. A choice that cannot be made alone takes along the one that it needs (`ALONG`).
docs/methods/protocols.md has what the choices do on cohorts with planted leakage routes.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import yaml

from cgni.base.files import read_json, write_text
from cgni.base.nested import nested
from cgni.base.settings import AUTO
from cgni.base.tables import read_table, write_table
from cgni.classification.scores import CONTINUOUS, GROUPS
from cgni.workflow.baselines import CONFOUNDS, IMAGING_CNN, IN_PLACE_OF_CNN
from cgni.workflow.config import protocol_values
from cgni.workflow.roster import model_name
from tools.make_reruns import ROOT, effective

TARGETS = ("report", "tables", "audit")
# a choice to those without which it leaves nobody to fit on: encoders on all training people leave none unseen
ALONG = {"people.fit_on": ("scca.fit_on",)}
# names of the models that may stand for each; empty: the one that the study chose
MAIN_SCORES = tuple(kind.main for kind in (GROUPS, CONTINUOUS))
SCORED = {"proposed": (), "images": (IMAGING_CNN, IN_PLACE_OF_CNN), "confounds": (CONFOUNDS,)}
OUTCOMES = pa.schema(
    [
        pa.field("run", pa.string(), nullable=False),  # sound, paper, or the key that is as in paper
        pa.field("value", pa.string()),  # of that key
        pa.field("stopped", pa.string()),  # the last line of a run that stopped
        # balanced accuracy (R² of a continuous outcome) of all fold models together in holdout people
        *(pa.field(f"holdout_{name}", pa.float64()) for name in SCORED),
        pa.field("holdout_se", pa.float64()),  # of the proposed model's
        pa.field("out_of_fold", pa.float64()),  # of the proposed model in validation people
        # component 1: r in the people of its encoders and in validation people, mean over folds
        *(pa.field(name, pa.float64()) for name in ("r_fit", "r_validation")),
        # component 1: r and partial r in holdout people, p of that, and p of the whole analysis
        *(pa.field(name, pa.float64()) for name in ("r", "partial_r", "p", "p_pipeline")),
        pa.field("components", pa.int64()),
        pa.field("significant", pa.int64()),  # components in which features may be called
        pa.field("snps", pa.int64()),  # called
        pa.field("regions", pa.int64()),
        pa.field("false_snps", pa.int64()),  # called without a planted effect; missing where no truth is known
        pa.field("false_regions", pa.int64()),
        pa.field("blocks", pa.int64()),  # of linked SNPs, claimed: the study's claims in place of single SNPs
        pa.field("false_blocks", pa.int64()),
    ]
)


class Study(NamedTuple):
    """A study's overlays on config.yaml, and its folder of results, from the repository root."""

    configfiles: Sequence[str]
    results: str


def runs(keys: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
    """Name of each run to its changes of the config: sound, a choice of paper each (`keys`: some alone), paper.

    Raises
    ------
    ValueError
        A key that is the same in both protocols, or none that they govern.
    """
    sound, paper = protocol_values("sound"), protocol_values("paper")
    differ = {key: value for key, value in paper.items() if value != sound[key]}
    if unknown := sorted(set(keys or ()) - set(differ)):
        raise ValueError(f"{', '.join(unknown)}: not among the choices of the publication ({', '.join(differ)})")
    followed = dict.fromkeys(paper, AUTO)  # whatever the config at hand says
    wanted = [key for key in differ if keys is None or key in keys]
    alone = {key: {**followed, **{name: differ[name] for name in (key, *ALONG.get(key, ()))}} for key in wanted}
    return {
        "sound": nested({"protocol": "sound", **followed}),
        **{key: nested({"protocol": "sound", **changes}) for key, changes in alone.items()},
        "paper": nested({"protocol": "paper", **followed}),
    }


def value_of(run_name: str) -> str | None:
    """Value in paper of the key after which a run is called; with those that it takes along."""
    paper = protocol_values("paper")
    if run_name not in paper:
        return None
    return ", ".join([str(paper[run_name]), *(f"{key}: {paper[key]}" for key in ALONG.get(run_name, ()))])


def outcome(results: Path) -> dict[str, Any]:
    """What a finished study found, in the columns of `OUTCOMES`."""
    performance = read_table(results / "classification/performance.parquet")
    proposed = model_name(read_json(results / "classification/selection.json", "proposed")["proposed"])
    together = performance[(performance["fold"] == -1) & performance["metric"].isin(MAIN_SCORES)]
    scores = together.set_index(["model", "split"])[["value", "se"]]
    components = read_table(results / "contributions/components.parquet")
    first = components.set_index("component").reindex([1]).iloc[0]
    blocks = read_table(results / "contributions/blocks.parquet", ["block", "called"])
    called = read_table(results / "contributions/contributions.parquet", ["view", "feature", "fold", "called"])
    features = called[called["called"] & (called["fold"] == -1)].groupby("view")["feature"].nunique()
    found = {
        **{
            f"holdout_{name}": _value(scores, _present(scores, own) or proposed, "holdout")
            for name, own in SCORED.items()
        },
        "holdout_se": _value(scores, proposed, "holdout", "se"),
        "out_of_fold": _value(scores, proposed, "validation"),
        **_by_part(read_table(results / "scca/correlations.parquet")),
        **{name: float(first[name]) for name in ("r", "partial_r", "p", "p_pipeline")},
        "components": len(components),
        "significant": int(components["gated"].sum()),
        "snps": int(features.get("genetics", 0)),
        "regions": int(features.get("imaging", 0)),
        "blocks": int(blocks.loc[blocks["called"], "block"].nunique()),
    }
    return {**found, **_false(results, found)}


def _present(scores: pd.DataFrame, models: Sequence[str]) -> str | None:
    """The first of the models that is scored; of none the first, None where none is named."""
    return next((name for name in models if (name, "holdout") in scores.index), next(iter(models), None))


def _value(scores: pd.DataFrame, model: str, split: str, column: str = "value") -> float | None:
    return float(scores.loc[(model, split), column]) if (model, split) in scores.index else None


def _by_part(correlations: pd.DataFrame) -> dict[str, float]:
    """Mean over folds of component 1's r in fit and in validation people, of `scca.schemas.CORRELATIONS`."""
    chosen = correlations[(correlations["encoders"] == "chosen") & (correlations["pairing"] == "true")]
    first = chosen[(chosen["component"] == 1) & (chosen["group"] == "all")]
    means = first.groupby("split")["r"].mean().reindex(["fit", "validation"])
    return {"r_fit": float(means["fit"]), "r_validation": float(means["validation"])}


def _false(results: Path, found: dict[str, Any]) -> dict[str, int]:
    """Called features and blocks without a planted effect, of a simulated study; all where regions follow no gene."""
    counted = {"snps": "SNP precision", "regions": "region precision", "blocks": "block precision"}
    regions, recovery = results / "simulation/truth/regions.parquet", results / "audit/recovery.parquet"
    if regions.exists() and not read_table(regions, ["loading"])["loading"].any():
        return {f"false_{name}": found[name] for name in counted}
    if not recovery.exists():
        return {}
    table = read_table(recovery)
    rows = table[table["who"].isin(["pipeline", "claims"])].set_index("quantity").loc[list(counted.values())]
    wrong = (rows["n"] * (1 - rows["value"])).fillna(0).round().astype(int)  # no value where nothing is called
    return {f"false_{name}": int(wrong[quantity]) for name, quantity in counted.items()}


def run(
    study: Study, changes: dict[str, Any], name: str, cores: int, targets: Sequence[str] = TARGETS
) -> dict[str, Any]:
    """Run the study with these changes, and read what it found (`OUTCOMES`), or the line with which it stopped."""
    folder = ROOT / study.results / "protocols"
    overlay = folder / f"{name}.yaml"
    write_text(yaml.safe_dump({**changes, "results_dir": study.results}), overlay)
    snakemake = [str(Path(sys.executable).parent / "snakemake"), *targets, "--cores", str(cores)]
    with (folder / f"{name}.log").open("w+") as said:
        command = [*snakemake, "--configfile", *study.configfiles, str(overlay)]
        code = subprocess.run(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, check=False).returncode
        said.seek(0)
        lines = [line.strip() for line in said if line.strip()]
    if code:
        told = [line for line in lines if "Error" in line or "error" in line]
        return {"stopped": (told or lines or [f"exit status {code}"])[-1]}
    return outcome(ROOT / study.results)


def main(arguments: Sequence[str]) -> int:
    """0 when every run went to its end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--configfile", nargs="*", default=[])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--only", nargs="*", metavar="KEY")
    parser.add_argument("--results")
    given = parser.parse_args(arguments)
    results = given.results or f"{effective(given.configfile)['results_dir']}-protocols"
    try:
        planned = runs(given.only)
    except ValueError as error:
        parser.error(str(error))
    study, rows = Study(given.configfile, results), []
    for name, changes in planned.items():
        rows.append({"run": name, "value": value_of(name), **run(study, changes, name, given.cores)})
        print(f"{name}: {rows[-1].get('stopped') or 'done'}", flush=True)
        table = pd.DataFrame(rows).reindex(columns=OUTCOMES.names)
        folder = ROOT / results / "protocols"
        write_table(table, folder / "protocols.parquet", OUTCOMES, {"configfiles": given.configfile})
        write_text(table.to_csv(index=False, float_format="%.4f"), folder / "protocols.csv")
    print(table.to_string(index=False, float_format="%.3f", na_rep=""))
    return int(table["stopped"].notna().any())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
