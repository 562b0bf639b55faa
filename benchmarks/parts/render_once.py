"""Render a book with the embedded renderer and print the seconds: `render_once BOOK FORMATS`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from analysis.report import render


def render_once(book: Path, formats: tuple[str, ...]) -> float:
    """Return the seconds of the rendering, without the imports before it."""
    start = time.perf_counter()
    render(book, engine="embedded", formats=formats)
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(render_once(Path(sys.argv[1]), tuple(sys.argv[2].split(",")))))
