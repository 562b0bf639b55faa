"""What is wrong in a settings file, named all at once: key, found, expected, to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.core.errors import SettingsError


@dataclass(frozen=True)
class Fault:
    """One thing to mend. `key` is its place in the file, such as `targets[2].unit`."""

    what: str
    key: str
    found: str
    expected: str = ""
    todo: str = ""


def raise_faults(faults: Sequence[Fault], *, where: str) -> None:
    """Raise one SettingsError that names every fault; do nothing where there is none."""
    if len(faults) == 1:
        fault = faults[0]
        place = ": ".join(part for part in (where, fault.key) if part)
        raise SettingsError(
            fault.what, where=place, found=fault.found, expected=fault.expected, todo=fault.todo
        )
    if faults:
        lines = [
            f"\n  {fault.key}: {fault.what}; found {fault.found}"
            + (f"; expected {fault.expected}" if fault.expected else "")
            + (f"; {fault.todo}" if fault.todo else "")
            for fault in faults
        ]
        raise SettingsError(f"{len(faults)} things to mend" + "".join(lines), where=where)
