"""The whole config as one typed object: every room's section, and the models' sections from the roster."""

from dataclasses import field
from typing import Any, Literal, get_type_hints

from cgni.application.settings import ApplicationSettings
from cgni.audit.settings import AuditSettings
from cgni.base.settings import Section, section, section_fields, setting
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.settings import FeatureSet, TrainingSettings
from cgni.cohort.settings import CohortSettings, ConfoundSettings, OutcomeSettings, PeopleSettings, SplitSettings
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contributions.settings import ContributionSettings
from cgni.enrichment.settings import EnrichmentSettings
from cgni.figures.settings import FigureSettings
from cgni.genetics.settings import GeneticsSettings, GenotypeInputs
from cgni.imaging.atlases import ATLASES
from cgni.imaging.settings import ImagingSettings
from cgni.networks.settings import ExecutionSettings
from cgni.occlusion.settings import OcclusionSettings
from cgni.pretraining.settings import PretrainingSettings
from cgni.scca.settings import SccaSettings
from cgni.simulation.settings import SimulationSettings
from cgni.transfer.settings import TransferSettings
from cgni.workflow.baselines import BASELINES, CONFOUND_BASELINE, CONFOUNDS, EVERY_SUBSET, IN_PLACE_OF_CNN, searchable

_MORE_ATLASES = {
    "type": "array",
    "uniqueItems": True,
    "items": {
        "oneOf": [
            {"enum": list(ATLASES)},
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "image", "labels"],
                "properties": {
                    "name": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"},
                    "image": {"type": "string", "minLength": 1},
                    "labels": {"type": "string", "minLength": 1},
                },
            },
        ]
    },
}


@section("inputs")
class InputSettings(Section):
    """Files; {results_dir} stands for results_dir, {chrom} for a chromosome."""

    phenotypes: str = setting(default="{results_dir}/simulation/ukb_main.csv")
    """main table: UKB csv, ukbconv tab, or RAP export"""
    withdrawals: str | None = setting(default="{results_dir}/simulation/withdrawals.csv")
    """one id a line; null when there is none"""
    relatedness: str | None = setting(default="{results_dir}/simulation/ukb_rel.dat")
    """ID1 ID2 HetHet IBS0 Kinship; null: plink2's KING"""
    genotypes: GenotypeInputs = setting(default=GenotypeInputs())
    eqtl: str = setting(default="{results_dir}/simulation/DER-08a_hg19_eQTL.significant.txt")
    """significant brain eQTLs (PsychENCODE)"""
    eqtl_snps: str | None = setting(default="{results_dir}/simulation/SNP_Information_Table_with_Alleles.txt")
    """alleles of their SNPs"""
    ppi: str = setting(default="resources/app_interactors.tsv")
    """genes of the network: columns symbol, gene_id, sources"""
    images: str = setting(default="{results_dir}/simulation/images.csv")
    """participant_id,path; or a pattern with {participant_id}; of imaging.source table the features themselves"""
    feature_labels: str | None = setting(default=None)
    """of imaging.source table: feature,label,unit of its columns, for tables of results; null: as they are called"""
    atlas: str = setting(default="aal")
    """a known atlas (aal: SPM12's, 116 regions; octants: 8 parts), or the path of a label image; of its regions the
    study's calls are made"""
    atlas_labels: str | None = setting(default=None)
    """its table `index name`; null: the known atlas's own"""
    more_atlases: tuple[Any, ...] = setting(default=(), schema=_MORE_ATLASES)
    """further atlases on the same networks, each with tables of its own: known ones by name, or {name: lobes, image:
    lobes.nii.gz, labels: lobes.txt}"""


@section("classification.proposed")
class ProposedSettings(NetworkSettings):
    """The proposed model's head."""

    features: tuple[Literal["genetics_embedding", "imaging_embedding", "imaging", "imaging_cleaned"], ...] = setting(
        default=("genetics_embedding", "imaging"), min_items=1, unique=True
    )
    """what it sees: embeddings, and the imaging features themselves"""


_SEARCH = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["model"],
        "minProperties": 2,
        "properties": {
            "model": {
                "oneOf": [
                    {"enum": [*searchable(), EVERY_SUBSET]},
                    {"type": "string", "pattern": "^(cgni|head)_[a-z0-9_]+$"},
                ]
            }
        },
        "patternProperties": {"^(contrastive|classification)[.][a-z0-9_.]+$": {"type": "array", "minItems": 1}},
    },
}
_MODELS = {"type": "array", "uniqueItems": True, "items": {"enum": list(BASELINES)}}
_HEADS = {
    "type": "array",
    "uniqueItems": True,
    "items": {
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": {"enum": ["imaging", "imaging_cleaned", "genetics_hidden", "genetics", "genetics_cleaned"]},
    },
}


class _Models:
    models: tuple[str, ...] = setting(
        default=tuple(name for name in BASELINES if name != IN_PLACE_OF_CNN), schema=_MODELS
    )
    """beside the proposed ones; with imaging.source table imaging_logistic stands in for imaging_cnn"""
    shared_head: tuple[tuple[FeatureSet, ...], ...] = setting(
        default=(("imaging",), ("imaging_cleaned",)), schema=_HEADS
    )
    """feature sets that get the proposed model's head, one more model each"""
    search: tuple[dict[str, Any], ...] = setting(default=(), schema=_SEARCH)
    """hyperparameter search: grids such as {model: proposed, contrastive.learning_rate: [1.0e-3, 3.0e-4]}, one job a
    candidate, chosen by validation; models: proposed (all loss terms together), subsets (each loss subset has a search
    of its own, over its own terms' weights), one of `models`, or a model by its name in results (cgni_terms12)"""
    finetune_encoder: bool = setting(default=False)
    """train the genetic encoder along with the proposed head"""
    proposed: ProposedSettings = setting(default=ProposedSettings())


class _Scores:
    bootstrap: int = setting(default=1000, at_least=100)
    """resamples of families for confidence intervals"""


def _classification() -> Any:
    """The section `classification`: what is chosen, a section a baseline, what networks share, how scores are made."""
    kinds: dict[str, Any] = {}
    values: dict[str, Any] = {}
    parts: tuple[type, ...] = (_Models, TrainingSettings, _Scores)
    for part in parts:
        kinds |= get_type_hints(part)
        values |= {key.name: key for key in section_fields(part)} if issubclass(part, Section) else vars(part)
        if part is _Models:
            own = {**BASELINES, CONFOUNDS: CONFOUND_BASELINE}
            rows = {name: row.defaults for name, row in own.items() if row.defaults is not None}
            kinds |= {name: type(defaults) for name, defaults in rows.items()}
            values |= {name: setting(default=defaults) for name, defaults in rows.items()}
    kinds.pop("PATH", None)
    fields = {name: _copied(values[name]) for name in kinds}
    made = type("ClassificationSettings", (Section,), {"__annotations__": kinds, **fields})
    made.__doc__ = "The models of Table 1."
    return section("classification")(made)


def _copied(key: Any) -> Any:
    """A field that no class has yet."""
    return field(default=key.default, default_factory=key.default_factory, metadata=key.metadata)


# where the keys of the composed section are described
PARTS: dict[str, tuple[type, ...]] = {"classification": (_Models, TrainingSettings, _Scores)}


ClassificationSettings: Any = _classification()


@section("")
class StudySettings(Section):
    """The study, at demo size, on the simulated cohort."""

    protocol: Literal["sound", "paper"] = setting(default="sound")
    """sound, or paper: the publication to the letter (resources/protocols/)"""
    seed: int = setting(default=20261124, at_least=0)
    """every random stream derives from it"""
    results_dir: str = setting(default="results")
    """all outputs"""
    execution: ExecutionSettings = setting(default=ExecutionSettings())
    inputs: InputSettings = setting(default=InputSettings())
    simulation: SimulationSettings = setting(default=SimulationSettings())
    outcome: OutcomeSettings = setting(default=OutcomeSettings())
    people: PeopleSettings = setting(default=PeopleSettings())
    cohort: CohortSettings = setting(default=CohortSettings())
    confounds: ConfoundSettings = setting(default=ConfoundSettings())
    splits: SplitSettings = setting(default=SplitSettings())
    genetics: GeneticsSettings = setting(default=GeneticsSettings())
    imaging: ImagingSettings = setting(default=ImagingSettings())
    pretraining: PretrainingSettings = setting(default=PretrainingSettings())
    transfer: TransferSettings = setting(default=TransferSettings())
    contrastive: ContrastiveSettings = setting(default=ContrastiveSettings())
    classification: ClassificationSettings = setting(default=ClassificationSettings())
    scca: SccaSettings = setting(default=SccaSettings())
    occlusion: OcclusionSettings = setting(default=OcclusionSettings())
    contributions: ContributionSettings = setting(default=ContributionSettings())
    enrichment: EnrichmentSettings = setting(default=EnrichmentSettings())
    audit: AuditSettings = setting(default=AuditSettings())
    application: ApplicationSettings = setting(default=ApplicationSettings())
    figures: FigureSettings = setting(default=FigureSettings())
