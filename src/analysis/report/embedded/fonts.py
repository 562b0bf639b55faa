"""The report's fonts: Source Sans Pro and the signs of DejaVu Sans, cut down to what reports use.

`python -m analysis.report.embedded.fonts` writes them anew into `reports/`; it needs the package brotli
besides what Tilstand needs. They are kept in the repository, so that a report looks the same wherever it
is made.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import matplotlib
from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY, SIGNS = "Tilstand Sans", "Tilstand Signs"
"""The cut fonts' own names: the licence of Source Sans Pro reserves `Source` for the uncut font."""

_FACES = (
    ("Regular", "Regular", 400, False),
    ("It", "Italic", 400, True),
    ("Semibold", "SemiBold", 600, False),
    ("SemiboldIt", "SemiBold Italic", 600, True),
)
_SIGN_RANGES = (
    range(0x2010, 0x2040),
    range(0x2190, 0x2200),
    range(0x2200, 0x2300),
    range(0x25A0, 0x2600),
    (0x2139, 0x2605, 0x2606, 0x26A0, 0x2713, 0x2714, 0x2717, 0x2718),
)


def write_fonts(project: Path) -> list[Path]:
    """Write the fonts as TTF for Typst and as WOFF2 for HTML below `project`/reports; return the files."""
    source = Path(find_spec("font_source_sans_pro").origin).parent / "files"
    written = []
    for name, style, weight, italic in _FACES:
        cut = _cut(source / f"SourceSansPro-{name}.ttf", None)
        _rename(cut, FAMILY, style, weight, italic)
        written += _save(cut, project, f"TilstandSans-{style.replace(' ', '')}")
    signs = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    cut = _cut(signs, [code for codes in _SIGN_RANGES for code in codes])
    _rename(cut, SIGNS, "Regular", 400, False)
    written += _save(cut, project, "TilstandSigns")
    licences = (
        (source / "LICENSE.txt", "OFL-SourceSansPro.txt"),
        (signs.parent / "LICENSE_DEJAVU", "LICENSE-DejaVu.txt"),
    )
    for folder in _folders(project):
        for licence, name in licences:
            (folder / name).write_bytes(licence.read_bytes())
    return written


def _folders(project: Path) -> tuple[Path, Path]:
    return project / "reports/_extensions/tilstand/fonts", project / "reports/styles/fonts"


def _cut(path: Path, codes: list[int] | None) -> TTFont:
    # Without `recalcTimestamp` the file's own date stays: the same bytes each time.
    font = TTFont(path, recalcTimestamp=False)
    options = subset.Options(
        hinting=False, layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "liga", "sups"]
    )
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes or list(font.getBestCmap()))
    cutter.subset(font)
    return font


def _rename(font: TTFont, family: str, style: str, weight: int, italic: bool) -> None:
    names = font["name"]
    legacy = family if style in ("Regular", "Italic") else f"{family} SemiBold"
    own = {
        1: legacy,
        2: "Italic" if italic else "Regular",
        3: f"{family} {style}",
        4: f"{family} {style}",
        6: f"{family} {style}".replace(" ", "-"),
        16: family,
        17: style,
    }
    for identifier, value in own.items():
        names.setName(value, identifier, 3, 1, 0x409)
        names.removeNames(nameID=identifier, platformID=1)
    font["OS/2"].usWeightClass = weight


def _save(font: TTFont, project: Path, name: str) -> list[Path]:
    for_typst, for_html = _folders(project)
    paths = [for_typst / f"{name}.ttf", for_html / f"{name}.woff2"]
    for path, flavor in zip(paths, (None, "woff2"), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        font.flavor = flavor
        font.save(path)
    return paths


if __name__ == "__main__":
    for file in write_fonts(Path(__file__).resolve().parents[4]):
        sys.stdout.write(f"{file.name} {file.stat().st_size}\n")
