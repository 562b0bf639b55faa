"""Survey files in, checked and tidy answers out: questionnaires, import and the store."""

from analysis.survey.codebook import Background, Dimension, Item, Questionnaire, load_questionnaire
from analysis.survey.content import Content
from analysis.survey.draft import Draft, draft, write_draft
from analysis.survey.faults import REASONS
from analysis.survey.import_report import ImportReport
from analysis.survey.importing import import_files
from analysis.survey.mapping import Mapping, load_mapping
from analysis.survey.store import Store, open_store
from analysis.survey.writing import write_questionnaire, write_responses, write_table

__all__ = [
    "REASONS",
    "Background",
    "Content",
    "Dimension",
    "Draft",
    "ImportReport",
    "Item",
    "Mapping",
    "Questionnaire",
    "Store",
    "draft",
    "import_files",
    "load_mapping",
    "load_questionnaire",
    "open_store",
    "write_draft",
    "write_questionnaire",
    "write_responses",
    "write_table",
]
