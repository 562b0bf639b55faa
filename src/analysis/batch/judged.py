"""Which services' answers from all municipalities a municipality's run reads, to judge measures by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

#: The quick one where PyYAML was built with it: a plan may look into hundreds of steering files.
_Quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Quick):
    """All plain scalars as text, as steering files are read: a service may be called `no`."""


_Loader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0].endswith(":merge")]
    for first, rules in _Quick.yaml_implicit_resolvers.items()
}


def judged_services(path: Path, year: int) -> frozenset[str]:
    """Return the services with measures that had begun before the round and are judged by the survey.

    The file is not checked here, and one that cannot be read names none: the run that opens it fails, and
    says why.
    """
    try:
        content = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, ValueError, yaml.YAMLError):
        return frozenset()
    measures = content.get("measures") if isinstance(content, Mapping) else None
    every = [m for m in measures if isinstance(m, Mapping)] if isinstance(measures, list) else []
    return frozenset(str(m["service"]) for m in every if "service" in m and _judged(m, year))


def _judged(measure: Mapping[str, object], year: int) -> bool:
    start = str(measure.get("start", ""))
    # A start that is no year fails in the run.
    begun = not start.strip().isdigit() or int(start) < year
    begun = begun and measure.get("status", "proposed") != "proposed"
    return begun and not str(measure.get("topic", "")).startswith("indicator.")
