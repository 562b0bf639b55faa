"""What the colophon and the method appendix say of a report: versions, data, thresholds, how to re-run."""

from __future__ import annotations

import hashlib
import platform
from importlib import metadata

from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.core.settings import Batch
from analysis.show.escape import to_markdown as escape
from analysis.survey import Store

_SHOWN = ("tilstand", "pandas", "statsmodels", "matplotlib", "papermill")


def colophon_values(batch: Batch, store: Store, municipality: str | None) -> dict[str, str]:
    """Return the texts that `{{< meta tilstand.… >}}` puts into the report's appendices.

    Without a municipality they are of all data.
    """
    language = Language(batch.language)
    versions = [f"Python {platform.python_version()}"]
    versions += [f"{name} {metadata.version(name)}" for name in _SHOWN]
    lock = project_root() / "requirements.lock"
    values = {
        "draft-line": language.text("Draft, not for publication"),
        "batch": batch.batch,
        "date": language.date(batch.date),
        "data-hash": store.data_hash(municipality=municipality)[:16],
        "versions": ", ".join(versions),
        "lock-hash": hashlib.sha256(lock.read_bytes()).hexdigest()[:16],
        "command": f"tilstand run params/{batch.batch}.yaml"
        + (f" --only {municipality}" if municipality else ""),
        "verify": f"tilstand verify build/{batch.batch}",
        "level": language.percent(batch.level),
        "min-answered": language.percent(batch.min_answered),
        "min-municipalities": str(batch.reference.minimum_municipalities),
        "from-mean": str(batch.disclosure.mean),
        "from-distribution": str(batch.disclosure.distribution),
        "caution": str(batch.disclosure.caution),
    }
    # Settings are read as Markdown, which makes one dash of the two before an option.
    return {key: escape(value) for key, value in values.items()}
