"""What can be known of the inputs before anything is computed; what is wrong ends the study here."""

from cgni.workflow.job import start

job = start(snakemake)

import logging

from cgni.base.errors import InputError
from cgni.base.files import write_text
from cgni.workflow.check_study import check_study
from cgni.workflow.settings import StudySettings

logging.getLogger().setLevel(logging.ERROR)  # the findings say it
checklist = check_study(StudySettings.of(job.config))
if checklist.count("wrong"):
    raise InputError(f"the inputs cannot be used:\n{checklist.text()}")
write_text(checklist.text(), snakemake.output.report)
