"""Configs: wrong keys, values and combinations."""

from pathlib import Path
from typing import Any

from cgni.workflow.config import effective_config, refuse_doubled_keys
from tests.unit.catalogue.case import Call, Case, clear, handled, written


def _config(**overlay: Any) -> Call:
    return lambda _: effective_config(overlay)


def _value(key: str, **overlay: Any) -> Call:
    def call(_: Path) -> Any:
        value: Any = effective_config(overlay)
        for part in key.split("."):
            value = value[part]
        return value

    return call


def _t1(**keys: Any) -> dict[str, Any]:
    return {"source": "t1", "t1": keys}


_LOBES = {"name": "lobes", "image": "lobes.nii", "labels": "lobes.txt"}
_NAN, _INF = float("nan"), float("inf")
_REFUSED: dict[str, tuple[Call, str]] = {
    "an unknown key": (_config(sede=1), "sede"),
    "a section that is none": (_config(scca=None), "scca: None is not of type"),
    "a word for a number": (_config(seed="one"), "seed: 'one'"),
    "a fraction for a whole number": (_config(splits={"folds": 2.5}), r"splits\.folds: 2\.5"),
    "one fold": (_config(splits={"folds": 1}), r"splits\.folds"),
    "a holdout of everybody": (_config(splits={"holdout": 1.0}), r"splits\.holdout"),
    "NaN": (_config(contrastive={"dropout": _NAN}), r"contrastive\.dropout: a number must be finite"),
    "infinity": (_config(contrastive={"temperature": _INF}), r"contrastive\.temperature: a number must be finite"),
    "the third of two cohorts": (
        _config(simulation={"people": {"cohorts": 2, "cohort": 3}}),
        r"simulation\.people\.cohort: 3, of 2 in the population",
    ),
    "NaN in a list": (_config(scca={"penalties": [0.3, _NAN]}), r"scca\.penalties: a number must be finite"),
    "a learning rate of 1e10": (_config(contrastive={"learning_rate": 1e10}), r"contrastive\.learning_rate"),
    "a learning rate of 0": (_config(pretraining={"learning_rate": 0}), r"pretraining\.learning_rate"),
    "groups that overlap": (_config(outcome={"low": [2, 9]}), r"outcome\.low"),
    "a group upside down": (_config(outcome={"low": [5, 2]}), r"outcome\.low"),
    "a range upside down": (_config(cohort={"ranges": {"age": [110, 18]}}), r"cohort\.ranges\.age"),
    "simulated maps taken for T1 images": (_config(imaging={"source": "t1"}), r"simulation\.images\.kind.*let both"),
    "a subset twice": (_config(contrastive={"subsets": [[1, 2], [2, 1]]}), r"contrastive\.subsets"),
    "an unknown term": (_config(contrastive={"subsets": [[7]]}), r"contrastive\.subsets"),
    "an unknown model": (_config(classification={"models": ["tree"]}), r"classification\.models"),
    "an unknown protocol": (_config(protocol="loose"), "protocol"),
    "a leak under sound": (_config(people={"pretrain_on": "everybody"}), r"people\.pretrain_on"),
    "nobody for the heads": (_config(people={"fit_on": "training", "heads_on": "monitor"}), r"people\.heads_on"),
    "nobody for the sparse CCA": (_config(people={"fit_on": "training", "heads_on": "training"}), r"scca\.fit_on"),
    "more blocks than there are": (_config(transfer={"transfer_blocks": 9}), r"transfer\.transfer_blocks"),
    "two builds": (_config(inputs={"genotypes": {"build": "GRCh38"}}), r"inputs\.genotypes\.build"),
    "half an ontology": (_config(enrichment={"obo": "x"}), r"enrichment\.obo"),
    "an unknown further atlas": (_config(inputs={"more_atlases": ["lobes"]}), r"inputs\.more_atlases"),
    "a further atlas without a table": (
        _config(inputs={"more_atlases": [{"name": "a", "image": "a.nii"}]}),
        r"inputs\.more_atlases",
    ),
    "a further atlas twice": (
        _config(inputs={"more_atlases": [_LOBES, _LOBES | {"image": "b"}]}),
        "lobes is there twice",
    ),
    "braces in a further atlas": (
        _config(inputs={"more_atlases": [_LOBES | {"image": "{id}.nii"}]}),
        r"inputs\.more_atlases: lobes: {id}\.nii: names one file, without braces",
    ),
    "a further atlas of a table": (
        _config(
            inputs={"more_atlases": ["octants"]},
            imaging={"source": "table"},
            simulation={"images": {"kind": "table"}},
        ),
        r"inputs\.more_atlases: imaging\.source table has no maps",
    ),
    "sets without a file": (_config(enrichment={"more_sets": [{"name": "kegg"}]}), r"enrichment\.more_sets"),
    "sets with a path as a name": (_config(enrichment={"more_sets": [{"name": "a/b", "gmt": "x"}]}), "more_sets"),
    "sets twice": (
        _config(enrichment={"more_sets": [{"name": "a", "gmt": "x"}, {"name": "A", "gmt": "y"}]}),
        r"enrichment\.more_sets: A is there twice",
    ),
    "a file of sets twice": (
        _config(enrichment={"more_sets": [{"name": "a", "gmt": "x"}, {"name": "b", "gmt": "./x"}]}),
        r"enrichment\.more_sets: b: \./x is that of a too",
    ),
    "the study's own sets again": (
        _config(enrichment={"gmt": "x", "sources": ["GMT"], "more_sets": [{"name": "b", "gmt": "x"}]}),
        r"enrichment\.more_sets: b: x is that of enrichment\.gmt too",
    ),
    "a tilde in results_dir": (_config(results_dir="~/x"), "results_dir"),
    "braces in results_dir": (_config(results_dir="a{x}"), "results_dir"),
    "& in results_dir": (_config(results_dir="a&b"), "results_dir"),
    "no results_dir": (_config(results_dir=""), "results_dir"),
    "{chr} in a pattern": (_config(inputs={"genotypes": {"files": "{chr}.bgen"}}), r"only {chrom} is known"),
    "{chrom:02d} in a pattern": (
        _config(inputs={"genotypes": {"files": "{chrom:02d}.bgen"}}),
        r"only {chrom} is known",
    ),
    "{{chrom}} in a pattern": (_config(inputs={"genotypes": {"files": "{{chrom}}.bgen"}}), r"only {chrom} is known"),
    "{chrom!r} in a pattern": (_config(inputs={"genotypes": {"mfi": "{chrom!r}.txt"}}), r"only {chrom} is known"),
    "braces in a plain path": (_config(inputs={"phenotypes": "{chrom}.csv"}), r"inputs\.phenotypes: .* without braces"),
    "** in a pattern": (_config(inputs={"images": "a/**/{participant_id}.nii"}), r"write \*/ for each folder"),
    "{id} in a pattern of images": (_config(inputs={"images": "{id}.nii"}), r"only {participant_id} is known"),
    "* without ids": (_config(inputs={"images": "maps/*.nii"}), r"\* needs {participant_id}"),
    "* beside the id": (_config(inputs={"images": "{participant_id}*.nii"}), "where the id ends cannot be known"),
    "a program without a command": (_config(imaging=_t1(engine="spm12")), r"imaging\.t1\.command: engine spm12 needs"),
    "a command that names no images": (
        _config(imaging=_t1(engine="cat12", command="cat.sh {image}")),
        r"imaging\.t1\.command: engine cat12 needs a command with {images}, {list} or {folder}",
    ),
    "a program without outputs": (
        _config(imaging=_t1(engine="command", command="x {list}")),
        r"imaging\.t1\.outputs: engine command needs the place",
    ),
    "a command for ANTs": (_config(imaging=_t1(command="x {list}")), r"imaging\.t1\.command: engine ants runs no"),
    "an unknown engine": (_config(imaging=_t1(engine="fsl")), r"imaging\.t1\.engine"),
    "an unknown source": (_config(imaging={"source": "t2"}), r"imaging\.source"),
    "voxels too fine": (_config(imaging=_t1(voxel_mm=0.5)), r"imaging\.t1\.voxel_mm"),
    "a session of two words": (_config(imaging=_t1(session="pre op")), r"imaging\.t1\.session"),
    "batches of nobody": (_config(imaging=_t1(batch=0)), r"imaging\.t1\.batch"),
    "* in a BIDS folder": (_config(imaging=_t1(), inputs={"images": "bids/*"}), r"\* needs {participant_id}"),
    "a key twice": (written("seed: 1\nseed: 2\n", refuse_doubled_keys), "seed is there a second time"),
    "a section twice": (
        written("scca: {permutations: 9}\nscca: {folds: 1}\n", refuse_doubled_keys),
        "line 2: scca is there a second time",
    ),
    "a key twice, within a list": (
        written("a: [{b: 1, b: 2}]\n", refuse_doubled_keys),
        r"line 1: a\.0\.b is there a second time",
    ),
    "no YAML": (written("a: [\n", refuse_doubled_keys), "not a readable YAML file"),
    "no YAML file": (lambda folder: refuse_doubled_keys(folder / "none.yaml"), "not a readable YAML file"),
}

CASES: list[Case] = [
    *(clear(f"config: {name}", call, message) for name, (call, message) in _REFUSED.items()),
    handled("config: 4.0 for a whole number", _value("splits.folds", splits={"folds": 4.0}), 4),
    handled("config: whole numbers with points in a list", _value("outcome.low", outcome={"low": [2.0, 5]}), [2, 5]),
    handled("config: a blank in results_dir", _value("results_dir", results_dir="my results"), "my results"),
    handled(
        "config: CAT12's folders",
        _value("inputs.images", inputs={"images": "s-{participant_id}/mri/mwp1s-{participant_id}*.nii"}),
        "s-{participant_id}/mri/mwp1s-{participant_id}*.nii",
    ),
    handled(
        "config: results_dir in a further atlas",
        _value(
            "inputs.more_atlases",
            results_dir="r",
            inputs={"more_atlases": [_LOBES | {"image": "{results_dir}/l.nii"}]},
        ),
        [_LOBES | {"image": "r/l.nii"}],
    ),
    handled("config: an alias inside its own section", written("a: &x\n  b: *x\n", refuse_doubled_keys), None),
    *(
        handled(f"config: {folder} as results_dir", _value("results_dir", results_dir=folder), "my/run")
        for folder in ("my/run/", "./my/run", "my//run")
    ),
    handled("config: a BIDS folder", _value("inputs.images", imaging=_t1(), inputs={"images": "my bids"}), "my bids"),
    handled(
        "config: CAT12",
        _value("imaging.t1.command", imaging=_t1(engine="cat12"), simulation={"images": {"kind": "t1"}}),
        None,
    ),
    handled(
        "config: a command that waits for its engine",
        _value("imaging.t1.command", imaging={"t1": {"command": "x"}}),
        "x",
    ),
    handled("config: # in results_dir", _value("results_dir", results_dir="run#2"), "run#2"),
]
