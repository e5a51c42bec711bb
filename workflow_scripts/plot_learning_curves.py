"""Learning curves of the brain-age, outcome and contrastive networks."""

from cgni.workflow.job import start

job = start(snakemake)


from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.figures.diagnostics import learning_curves, learning_panels
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

inputs, encoders = snakemake.input, job.value("encoders")
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
chosen = read_json(inputs.selection, "proposed")["proposed"]
panels = learning_panels(
    [read_table(path) for path in inputs.pretraining],
    [read_table(path) for path in inputs.transfer],
    read_table(dict(zip(encoders, inputs.contrastive, strict=True))[chosen]),
    encoders[chosen],
    job.value("outcome.label"),
)
style.save(learning_curves(panels, style.palette), snakemake.output)
