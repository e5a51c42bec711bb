"""Everything about a study's inputs that can be known before anything is computed."""

from cgni.workflow.check_genes import look_at_genes
from cgni.workflow.check_maps import look_at_maps
from cgni.workflow.check_people import look_at_people
from cgni.workflow.check_sources import look_at_sources
from cgni.workflow.check_table import look_at_table
from cgni.workflow.checklist import Checklist
from cgni.workflow.settings import StudySettings


def check_study(settings: StudySettings) -> Checklist:
    """Look at all inputs of a study: people, genes and genotypes, maps; what is wrong stops only what needs it.

    The main table, the lists and the eQTL tables are read whole; of the genotypes the headers and the SNPs of the
    smallest file, of the maps 200 headers and the voxels of 20; of T1 images 200 headers and the brains of 3.
    A table of features is read whole.
    """
    checklist = Checklist()
    people = look_at_people(checklist, settings)
    look_at_genes(checklist, settings)
    looks = {"maps": look_at_maps, "table": look_at_table}
    looks.get(settings.imaging.source, look_at_sources)(checklist, settings, people)
    return checklist
