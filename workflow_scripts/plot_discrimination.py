"""ROC and reliability, or observed by predicted values, of unseen people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.figures.discrimination import Predictions, discrimination
from cgni.figures.people_points import people_look
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

inputs, models = snakemake.input, job.value("models")
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
chosen = read_json(inputs.selection, "proposed")["proposed"]
found = Predictions(
    {model: read_table(path) for model, path in zip(models, inputs.predictions, strict=True)},
    *(read_table(inputs[name]) for name in ("holdout", "performance", "reliability")),
    labels=snakemake.params.labels,
    proposed=job.value("proposed")[chosen],
)
kind, names, simulated = map(job.value, ("outcome.kind", "outcome.group_names", "simulation.enabled"))
style.save(discrimination(found, people_look(kind, names, style.palette, simulated)), snakemake.output)
