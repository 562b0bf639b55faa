"""One municipality's report by the embedded renderer: each format alone, all together, and beside Quarto."""

from __future__ import annotations

import json
import re
from pathlib import Path
from statistics import median

from benchmarks.measure import measure_command, middle
from benchmarks.results import HEADER, Table, against_goal, figures
from benchmarks.workspace import MUNICIPALITY, PROJECT, demo_build, part

GOAL = 3
TIMES = 3
MOST_OF_QUARTO = 1 / 3
#: Chapters, and the seconds that Quarto 1.7 was seen to take for them; in between and beyond on the line.
SEEN = ((2, 2.8), (20, 11.2))
_FORMATS = {"HTML": "html", "PDF": "pdf", "Word": "docx", "HTML, PDF and Word together": "html,pdf,docx"}


def run(root: Path) -> Table:
    """Render one book several times, each time in a fresh process."""
    book = demo_build(root) / MUNICIPALITY / "full"
    rows, rendering = [], 0.0
    for name, formats in _FORMATS.items():
        command = part("render_once", str(book), formats)
        measured = [measure_command(command, cwd=PROJECT) for _ in range(TIMES)]
        rendering = median(json.loads(m.result.splitlines()[-1]) for m in measured)
        rows.append((name, f"{rendering:.2f}", *figures(middle(measured))))
    quarto, whose = _of_quarto(book)
    rows.append((f"{whose}, HTML alone", f"{quarto:.2f}", "", "", ""))
    goals = (
        against_goal(
            f"all three together under {GOAL} s, embedded", f"{rendering:.2f} s", met=rendering < GOAL
        ),
        against_goal(
            "all three together in under 1/3 of the time that Quarto takes for the HTML alone",
            f"{rendering / quarto:.2f} of it",
            met=rendering < quarto * MOST_OF_QUARTO,
        ),
    )
    return Table(
        title="One municipality's report",
        header=("format", "seconds of rendering", *HEADER),
        rows=tuple(rows),
        goal="\n\n".join(goals),
    )


def _of_quarto(book: Path) -> tuple[float, str]:
    """Return the seconds of Quarto for a book's HTML, and whose they are: measured, or as they were seen."""
    command = part("render_once", str(book), "html", "quarto")
    done = [measure_command(command, cwd=PROJECT) for _ in range(TIMES)]
    seconds = [json.loads(m.result.splitlines()[-1]) for m in done]
    if None not in seconds:
        return median(seconds), "`quarto render`"
    chapters = len(re.findall(r"[\w-]+\.(?:qmd|ipynb)\b", (book / "_quarto.yml").read_text(encoding="utf-8")))
    (few, quick), (many, slow) = SEEN
    guess = quick + (chapters - few) * (slow - quick) / (many - few)
    return guess, f"Quarto 1.7 as it was seen elsewhere, for {chapters} chapters (none runs here)"


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["report"])
