"""Render a book and print the seconds: `render_once BOOK FORMATS [quarto]`.

By the embedded renderer, or by Quarto: `null` where there is none that runs.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from analysis.core.quarto import find_quarto
from analysis.report import render


def render_once(book: Path, formats: tuple[str, ...], engine: str = "embedded") -> float | None:
    """Return the seconds of the rendering, without the imports before it."""
    if engine == "quarto" and find_quarto() is None:
        return None
    start = time.perf_counter()
    render(book, engine=engine, formats=formats)
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(render_once(Path(sys.argv[1]), tuple(sys.argv[2].split(",")), *sys.argv[3:])))
