"""The config in force, `auto` resolved, beside the results."""

from cgni.workflow.job import start

job = start(snakemake)

import yaml

from cgni.base.files import write_text

text = yaml.safe_dump(job.config, sort_keys=True, default_flow_style=None)
write_text(text, snakemake.output.config)
