"""The environment variables of every run: the same on every machine."""

from __future__ import annotations

import datetime as dt
import os

# One thread each: runs are parallel already, and sums in another order differ in their last digits.
_THREADS = ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "NUMEXPR_NUM", "BLIS_NUM", "VECLIB_MAXIMUM")

#: What every Python that runs notebooks is started with.
FIXED = {
    **{f"{name}_THREADS": "1" for name in _THREADS},
    "PYTHONHASHSEED": "0",
    # A backend of the user's own choice makes figures vanish from notebooks without an error.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # The debugger's advice about frozen modules would stand in the terminal once per run.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def surroundings(date: dt.date) -> dict[str, str]:
    """Return the environment variables that every kernel gets, so that the same run gives the same bytes.

    >>> surroundings(dt.date(2025, 6, 16))["SOURCE_DATE_EPOCH"]
    '1750032000'
    """
    midnight = dt.datetime.combine(date, dt.time(), tzinfo=dt.UTC)
    return {**FIXED, "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())), "TZ": "UTC"}


def inherited() -> dict[str, str]:
    """Return this process's environment for one that begins in another folder.

    Python is found by it as it is here: where PYTHONPATH names folders from here, it names whole paths.
    """
    found = dict(os.environ)
    if path := found.get("PYTHONPATH"):
        folders = [os.path.abspath(folder) for folder in path.split(os.pathsep) if folder]
        found["PYTHONPATH"] = os.pathsep.join(folders)
    return found
