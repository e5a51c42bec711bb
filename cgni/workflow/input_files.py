"""Which input files of a study are not there. Imported while the DAG is built."""

from collections.abc import Collection
from pathlib import Path

from cgni.genetics.paths import chromosome_files
from cgni.imaging.atlases import ATLASES, further_atlases
from cgni.imaging.patterns import fixed_folder, is_pattern
from cgni.workflow.settings import InputSettings, StudySettings

_FILES = (
    "phenotypes",
    "withdrawals",
    "relatedness",
    "eqtl",
    "eqtl_snps",
    "ppi",
    "images",
    "feature_labels",
    "atlas",
    "atlas_labels",
)
_ATLAS = ("atlas", "atlas_labels")
_EQTL = ("eqtl", "eqtl_snps", "ppi")


_ANNOTATION = ("gmt", "obo", "gaf")


def missing_inputs(settings: StudySettings) -> list[tuple[str, str]]:
    """(key, path) of every input of the config that does not exist; patterns are checked per chromosome,
    with what must lie beside a genotype file (.psam, .pvar, .fam, .bim, .sample).

    Of an image pattern the folder above the first {participant_id} or * is checked.
    `null` and the name of a known atlas need no file.
    """
    return [(key, path) for key, path in named_inputs(settings) if not _place(path).exists()]


def named_inputs(settings: StudySettings) -> list[tuple[str, str]]:
    """(key, path) of every input of the config; those of a pattern per chromosome, none that a simulation makes."""
    own = {f"enrichment.{key}": getattr(settings.enrichment, key) for key in _ANNOTATION}
    grid = settings.imaging.store.grid
    own |= {f"enrichment.more_sets, {entry['name']}": entry["gmt"] for entry in settings.enrichment.more_sets}
    for atlas in further_atlases(settings.inputs.more_atlases):
        files = {"image": None if atlas.image in ATLASES else atlas.image, "labels": atlas.labels}
        own |= {f"inputs.more_atlases, {atlas.name}, {part}": path for part, path in files.items()}
    own["imaging.store.grid"] = grid if isinstance(grid, str) and grid != "common" else None
    others = [(key, path) for key, path in own.items() if path is not None]
    if settings.simulation.enabled:
        return others
    unused = _ATLAS if settings.imaging.source == "table" else ()
    bundle = settings.application.bundle
    others += [("application.bundle", bundle)] if bundle else []
    # the SNPs of a bundle are chosen already
    return _study_inputs(settings.inputs, (*unused, *(_EQTL if bundle else ()))) + others


def _study_inputs(inputs: InputSettings, unused: Collection[str]) -> list[tuple[str, str]]:
    named = {f"inputs.{key}": getattr(inputs, key) for key in _FILES if key not in unused}
    single = [(key, path) for key, path in named.items() if path is not None and path not in ATLASES]
    genotypes = inputs.genotypes
    files = [chromosome_files(genotypes, chrom) for chrom in genotypes.chromosomes]
    keys = {"genotypes": "files", "people": "sample", "variants": "files", "mfi": "mfi"}
    wanted = dict.fromkeys((f"inputs.genotypes.{key}", part[kind]) for kind, key in keys.items() for part in files)
    return single + [(key, path) for key, path in wanted if path is not None]


def missing_message(missing: list[tuple[str, str]]) -> str:
    """One message that names each missing file with its key."""
    lines = "\n".join(f"  {key}: {path}" for key, path in missing)
    return f"{len(missing)} input files are not there; correct these keys of your config:\n{lines}"


def _place(path: str) -> Path:
    return fixed_folder(path) if is_pattern(path) else Path(path)
