"""Looking at the people of a study: main table, lists of ids, who has what, and the split."""

from dataclasses import dataclass

import pandas as pd

from cgni.cohort.cautions import people_cautions
from cgni.cohort.families import read_related_pairs
from cgni.cohort.fields import OPTIONAL_FIELDS
from cgni.cohort.id_lists import KnownIds, Matched, read_withdrawals
from cgni.cohort.participants import Imaged, build_participants, read_main_table
from cgni.cohort.phenotypes import Phenotypes
from cgni.cohort.samples import common_people
from cgni.cohort.settings import OutcomeSettings
from cgni.cohort.splits import make_splits
from cgni.genetics.paths import chromosome_files
from cgni.imaging.paths import stated_visits
from cgni.imaging.t1.listing import study_images
from cgni.workflow.checklist import Checklist, Part
from cgni.workflow.settings import StudySettings

_NO_PAIRS = pd.DataFrame({"ID1": [], "ID2": []}, dtype="str")


@dataclass(frozen=True)
class PeopleFound:
    """The tables that other parts are held against.

    Attributes
    ----------
    participants : one row a person of the study.
    images : participant_id and path of all listed maps.
    """

    participants: Part[pd.DataFrame]
    images: Part[pd.DataFrame]


def look_at_people(checklist: Checklist, settings: StudySettings) -> PeopleFound:
    """Read everything about people, as the rules `build_participants` and `make_splits` do."""
    inputs, cohort, outcome, kinship = settings.inputs, settings.cohort, settings.outcome, settings.splits.kinship
    table = checklist.look("main table", lambda: read_main_table(inputs.phenotypes, cohort, outcome), _phenotypes_found)
    withdrawn = checklist.look("withdrawals", lambda: read_withdrawals(inputs.withdrawals, _ids(table)), _found)
    pairs = checklist.look("kinship", lambda: _pairs(inputs.relatedness, kinship, table), _pairs_found)
    samples = checklist.look("genotyped people", lambda: common_people(_people_files(settings)), _count)
    images = checklist.look(
        "list of images", lambda: study_images(inputs.images, cohort.image_instances, settings.imaging), _count
    )

    def build() -> pd.DataFrame:
        imaged = Imaged(pd.Index(images.get()["participant_id"]), stated_visits(images.get()))
        listed = samples.get(), imaged, withdrawn.get(), pairs.get()
        return build_participants(table.get(), *listed, cohort, outcome)[0]

    people = checklist.look("participants", build, lambda found: _people_found(found, outcome))
    for caution in _cautions(people.value, settings) if people.value is not None else []:
        checklist.note("participants", caution)
    checklist.look("split", lambda: make_splits(people.get(), settings.splits, settings.seed), _split_found)
    return PeopleFound(people, images)


def _cautions(people: pd.DataFrame, settings: StudySettings) -> list[str]:
    """Warnings about the people; components that are computed later are not missing."""
    cohort = settings.cohort
    computed = [f"pc{number}" for number in range(1, cohort.n_pcs + 1)] if cohort.pcs == "computed" else []
    return people_cautions(people.drop(columns=computed), settings.outcome.kind)


def _ids(table: Part[Phenotypes]) -> KnownIds:
    return KnownIds(table.get().ids)


def _pairs(path: str | None, kinship: float, table: Part[Phenotypes]) -> pd.DataFrame:
    """Pairs of relatives; none where plink2 computes them later."""
    return _NO_PAIRS if path is None else read_related_pairs(path, kinship, _ids(table))


def _people_files(settings: StudySettings) -> list[str]:
    genotypes = settings.inputs.genotypes
    return [str(chromosome_files(genotypes, chrom)["people"]) for chrom in genotypes.chromosomes]


def _count(table: pd.DataFrame) -> str:
    return f"{len(table):,}"


def _phenotypes_found(table: Phenotypes) -> str:
    fields = sorted(set(table.values.columns.get_level_values("field")), key=str)
    absent = [str(field) for field in OPTIONAL_FIELDS if not table.has(field)]
    told = f"{len(table.ids):,} people; fields {', '.join(map(str, fields))}"
    return told + (f"; without the optional {', '.join(absent)}" if absent else "")


def _found(matched: Matched) -> str:
    return f"{matched.found:,} of {matched.listed:,} listed ids are in the main table"


def _pairs_found(pairs: pd.DataFrame) -> str:
    if pairs is _NO_PAIRS:
        return "no file is given: plink2 computes it from the genotypes"
    return f"{len(pairs):,} pairs of relatives in the main table"


def _people_found(people: pd.DataFrame, outcome: OutcomeSettings) -> str:
    both = people[people["has_image"] & people["has_genotypes"]]
    low, high = (int(both["outcome_group"].eq(group).sum()) for group in (0, 1))
    return (
        f"{len(people):,} after exclusions; {int(people['has_image'].sum()):,} with imaging, "
        f"{int(people['has_genotypes'].sum()):,} with genotypes, {len(both):,} with both: {low:,} of the "
        f"{outcome.group_names[0]} and {high:,} of the {outcome.group_names[1]} group of {outcome.label}"
    )


def _split_found(splits: pd.DataFrame) -> str:
    sizes = splits.loc[splits["fold"] >= 0, "fold"].value_counts()
    held_out = int((splits["role"] == "holdout").sum())
    return f"{held_out:,} people held out, {sizes.min():,} to {sizes.max():,} in each of {len(sizes)} folds"
