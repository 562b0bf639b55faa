"""Typst in a process of its own: a book's memory is given back when its PDF is made.

Within one process Typst keeps what it worked out of every document, 170 MB of a book of eighty pages, and
uses none of it for the next municipality. This file is run as it stands, so it imports nothing of the
project.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Refusal:
    """What Typst said of a document that it could not make a PDF of."""

    message: str
    hints: tuple[str, ...]


def typeset(source: Path, target: Path, *, fonts: Path, epoch: int) -> Refusal | None:
    """Make the PDF `target` of the Typst file `source`, checked against PDF/UA-1; return what Typst refused.

    Files are read below the folder of `source` alone, and no fonts but those in `fonts`. `epoch` is the date
    that the PDF carries, in seconds.
    """
    # One thread: a second one costs a fifth more processor time, and the other formats are made meanwhile.
    environment = {**os.environ, "RAYON_NUM_THREADS": "1"}
    # Without the script's folder on the path: modules of the renderer would stand before Python's own.
    command = [sys.executable, "-P", __file__, str(source), str(target), str(fonts), str(epoch)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, encoding="utf-8"
    )
    if done.returncode == 0:
        return None
    try:
        said = json.loads(done.stdout)
    except ValueError:
        # No words of Typst's own: it was ended from outside, or Python itself failed.
        return Refusal(done.stderr.strip()[-400:] or f"ended with {done.returncode}", ())
    return Refusal(said["message"], tuple(said["hints"]))


def _compile(source: str, target: str, fonts: str, epoch: str) -> int:
    import typst  # noqa: PLC0415

    try:
        typst.compile(
            source,
            output=target,
            root=Path(source).parent,
            font_paths=[fonts],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=int(epoch),
        )
    except typst.TypstError as error:
        json.dump({"message": error.message, "hints": list(error.hints)}, sys.stdout)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(_compile(*sys.argv[1:]))
