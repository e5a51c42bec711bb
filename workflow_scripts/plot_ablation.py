"""The score of the proposed model on every loss subset."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.figures.ablation import ablation
from cgni.figures.settings import FigureSettings
from cgni.figures.study_models import StudyModels
from cgni.figures.style import open_style

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
selection, labels = read_json(snakemake.input.selection), snakemake.params.labels
roster = (job.value("models"), labels, *(job.value(name) for name in ("encoders", "proposed", "subsets")))
models = StudyModels(*roster, selection["proposed"], selection["interpreted"])
style.save(ablation(read_table(snakemake.input.performance), models, style.palette), snakemake.output)
