"""Ids of variants that say where they lie, in the dialects of eQTL tables."""

import re
from dataclasses import dataclass

_BUILDS = {
    **dict.fromkeys(("b37", "hg19", "grch37"), "GRCh37"),
    **dict.fromkeys(("b38", "hg38", "grch38"), "GRCh38"),
}
_PLACED = re.compile(
    r"(?:chr)?0*(?P<chrom>[1-9]\d?|X|Y|MT?)[:_-](?P<pos>\d{1,9})"
    r"(?:[:_-](?P<ref>[ACGT]+)[:_/>-](?P<alt>[ACGT]+))?"
    rf"(?:[:_-](?P<build>{'|'.join(_BUILDS)}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PlacedId:
    """What an id such as 3:28130472, chr3:28130472:a:g or chr3_28130472_A_G_b38 (GTEx) says; None: nothing."""

    chrom: str
    pos: int
    ref: str | None
    alt: str | None
    build: str | None

    @property
    def plain(self) -> str:
        """The id as this program writes it: 3:28130472 or 3:28130472:A:G."""
        return ":".join([self.chrom, str(self.pos), *filter(None, (self.ref, self.alt))])


def read_id(text: str) -> PlacedId | None:
    """What an id says; None when it says no place, as rs numbers do not."""
    match = _PLACED.fullmatch(text.strip())
    if match is None:
        return None
    chrom, ref, alt, build = (match[name] and match[name].upper() for name in ("chrom", "ref", "alt", "build"))
    return PlacedId(chrom, int(match["pos"]), ref, alt, _BUILDS[build.lower()] if build else None)


def plain_chromosome(name: str) -> str:
    """A chromosome's name without `chr` and leading zeros: chr02 is 2."""
    return re.sub(r"\A(?:chr)?0*", "", name.strip(), flags=re.IGNORECASE)
