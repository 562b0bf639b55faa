"""Assembles the books of a batch and renders them, with Quarto or with the embedded renderer."""

from analysis.core.quarto import Quarto, find_quarto
from analysis.report.editions import NATIONAL, assemble_edition, assemble_national, edition_books
from analysis.report.index_page import write_index
from analysis.report.making import make_book
from analysis.report.render import Rendered, render
from analysis.report.sources import Sources
from analysis.report.word import write_reference_docx

__all__ = [
    "NATIONAL",
    "Quarto",
    "Rendered",
    "Sources",
    "assemble_edition",
    "assemble_national",
    "edition_books",
    "find_quarto",
    "make_book",
    "render",
    "write_index",
    "write_reference_docx",
]
