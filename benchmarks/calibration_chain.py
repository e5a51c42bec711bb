"""The library's own chain from features on: encoders, sparse CCA, component tests, occlusion, null, calls, claims."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.calibration_cohorts import Cohort
from cgni.base.seeds import derive_seed
from cgni.base.views import VIEWS
from cgni.cohort.roles import development_people
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.contrastive.embeddings import embed
from cgni.contrastive.encoders import EncoderPair
from cgni.contrastive.fit import fit_encoders
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import EncoderSpec
from cgni.contributions.blocks import Gated, LinkedSnps, LocatedSignals, locate_signals
from cgni.contributions.calls import Calls, call_features
from cgni.contributions.components import component_tests, gated_components
from cgni.contributions.directions import Called, Measures, estimate_directions
from cgni.contributions.estimates import out_of_fold_variates
from cgni.contributions.null_fits import FitSettings, NullStudy
from cgni.contributions.replicates import NullTables, OcclusionStudy, null_replicates
from cgni.contributions.settings import ContributionSettings
from cgni.fold_data.people import FoldData, assemble_fold
from cgni.fold_data.tables import StudyTables
from cgni.occlusion.measure import FoldMeasurement, fold_contributions
from cgni.occlusion.occluded import RegionFeatures
from cgni.occlusion.people import occluded_people
from cgni.occlusion.settings import OcclusionSettings
from cgni.scca.components import component_table
from cgni.scca.fold import FoldEmbeddings, FoldScca
from cgni.scca.inference import PairingTest
from cgni.scca.settings import SccaSettings
from cgni.scca.study import StudyScca, fit_study
from cgni.scca.tables import variate_table
from cgni.workflow.config import effective_config

_NO_REPLICATES = {"null_encoders": 0, "null_components": 0}
TERMS = (1, 2, 4)  # those whose claims the trials of the table are about


@dataclass(frozen=True)
class ChainSettings:
    """The sections of the config that the chain reads, `auto` resolved."""

    people: PeopleSettings
    confounds: ConfoundSettings
    contrastive: ContrastiveSettings
    scca: SccaSettings
    occlusion: OcclusionSettings
    contributions: ContributionSettings
    terms: tuple[int, ...] = TERMS

    @classmethod
    def of(cls, **changed: Mapping[str, Any]) -> "ChainSettings":
        """The defaults under `protocol: sound`, with other values of some sections' keys."""
        whole = effective_config(changed)
        sections = {name: kind.of(whole[name]) for name, kind in _SECTIONS.items()}
        return cls(**sections)

    @property
    def spec(self) -> EncoderSpec:
        """The encoders whose components are tested."""
        return EncoderSpec(self.terms)


_SECTIONS: dict[str, Any] = {
    "people": PeopleSettings,
    "confounds": ConfoundSettings,
    "contrastive": ContrastiveSettings,
    "scca": SccaSettings,
    "occlusion": OcclusionSettings,
    "contributions": ContributionSettings,
}


class CohortTables(StudyTables):
    """A cohort as the tables of a study, nowhere on disk."""

    def __init__(self, cohort: Cohort, confounds: ConfoundSettings) -> None:
        self.cohort, self.confounds = cohort, confounds
        self.genotypes, self.participants, self.splits = cohort.genotypes, cohort.participants, cohort.splits
        self._folds: dict[int, FoldData] = {}

    def folds(self) -> range:
        """The folds."""
        return range(len(self.cohort.mixtures))

    def fold_data(self, fold: int) -> FoldData:
        """A fold's people, joined once."""
        if fold not in self._folds:
            tables = self.cohort.features(fold), self.genotypes, self.cohort.fill(fold)
            self._folds[fold] = assemble_fold(*tables, self.participants, self.splits, fold, self.confounds)
        return self._folds[fold]

    def region_features(self, fold: int, settings: OcclusionSettings) -> RegionFeatures:
        """The people whom contributions average over, with their features intact and without each region."""
        everybody = pd.Index(self.participants["participant_id"])
        people = occluded_people(self.splits, fold, everybody, settings, 0)
        rows, training = (everybody.get_indexer(ids) for ids in (people.ids, people.training))
        intact, occluded = self.cohort.occluded(fold, rows, training)
        names = np.array(self.cohort.region_names)
        sizes = np.ones(len(names), int)
        return RegionFeatures(
            people.ids.to_numpy().astype(str), names, sizes, self.cohort.regions[rows], intact, occluded
        )


@dataclass(eq=False)
class Chain:
    """A cohort's fitted encoders and sparse CCA, with its component tests; what follows is made on demand.

    Attributes
    ----------
    pairs : encoders of each fold.
    components : `scca.schemas.COMPONENTS`.
    """

    tables: CohortTables
    settings: ChainSettings
    seed: int
    pairs: list[EncoderPair]
    study: StudyScca
    components: pd.DataFrame
    _regions: list[RegionFeatures] = field(default_factory=list)

    @classmethod
    def fit(cls, cohort: Cohort, settings: ChainSettings, seed: int) -> "Chain":
        """Encoders, embeddings, sparse CCA and the test of its components."""
        tables, pairs, folds = CohortTables(cohort, settings.confounds), [], []
        for fold in tables.folds():
            data = tables.fold_data(fold)
            own = fit_encoders(data, settings.spec, settings.contrastive, settings.people, derive_seed(seed, fold))
            pairs.append(own.pair)
            embedded = embed(own.pair, data)
            folds.append(FoldEmbeddings.of(embedded, tables.participants, tables.splits, fold, settings.people))
        study = fit_study(folds, settings.scca, derive_seed(seed, "scca"))
        test = PairingTest(tables.participants, settings.confounds.components, settings.scca.permutations)
        out_of_fold = _partial_correlations(study.folds, test)
        components = component_table(study.folds, out_of_fold, test, settings.scca, derive_seed(seed, "test"))
        return cls(tables, settings, seed, pairs, study, components)

    def regions(self) -> list[RegionFeatures]:
        """Of every fold, made once."""
        if not self._regions:
            occlusion = self.settings.occlusion
            self._regions = [self.tables.region_features(fold, occlusion) for fold in self.tables.folds()]
        return self._regions

    def occlusion(self) -> dict[str, pd.DataFrame]:
        """Contributions of each view's features in all folds (`occlusion.schemas.OCCLUSION`)."""
        found: dict[str, list[pd.DataFrame]] = {view: [] for view in VIEWS}
        for fold, (pair, scca) in enumerate(zip(self.pairs, self.study.folds, strict=True)):
            own = FoldMeasurement(pair, self.tables.fold_data(fold), scca, self.regions()[fold])
            for view in VIEWS:
                found[view].append(fold_contributions(own, fold, view, self.settings.occlusion))
        return {view: pd.concat(parts, ignore_index=True) for view, parts in found.items()}

    def null_study(self) -> NullStudy:
        """What replicates start from."""
        own = self.settings
        fits = FitSettings(own.contrastive, own.people, own.scca, own.confounds)
        return NullStudy.of(self.tables, self.study.grid, own.spec, fits, derive_seed(self.seed, "null"))

    def tests(self) -> pd.DataFrame:
        """The components, and which of them passed the gate (`contributions.schemas.COMPONENT_TESTS`)."""
        return component_tests(self.components, [], self.settings.contributions.changed(**_NO_REPLICATES))

    def variates(self) -> pd.DataFrame:
        """Everybody's variates (`scca.schemas.VARIATES`)."""
        return variate_table(self.study.folds)


def _partial_correlations(folds: Sequence[FoldScca], test: PairingTest) -> pd.DataFrame:
    """Each fold's partial correlations in its validation people; their p, which the study prints, are left out."""
    quick, parts = dataclasses.replace(test, permutations=1), []
    for fold in folds:
        rows = fold.people.part == "validation"
        own = {view: values[rows] for view, values in fold.variates().items()}
        r, _ = quick.run(fold.people.ids[rows], fold.people.family[rows], own, 0)
        parts.append(pd.DataFrame({"component": fold.fit.numbers, "partial_r": r}))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, eq=False)
class Analysis:
    """What the chain says of a cohort.

    Attributes
    ----------
    chain : its models.
    tests : of the components (`contributions.schemas.COMPONENT_TESTS`).
    calls : None where no component passed the gate, so that nothing was occluded and no replicate fitted.
    null : the replicates' shares and correlations, None likewise.
    signals, directions : blocks with credible sets, and estimates of what is called; None likewise.
    """

    chain: Chain
    tests: pd.DataFrame
    calls: Calls | None = None
    null: NullTables | None = None
    signals: LocatedSignals | None = None
    directions: pd.DataFrame | None = None


def analyse(cohort: Cohort, settings: ChainSettings, seed: int) -> Analysis:
    """The whole chain; what comes after the gate is made where a component passed it."""
    chain = Chain.fit(cohort, settings, seed)
    tests, contributions = chain.tests(), settings.contributions
    gated = gated_components(tests)
    if not gated:
        return Analysis(chain, tests)
    numbers = range(contributions.null_encoders)
    null = null_replicates(numbers, chain.null_study(), OcclusionStudy(chain.regions(), settings.occlusion))
    calls = call_features(chain.occlusion(), [null.shares], tests, contributions)
    signals = _signals(chain, calls, gated)
    called = Called.of(calls.contributions, gated)
    directions = estimate_directions(chain.variates(), called, measures(cohort, settings.confounds.components))
    return Analysis(chain, tests, calls, null, signals, directions)


def measures(cohort: Cohort, components: int) -> Measures:
    """A cohort's people as directions are estimated in them; no SNP belongs to a gene. `components`: of confounds."""
    ids = pd.Index(cohort.participants["participant_id"])
    regions = pd.DataFrame(cohort.regions, index=ids, columns=cohort.region_names)
    return Measures(cohort.participants, cohort.genotypes.set_index("participant_id"), regions, _genes(), components)


def linked_snps(chain: Chain) -> LinkedSnps:
    """A cohort's SNPs in blocks, by linkage among development people."""
    tables = chain.tables
    names = tables.cohort.variants
    places = pd.DataFrame([name.split(":")[:2] for name in names], columns=["chrom", "pos"])
    places = places.assign(variant_id=names, pos=places["pos"].astype(int))
    blocks = chain.settings.contributions.blocks
    return LinkedSnps.of(tables.genotypes, places, development_people(tables.splits), blocks)


def _signals(chain: Chain, calls: Calls, gated: Sequence[int]) -> LocatedSignals:
    own, participants = chain.settings.contributions, chain.tables.participants
    variates, found = out_of_fold_variates(chain.variates()), Gated(gated, own.fdr, chain.settings.confounds.components)
    return locate_signals(variates, calls.contributions, linked_snps(chain), _genes(), participants, found, own.blocks)


def _genes() -> pd.DataFrame:
    return pd.DataFrame({"variant_id": [], "gene_id": [], "symbol": []}, dtype=object)
