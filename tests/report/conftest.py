"""A small book with what reports are made of, rendered once for all tests that only read it."""

import shutil
from pathlib import Path

import pytest

from analysis.report import render

BOOK = Path(__file__).parent / "book"


@pytest.fixture(scope="session")
def rendered_book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rendered") / "book"
    shutil.copytree(BOOK, folder)
    return render(folder, engine="embedded")


@pytest.fixture
def book(tmp_path):
    """A fresh copy of the book that a test may change."""
    return Path(shutil.copytree(BOOK, tmp_path / "book"))
