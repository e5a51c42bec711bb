"""One estimator of every claim, in a study's holdout people and in another cohort alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.application.claims import CLAIM, FEWEST, OUTCOME, VARIATE, StudyCalls, list_claims, score_claims
from cgni.application.schemas import CLAIMS
from cgni.base.views import VIEWS
from cgni.contributions.estimates import HOLDOUT, OUT_OF_FOLD, Adjustment, mean_slope, slopes, unseen_variates

_VALUES = ("estimate", "se", "low", "high", "p")


@dataclass(frozen=True, eq=False)
class ClaimPeople:
    """People whom no model has seen, with what claims are about.

    Attributes
    ----------
    participants : with outcome, families and confounds of at least these people.
    variates : component to columns imaging and genetics, indexed by participant id.
    counts : copies of the alleles that the study counts, index participant ids, columns variant ids, missing where
        unknown.
    regions : mean gray matter, index participant ids, columns regions.
    confound_components : `confounds.components`.
    """

    participants: pd.DataFrame
    variates: Mapping[int, pd.DataFrame]
    counts: pd.DataFrame
    regions: pd.DataFrame
    confound_components: int

    def ids(self) -> pd.Index:
        """Sorted ids of those with both modalities."""
        known = pd.Index(sorted({name for own in self.variates.values() for name in own.index}))
        return known.intersection(self.counts.index).intersection(self.regions.index).sort_values()

    def columns(self, names: Sequence[str], component: int | None, ids: pd.Index) -> pd.DataFrame:
        """Variates of a component, the outcome, SNPs or regions, float64 [people, those of the names that are there].

        A SNP's missing counts are its mean; one that nobody has is not there.
        """
        found = {name: self._column(name, component, ids) for name in names}
        return pd.DataFrame({name: values for name, values in found.items() if values is not None}, index=ids)

    def _column(self, name: str, component: int | None, ids: pd.Index) -> pd.Series | None:
        views = {VARIATE[view]: view for view in VIEWS}
        if name in views:
            own = self.variates.get(-1 if component is None else component)
            return None if own is None else own[views[name]].reindex(ids)
        if name == OUTCOME:
            return self.participants.set_index("participant_id")[OUTCOME].reindex(ids).astype("float64")
        if name in self.counts.columns:
            counts = self.counts[name].reindex(ids).astype("float64")
            return None if counts.isna().all() else counts.fillna(counts.mean())
        return self.regions[name].reindex(ids) if name in self.regions.columns else None


def estimate_claims(claims: pd.DataFrame, people: ClaimPeople) -> pd.DataFrame:
    """The claims with their estimates in these people (`schemas.CLAIMS`).

    A partial correlation of a feature with a target beside the confounds, robust to families (`estimates.slopes`); of
    several features or targets the mean over pairs, each feature turned by its sign. Unknown where a feature is not
    there, or fewer than 20 people have what it takes.

    Parameters
    ----------
    claims
        What `claims.list_claims` returned.
    """
    ids = people.ids()
    everybody = Adjustment.of(people.participants, ids, people.confound_components)
    rows = [_estimate(claim, people, ids, everybody) for claim in claims.to_dict("records")]
    table = pd.DataFrame(rows, columns=["n", *_VALUES], index=claims.index)
    return pd.concat([claims[CLAIM], table.astype({"n": "int64"})], axis=1)[CLAIMS.names]


def _estimate(
    claim: Mapping[str, object], people: ClaimPeople, ids: pd.Index, everybody: Adjustment
) -> tuple[float, ...]:
    number = claim["component"]
    component = None if pd.isna(number) else int(number)  # type: ignore[call-overload]
    names, signs = list(claim["features"]), dict(zip(claim["features"], claim["signs"], strict=True))  # type: ignore[call-overload]
    features = people.columns(names, component, ids)
    targets = people.columns(list(claim["targets"]), component, ids)  # type: ignore[call-overload]
    known = np.flatnonzero((features.notna().all(axis=1) & targets.notna().all(axis=1)).to_numpy())
    if features.empty or targets.empty or len(known) < FEWEST:
        return (0 if features.empty or targets.empty else len(known), *[np.nan] * len(_VALUES))
    adjustment = everybody.of_rows(known)
    x = features.to_numpy()[known] * [signs[name] for name in features]
    y = targets.to_numpy()[known]
    single = x.shape[1] == y.shape[1] == 1
    found = slopes(x, y[:, 0], adjustment) if single else mean_slope(x, y, adjustment)
    return (len(known), *(float(getattr(found, name)[0]) for name in _VALUES))


def study_claims(
    calls: StudyCalls,
    tables: Mapping[str, pd.DataFrame],
    regions: pd.DataFrame,
    scored: tuple[str, pd.DataFrame, pd.DataFrame],
    confound_components: int,
) -> pd.DataFrame:
    """A study's claims, estimated in its holdout, which no call has looked at (`schemas.CLAIMS`).

    Signs of terms' SNPs are those out of fold.

    Parameters
    ----------
    tables
        variates (`scca.schemas.VARIATES`), participants, genotypes.
    regions
        Mean gray matter, index the people of the variates.
    scored
        Name of the proposed model, `classification.schemas.PERFORMANCE`, model and participant_id of the holdout.
    """
    unseen, counts = unseen_variates(tables["variates"]), tables["genotypes"].set_index("participant_id")
    people = {
        name: ClaimPeople(tables["participants"], own, counts, regions, confound_components)
        for name, own in unseen.items()
    }
    model, performance, holdout = scored
    scores = score_claims(performance, model, holdout.loc[holdout["model"] == model, "participant_id"].nunique())
    claims = signed_claims(list_claims(calls), people[OUT_OF_FOLD])
    estimated = estimate_claims(claims, people[HOLDOUT])
    return pd.concat([own for own in (estimated, scores) if len(own)], ignore_index=True)


def signed_claims(claims: pd.DataFrame, people: ClaimPeople) -> pd.DataFrame:
    """The claims with the signs that their features have in these people, for means over features of either sign.

    Parameters
    ----------
    people
        Others than those in whom the claims are then estimated.
    """
    ids = people.ids()
    adjustment = Adjustment.of(people.participants, ids, people.confound_components)
    signs = []
    for claim in claims.itertuples():
        own = list(claim.signs)
        if claim.kind == "term":
            x = people.columns(list(claim.features), int(claim.component), ids)
            y = people.columns(list(claim.targets), int(claim.component), ids).to_numpy()[:, 0]
            found = dict(zip(x.columns, slopes(x.to_numpy(), y, adjustment).estimate, strict=True))
            own = [-1 if found.get(name, 1.0) < 0 else 1 for name in claim.features]
        signs.append(own)
    return claims.assign(signs=pd.Series(signs, index=claims.index, dtype=object))
