"""Import the file in a folder and print how many rows were read and set aside: `import_once FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from analysis.survey import import_files


def import_once(folder: Path) -> dict[str, float]:
    """Import `survey.csv` into a store beside it."""
    report = import_files([folder / "survey.csv"], folder / "mapping.yaml", folder / "store")
    size = (folder / "survey.csv").stat().st_size / 2**20
    return {"rows": report.rows_read, "quarantined": report.quarantined, "mib": size}


if __name__ == "__main__":
    print(json.dumps(import_once(Path(sys.argv[1]))))
