"""Assembles a municipality's Quarto book and renders it, with Quarto or with the embedded renderer."""

from analysis.report.assemble import assemble
from analysis.report.index_page import write_index
from analysis.report.quarto import Quarto, find_quarto
from analysis.report.render import Rendered, render
from analysis.report.word import write_reference_docx

__all__ = ["Quarto", "Rendered", "assemble", "find_quarto", "render", "write_index", "write_reference_docx"]
