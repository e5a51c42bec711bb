"""The config in force, `auto` resolved, beside the results."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import yaml

from workflow_scripts.cgni.files import write_text

write_text(yaml.safe_dump(job.provenance()["config"], sort_keys=True, default_flow_style=None), snakemake.output.config)
