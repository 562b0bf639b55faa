"""The embedded renderer: HTML, PDF and Word of a Quarto book with pandoc and Typst alone."""

from analysis.report.embedded.book import Book, read_book
from analysis.report.embedded.manuscript import Manuscript, read_manuscript
from analysis.report.embedded.pdf import renderer_name, write_pdf, write_typescript
from analysis.report.embedded.site import move_site, write_site
from analysis.report.embedded.word import write_word
from analysis.report.embedded.words import words_of
from analysis.report.word import write_reference_docx

__all__ = [
    "Book",
    "Manuscript",
    "move_site",
    "read_book",
    "read_manuscript",
    "renderer_name",
    "words_of",
    "write_pdf",
    "write_reference_docx",
    "write_site",
    "write_typescript",
    "write_word",
]
