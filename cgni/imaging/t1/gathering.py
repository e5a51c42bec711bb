"""What came of all batches: the quality of the maps, and the head sizes that images show."""

import logging
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from cgni.base.errors import InputError

_TEMPLATE_TIV_ML = 1883.0  # of the brain mask of MNI152 (2009a), whose head size is 1


def gather(batches: Sequence[pd.DataFrame], most_failed: float) -> pd.DataFrame:
    """All rows of quality, by participant id.

    Raises
    ------
    InputError
        More than the share `most_failed` of the images gave no map, or none did.
    """
    table = pd.concat(batches, ignore_index=True).sort_values("participant_id", ignore_index=True)
    failed = table["reason"].notna()
    reasons = "; ".join(f"{count} {reason}" for reason, count in sorted(Counter(table.loc[failed, "reason"]).items()))
    logging.info("%d of %d images gave a map%s", (~failed).sum(), len(table), f"; not: {reasons}" if reasons else "")
    if table.empty:
        raise InputError("inputs.images: no image belongs to a participant of the study; compare the ids of both")
    if failed.mean() > most_failed or failed.all():
        raise InputError(
            f"inputs.images: {int(failed.sum())} of {len(table)} images gave no map: {reasons}. At most a share of "
            f"{most_failed:g} may (imaging.t1.most_failed); repair them, or take them off the list; where a program or "
            "the machine was to blame, delete imaging/t1/batch*.parquet of the results and run again (finished maps "
            "stay)"
        )
    return table


def attrition_rows(quality: pd.DataFrame) -> pd.DataFrame:
    """The images that gave no map, by reason (`cohort.schemas.ATTRITION`)."""
    left = len(quality)
    rows: list[tuple[str, int, int]] = [("images of participants", 0, left)]
    for reason, count in sorted(Counter(quality["reason"].dropna()).items()):
        left -= count
        rows.append((f"no map: {reason}", count, left))
    frame = pd.DataFrame(rows, columns=["step", "removed", "left"])
    return frame.assign(stage="imaging", unit="images", chrom=None, note=None)


def with_head_sizes(participants: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """Participants with a head size from their image, if the main table gives it for nobody.

    UK Biobank's field 25000 is the factor that brings a head to the template's volume; here it is the template's
    intracranial volume by the person's (`tiv_ml`). Both are confounds up to their scale, so they are never mixed.
    """
    measured = quality.set_index("participant_id")["tiv_ml"].dropna()
    if participants["head_size"].notna().any() or measured.empty:
        return participants
    sizes = _TEMPLATE_TIV_ML / participants["participant_id"].map(measured)
    logging.info("head sizes of %d people come from their images: the main table has none", int(sizes.notna().sum()))
    return participants.assign(head_size=sizes.astype(float))
