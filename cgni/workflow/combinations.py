"""Combinations of settings that cannot be."""

import os
from typing import Any

from cgni.base.errors import InputError
from cgni.cohort.settings import OutcomeSettings
from cgni.imaging.atlases import further_atlases
from cgni.imaging.patterns import check_pattern, is_pattern
from cgni.imaging.t1.engines import Engine
from cgni.workflow.baselines import FITTERS, HIDDEN_OF
from cgni.workflow.roster import roster, subsets
from cgni.workflow.settings import StudySettings

# what a shell, Snakemake's wildcards or a URI would take for something else
_ODD_IN_A_FOLDER = set("~{}&$`;|<>*?\"'\\\n\t")


def check(settings: StudySettings) -> None:
    """InputError with the keys and the remedy when settings that are allowed by themselves do not go together."""
    inputs = (_paths, _images, _cohorts, _people, _builds, _atlases)
    for part in (*inputs, _loss_subsets, _transfer, _enrichment, _calls, _models):
        part(settings)


def _paths(settings: StudySettings) -> None:
    odd = sorted(set(settings.results_dir) & _ODD_IN_A_FOLDER)
    if odd or not settings.results_dir.strip():
        raise InputError(
            f"results_dir: {settings.results_dir!r} holds {' '.join(odd) or 'nothing'}; name a plain folder"
        )
    check_pattern(settings.inputs.images)
    for key, path in settings.inputs.plain().items():
        if key != "images" and isinstance(path, str) and set(path) & set("{}"):
            raise InputError(f"inputs.{key}: {path}: names one file, without braces")
    for key in ("files", "sample", "mfi"):
        path = getattr(settings.inputs.genotypes, key) or ""
        if set(path.replace("{chrom}", "")) & set("{}"):
            raise InputError(
                f"inputs.genotypes.{key}: {path}: of braces only {{chrom}} is known, the chromosome's name"
            )


def _images(settings: StudySettings) -> None:
    imaging = settings.imaging
    if imaging.source == "t1" and imaging.t1.engine != "ants":
        Engine.of(imaging.t1)
    unused = [name for name in ("command", "outputs") if getattr(imaging.t1, name) is not None]
    if imaging.source == "t1" and imaging.t1.engine == "ants" and unused:
        raise InputError(
            f"imaging.t1.{unused[0]}: engine ants runs no command; set imaging.t1.engine to cat12, spm12 or "
            "command, or take the key out"
        )
    kind, source = settings.simulation.images.kind, settings.imaging.source
    simulated = (
        settings.simulation.enabled and settings.inputs.images == f"{settings.results_dir}/simulation/images.csv"
    )
    if simulated and kind != source:
        raise InputError(
            f"simulation.images.kind: the simulator writes {kind}, but imaging.source is {source}; let both say maps, "
            "t1, or table"
        )
    if source == "table" and is_pattern(settings.inputs.images):
        raise InputError(f"inputs.images: {settings.inputs.images}: imaging.source table reads one file; name it")
    if source != "table" and settings.inputs.feature_labels is not None:
        raise InputError(f"inputs.feature_labels: imaging.source {source} has no features with names; set it to null")


def _cohorts(settings: StudySettings) -> None:
    people = settings.simulation.people
    if people.cohort > people.cohorts:
        raise InputError(
            f"simulation.people.cohort: {people.cohort}, of {people.cohorts} in the population; raise "
            "simulation.people.cohorts, or choose another"
        )


def _loss_subsets(settings: StudySettings) -> None:
    contrastive, found = settings.contrastive, subsets(settings)
    for spec in found.values():
        weights = [contrastive.weights[key] for key in spec.weighted]
        if weights and not any(weights):
            raise InputError(f"contrastive.weights: all weights of the loss subset {spec.name} are zero; raise one")
    if contrastive.subsets != "all" and len(found) != len(contrastive.subsets):
        raise InputError("contrastive.subsets: a loss subset appears twice")


def _change(outcome: OutcomeSettings) -> None:
    """What a change between visits needs."""
    if outcome.change == "none":
        return
    if outcome.kind == "binary":
        raise InputError("outcome.change: a binary outcome has no change; set outcome.kind: groups or continuous")
    both = set(outcome.baseline) & set(outcome.followup)
    if both:
        raise InputError(
            f"outcome.baseline, outcome.followup: visit {min(both)} is in both; a change is between visits"
        )
    if outcome.change == "reliable" and None in (outcome.norms.sd, outcome.norms.reliability):
        raise InputError("outcome.change: reliable needs outcome.norms.sd and outcome.norms.reliability; give both")
    if outcome.change == "residual" and outcome.kind != "continuous":
        raise InputError(
            "outcome.change: residual is fitted in the folds, so that nobody's group is known before the split; set "
            "outcome.kind: continuous, or change: reliable or difference"
        )


def _models_of_values(settings: StudySettings) -> None:
    """Models that know two groups alone cannot learn a continuous outcome."""
    if settings.outcome.kind != "continuous":
        return
    unable = [name for name, spec in roster(settings).items() if not FITTERS[spec.fitter].values]
    if unable:
        raise InputError(
            f"classification.models: {', '.join(unable)} tell two groups apart alone, but outcome.kind is continuous; "
            "leave them out"
        )


def _people(settings: StudySettings) -> None:
    low, high = settings.outcome.low, settings.outcome.high
    if low[0] > low[1] or high[0] > high[1] or low[1] >= high[0]:
        raise InputError("outcome.low, outcome.high: each must be [lowest, highest], and low must end below high")
    _change(settings.outcome)
    _models_of_values(settings)
    for key, (lowest, highest) in settings.cohort.ranges.plain().items():
        if lowest >= highest:
            raise InputError(f"cohort.ranges.{key}: [{lowest:g}, {highest:g}]: it must be [lowest, highest]")
    people = settings.people
    if people.pretrain_on == "everybody" and settings.protocol != "paper":
        raise InputError(
            "people.pretrain_on: everybody leaks the holdout into every result; only protocol paper allows it"
        )
    if people.fit_on == "training" and people.heads_on in ("monitor", "both"):
        raise InputError(
            f"people.heads_on: {people.heads_on} asks for people whom the encoders have not seen, "
            "but people.fit_on training leaves none; use fit_on fit, or heads_on training"
        )
    if people.fit_on == "training" and people.encoders_on == "everybody" and settings.scca.fit_on == "unseen":
        raise InputError(
            "scca.fit_on: unseen asks for people whom the encoders have not seen, but people.fit_on training with "
            "encoders_on everybody leaves none; use people.fit_on fit, or scca.fit_on training"
        )


def _builds(settings: StudySettings) -> None:
    build, eqtl_build = settings.inputs.genotypes.build, settings.genetics.eqtl.build
    if build != eqtl_build:
        raise InputError(
            f"inputs.genotypes.build: {build}, but the eQTL table is {eqtl_build} (genetics.eqtl.build); lift one of "
            "them over so that positions agree"
        )


def _transfer(settings: StudySettings) -> None:
    transfer, blocks = settings.transfer, len(settings.pretraining.channels)
    several = len(transfer.candidates) > 1
    for own in [transfer.changed(**changes) for changes in transfer.candidates] or [transfer]:
        chosen = own.transfer_blocks
        deepest = chosen if isinstance(chosen, int) else max(chosen)
        if deepest > blocks:
            raise InputError(f"transfer.transfer_blocks: {deepest} blocks, but pretraining.channels has {blocks}")
        if own.freeze and deepest == 0:
            raise InputError("transfer.freeze: nothing to freeze with transfer.transfer_blocks 0")
        several = several or not isinstance(chosen, int)
    if several and settings.people.fit_on == "training":
        raise InputError(
            "transfer.transfer_blocks: a list of them, or of transfer.candidates, needs monitor people to choose with; "
            "set people.fit_on: fit"
        )


def _enrichment(settings: StudySettings) -> None:
    enrichment = settings.enrichment
    if (enrichment.obo is None) != (enrichment.gaf is None):
        raise InputError("enrichment.obo, enrichment.gaf: an ontology needs its annotation; give both or neither")
    if (enrichment.gmt is not None) != (enrichment.sources == ("GMT",)):
        raise InputError("enrichment.gmt: your own sets need sources: [GMT], and [GMT] needs them")
    names, files = set[str](), {os.path.realpath(enrichment.gmt): "enrichment.gmt"} if enrichment.gmt else {}
    for own in enrichment.more_sets:
        name, file = own["name"], os.path.realpath(own["gmt"])
        if name.lower() in names:
            raise InputError(f"enrichment.more_sets: {name} is there twice; give each file of sets a name of its own")
        if file in files:
            raise InputError(f"enrichment.more_sets: {name}: {own['gmt']} is that of {files[file]} too; name it once")
        names.add(name.lower())
        files[file] = name


def _atlases(settings: StudySettings) -> None:
    more = further_atlases(settings.inputs.more_atlases)
    if more and settings.imaging.source == "table":
        raise InputError(
            "inputs.more_atlases: imaging.source table has no maps in which an atlas could be laid; set it to []"
        )
    for atlas in more:
        braces = [path for path in (atlas.image, atlas.labels or "") if set(path) & set("{}")]
        if braces:
            raise InputError(f"inputs.more_atlases: {atlas.name}: {braces[0]}: names one file, without braces")


def _calls(settings: StudySettings) -> None:
    if settings.contributions.rule == "permutation" and settings.contributions.null_encoders < 2:
        raise InputError("contributions.rule: permutation needs at least 2 contributions.null_encoders")


def _models(settings: StudySettings) -> None:
    chosen: Any = settings.classification.models
    hidden = [name for name, spec in roster(settings).items() if spec.hidden_of]
    if hidden and HIDDEN_OF not in chosen:
        needing = [name for name in hidden if name in chosen]
        if len(needing) < len(hidden):
            needing.append("shared_head")
        raise InputError(f"classification.models: {' and '.join(needing)} need {HIDDEN_OF} (its h_g)")
