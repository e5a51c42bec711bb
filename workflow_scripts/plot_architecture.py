"""Fig. 2: the networks with the sizes that they have in this study."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.figures.architecture import architecture, fit_people, network_sizes
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

inputs, encoders = snakemake.input, job.value("encoders")
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
chosen = read_json(inputs.selection, "proposed")["proposed"]
sizes = network_sizes(
    grid=read_json(inputs.grid, "shape")["shape"] if inputs.grid else [],
    convolutions=(job.value("pretraining.channels"), job.value("pretraining.kernel")) if inputs.grid else ((), 0),
    columns=len(read_table(inputs.columns)) if inputs.columns else 0,
    snps=int(read_table(inputs.variants, ["passed"])["passed"].sum()),
    encoders=(job.value("contrastive.layers"), encoders[chosen]),
    head=(job.value("classification.proposed.layers"), job.value("classification.proposed.features")),
    outputs=1 if job.value("outcome.kind") == "continuous" else 2,
)
people = fit_people(read_table(inputs.lineage), chosen, job.value("proposed")[chosen])
style.save(architecture(sizes, people), snakemake.output)
