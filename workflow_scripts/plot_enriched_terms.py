"""The first enriched terms."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style
from cgni.figures.term_dots import term_dots

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
terms, note = read_table(snakemake.input.terms), read_json(snakemake.input.request, "note")["note"]
style.save(term_dots(terms, note, style.palette), snakemake.output)
