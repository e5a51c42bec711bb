"""Settings of the application of a finished study to another cohort."""

from cgni.base.settings import Section, section, setting


@section("application")
class ApplicationSettings(Section):
    """Target `apply`: the models of another study's bundle on the people of `inputs`, without fitting anything."""

    bundle: str | None = setting(default=None)
    """file that `snakemake bundle` wrote in another study; null: nothing is applied"""
    least_found: float = setting(default=0.5, at_least=0, at_most=1)
    """smallest share of the bundle's SNPs that the genotype files must have; fill values stand for the others"""
    least_likeness: float = setting(default=0.5, at_least=-1, at_most=1)
    """smallest median correlation of the maps with the bundle's reference, over the whole image: lower ones are those
    of another tissue class or another space"""
