"""What a bundle holds of a finished study: fitted models, how inputs are coded, and statistics of groups of people."""

import copy
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from cgni.application.archive import array_bytes, checkpoint_bytes, json_bytes, table_bytes
from cgni.application.claims import FEWEST
from cgni.application.confounds import FoldConfounds
from cgni.application.schemas import BUNDLE_REGIONS, BUNDLE_VARIANTS
from cgni.base.arrays import read_array
from cgni.base.errors import InputError
from cgni.base.files import digest_file, read_json
from cgni.base.tables import read_table
from cgni.classification.fitters.encoder_head_model import EncoderHeadModel
from cgni.classification.fitters.network_model import NetworkModel
from cgni.cohort.roles import development_people
from cgni.cohort.settings import OutcomeSettings
from cgni.fold_data.tables import StudyTables
from cgni.genetics.schemas import FILL
from cgni.imaging.atlas import Atlas, read_atlas
from cgni.networks.checkpoint import load_checkpoint
from cgni.scca.schemas import WEIGHTS

_NETWORK = ("architecture", "state", "scaling")
_QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class FittedStudy:
    """What was fitted.

    Attributes
    ----------
    outcome_networks, age_networks : checkpoint of each fold's imaging networks.
    encoders : of the proposed and of the interpreted model, by name; head : the proposed model's classifiers.
    weights : of sparse CCA (`scca.schemas.WEIGHTS`).
    proposed, interpreted : names of encoders.
    """

    outcome_networks: Sequence[Mapping[str, Any]]
    age_networks: Sequence[Mapping[str, Any]]
    encoders: Mapping[str, Mapping[str, Any]]
    head: Mapping[str, Any]
    weights: pd.DataFrame
    proposed: str
    interpreted: str


@dataclass(frozen=True, eq=False)
class StudyMaps:
    """What is known of a study's maps.

    Attributes
    ----------
    index, qc : `imaging.schemas.INDEX` and `imaging.schemas.QC`.
    grid : shape, affine; reference, mask : arrays on it; atlas : regions on it.
    """

    index: pd.DataFrame
    qc: pd.DataFrame
    grid: Mapping[str, Any]
    reference: np.ndarray
    mask: np.ndarray
    atlas: Atlas


def study_members(
    study: StudyTables, fills: Sequence[pd.DataFrame], variants: pd.DataFrame, maps: StudyMaps, fitted: FittedStudy
) -> dict[str, bytes]:
    """The members of a bundle but for its config and its claims; nobody's id and nobody's row is among them.

    Parameters
    ----------
    study
        Opened with the settings of confounds: coefficients are those of each fold's fit people.
    fills
        Of each fold (`genetics.schemas.FILL`).
    variants
        Of the study (`genetics.schemas.VARIANTS`).

    Raises
    ------
    InputError
        A model other than a network, or fewer than 20 development people with both modalities.
    """
    own = {
        "variants.parquet": table_bytes(variant_table(study, variants), BUNDLE_VARIANTS),
        "scca_weights.parquet": table_bytes(fitted.weights, WEIGHTS),
        "statistics.json": json_bytes(group_statistics(study, maps)),
        "grid.json": json_bytes({name: maps.grid[name] for name in ("shape", "affine")}),
        "reference.npy": array_bytes(maps.reference.astype(np.float32)),
        "mask.npy": array_bytes(maps.mask.astype(bool)),
        "labels.npy": array_bytes(maps.atlas.labels.astype(np.int32)),
        "regions.parquet": table_bytes(_regions(maps.atlas), BUNDLE_REGIONS),
        "models.json": json_bytes({"proposed": fitted.proposed, "interpreted": fitted.interpreted}),
    }
    for fold in study.folds():
        own |= {f"fold{fold}/{name}": data for name, data in _fold_members(study, fills, fitted, fold).items()}
    return own


def _regions(atlas: Atlas) -> pd.DataFrame:
    return pd.DataFrame({"label": atlas.names.index, "name": atlas.names.astype(str).to_numpy()})


def _fold_members(
    study: StudyTables, fills: Sequence[pd.DataFrame], fitted: FittedStudy, fold: int
) -> dict[str, bytes]:
    data, head = study.fold_data(fold), fitted.head[f"fold{fold}"]
    if head["kind"] not in (NetworkModel.KIND, EncoderHeadModel.KIND):
        raise InputError(
            f"the proposed model is a {head['kind']}, which may hold rows of people: only networks are written"
        )
    assert study.confounds is not None
    confounds = FoldConfounds.fit(data, study.participants, study.confounds)
    age = fitted.age_networks[fold]
    return {
        "fill.parquet": table_bytes(fills[fold], FILL),
        "outcome_network.ckpt": checkpoint_bytes(_network(fitted.outcome_networks[fold])),
        "age_network.ckpt": checkpoint_bytes({**_network(age), "age": age["age"]}),
        "confounds.ckpt": checkpoint_bytes(confounds.state() if confounds else {}),
        "head.ckpt": checkpoint_bytes({name: head[name] for name in ("kind", "model", "features")}),
        **{
            f"{name}.ckpt": checkpoint_bytes(
                {part: own[f"fold{fold}"][part] for part in ("state", "shape", "scalings")}
            )
            for name, own in fitted.encoders.items()
        },
    }


def _network(checkpoint: Mapping[str, Any]) -> dict[str, Any]:
    """What rebuilds a network: nothing of whom it was fitted on, and no config."""
    return {name: checkpoint[name] for name in _NETWORK}


def variant_table(study: StudyTables, variants: pd.DataFrame) -> pd.DataFrame:
    """The SNPs of the study's models in their order, with frequencies among development people (`BUNDLE_VARIANTS`)."""
    genotypes = study.genotypes
    names = [name for name in genotypes.columns if name != "participant_id"]
    counts = genotypes.loc[genotypes["participant_id"].isin(development_people(study.splits)), names]
    frequency = counts.astype("float64").mean() / 2
    own = variants.set_index("variant_id").loc[names].reset_index()
    return own.assign(frequency=frequency.to_numpy())


def group_statistics(study: StudyTables, maps: StudyMaps) -> dict[str, Any]:
    """Means, SDs and percentiles of development people with both modalities; no value is a single person's.

    Raises
    ------
    InputError
        Fewer than 20 of them.
    """
    people = study.participants.set_index("participant_id")
    both = people.index[people["has_image"] & people["has_genotypes"]].intersection(development_people(study.splits))
    if len(both) < FEWEST:
        raise InputError(f"bundle: {len(both)} development people with both modalities; at least {FEWEST} are needed")
    passed = maps.qc[maps.qc["passed"] & maps.qc["participant_id"].isin(both)]
    totals = maps.index.set_index("participant_id")["total"].reindex(passed["participant_id"])
    own = people.loc[both]
    return {
        "people": len(both),
        "age": _spread(own["age"]),
        "male": {"people": int(own["sex"].notna().sum()), "mean": float(own["sex"].astype("float64").mean())},
        "map_total": _spread(totals),
        "map_r": _spread(passed["r"]),
        "map_r_image": _spread(passed["r_image"]),
    }


def _spread(values: pd.Series) -> dict[str, float]:
    known = values.dropna().astype("float64")
    quantiles = {f"p{round(100 * share)}": float(known.quantile(share)) for share in _QUANTILES}
    return {"people": len(known), "mean": float(known.mean()), "sd": float(known.std()), **quantiles}


def refuse_other_outcome(config: Mapping[str, Any], outcome: OutcomeSettings) -> None:
    """InputError when the cohort's outcome is not of the kind that the bundle's models predict."""
    kinds = [kind == "continuous" for kind in (config["outcome"]["kind"], outcome.kind)]
    if kinds[0] != kinds[1] or outcome.change == "residual":
        raise InputError(
            f"outcome: kind {outcome.kind}, change {outcome.change}, but the bundle's models predict "
            f"{config['outcome']['kind']} (a residual change has no line of its own here): give the section outcome of "
            "the study that wrote the bundle"
        )


def shared_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config in force without paths: of the inputs build, chromosomes and the atlas's name alone."""
    own = copy.deepcopy(dict(config))
    inputs = own.pop("inputs")
    genotypes = {name: inputs["genotypes"][name] for name in ("build", "chromosomes")}
    for name in ("results_dir", "execution", "enrichment", "application"):
        own.pop(name, None)
    grid = own["imaging"]["store"]["grid"]
    if isinstance(grid, str) and grid != "common":
        own["imaging"]["store"]["grid"] = "template"
    return {**own, "inputs": {"genotypes": genotypes}}


def read_fitted(inputs: Mapping[str, Any], encoders: Mapping[str, str], models: Mapping[str, str]) -> FittedStudy:
    """From a rule's named inputs: selection, outcome_networks, age_networks, weights.

    Parameters
    ----------
    encoders
        Path of the checkpoint by the encoders' name.
    models
        Path of the proposed model's checkpoint by the encoders' name.
    """
    chosen = read_json(inputs["selection"], "proposed", "interpreted")
    proposed, interpreted = chosen["proposed"], chosen["interpreted"]
    return FittedStudy(
        outcome_networks=[load_checkpoint(path, *_NETWORK) for path in inputs["outcome_networks"]],
        age_networks=[load_checkpoint(path, *_NETWORK, "age") for path in inputs["age_networks"]],
        encoders={name: load_checkpoint(encoders[name]) for name in sorted({proposed, interpreted})},
        head=load_checkpoint(models[proposed]),
        weights=read_table(inputs["weights"]),
        proposed=proposed,
        interpreted=interpreted,
    )


def read_maps(inputs: Mapping[str, Any]) -> StudyMaps:
    """From a rule's named inputs: index, qc, grid, reference, mask, atlas, atlas_labels."""
    reference, mask = (read_array(inputs[name]) for name in ("reference", "mask"))
    grid = read_json(inputs["grid"], "shape", "affine")
    atlas = read_atlas(inputs["atlas"], inputs["atlas_labels"], grid["shape"], np.asarray(grid["affine"]))
    return StudyMaps(read_table(inputs["index"]), read_table(inputs["qc"]), grid, reference, mask, atlas)


def bundle_facts(fitted: FittedStudy, code: str, atlas: str | None) -> dict[str, Any]:
    """What a manifest states beside its format: versions, the atlas's digest, how many folds, what is proposed.

    Parameters
    ----------
    code
        Digest of the code that wrote it.
    atlas
        Path of the label image; None: there is none.
    """
    versions = {"python": platform.python_version(), "numpy": np.__version__, "torch": str(torch.__version__)}
    versions |= {"pandas": pd.__version__, "code": code}
    facts = {"folds": len(fitted.outcome_networks), "proposed": fitted.proposed, "interpreted": fitted.interpreted}
    return {**facts, "versions": versions, "atlas_digest": digest_file(atlas) if atlas else None}
