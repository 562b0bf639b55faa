"""Survey files in, checked and tidy answers out: questionnaires, import and the store."""

from analysis.survey.codebook import Background, Dimension, Item, Questionnaire, load_questionnaire
from analysis.survey.store import Store, open_store
from analysis.survey.writing import write_questionnaire, write_responses, write_table

__all__ = [
    "Background",
    "Dimension",
    "Item",
    "Questionnaire",
    "Store",
    "load_questionnaire",
    "open_store",
    "write_questionnaire",
    "write_responses",
    "write_table",
]
