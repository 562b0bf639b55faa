"""What is kept of a run that failed, and what of it may be told."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import traceback
from collections.abc import Iterable
from pathlib import Path

from analysis.batch.folder import PROTECTED, protected
from analysis.batch.outcome import Outcome
from analysis.batch.runs import Run
from analysis.core.errors import BuildError, TilstandError
from analysis.core.paths import write_text


class NotFinished(BuildError):  # noqa: N818 - the house names errors by what is wrong
    """A notebook ended without an error and without coming to its end."""


class WorkerDied(BuildError):  # noqa: N818
    """The processes that made a run were killed, by the system or by what it ran."""

    @classmethod
    def after(cls, deaths: Iterable[str]) -> WorkerDied:
        """Return the error of a run that took these workers with it; they are its notes."""
        deaths = list(deaths)
        return cls(
            "the process that made this run was killed",
            found=f"{len(deaths)} times, each time another process",
            expected="enough memory, and a notebook that ends no other process",
            todo="try again with fewer workers (--workers 1), and see the run's error.txt",
        )._with(deaths)

    @classmethod
    def waited_for(cls, times: int, deaths: Iterable[str]) -> WorkerDied:
        """Return the error of a run whose workers were killed, most of them before they had begun it."""
        return cls(
            "the workers that were to make this run were killed, most of them before they had begun it",
            found=f"{times} times, each time another worker",
            expected="workers that live for as long as the batch",
            todo="look at the workers' own logs, and give the same command again",
        )._with(deaths)

    def _with(self, deaths: Iterable[str]) -> WorkerDied:
        for death in deaths:
            self.add_note(death)
        return self


#: A run is made again when its worker dies; one that so many workers died of is set aside.
MOST_DEATHS = 3

_SYSTEM_ERROR = re.compile(r"\[Errno (\d+)\]")
#: Names that errors of pandas and DuckDB have as well, and what stands in ours alone: a part of it by name.
_OTHERS_TOO = ("DataError",)
_OURS = re.compile(r"^  (found:   |expected:|to do:   ) ", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def record_failure(
    run: Run, error: Exception, *, build: Path, executed: Path | None = None, seconds: float = 0.0
) -> Outcome:
    """Keep a failed run's notebook and error in `_protected/`, and return what may be told of it.

    A traceback shows values of variables, and so can show answers. Outside the protected folder stands the
    error's class alone, with its words where it is one of ours, made to be shown.
    """
    name, message = told(error)
    kept = ""
    # A full disk must not turn one failure into another: then only the outcome tells of it.
    with contextlib.suppress(OSError):
        folder = protected(build, run.id)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if executed is not None and executed.is_file():
            # Moved, not copied: that needs no room.
            os.replace(executed, folder / executed.name)
        write_text(folder / "error.txt", _report(run, name, error))
        kept = f"{PROTECTED}/{run.id}/error.txt"
    return Outcome(id=run.id, outcome="failed", seconds=seconds, error=name, message=message, recorded=kept)


def told(error: Exception) -> tuple[str, str]:
    """Return the class of an error and what may be said of it outside the protected folder.

    >>> told(ValueError("the parent of Kari, 4 years, answered 2"))
    ('ValueError', '')
    >>> told(BuildError("no such notebook"))
    ('BuildError', 'no such notebook')
    """
    if type(error).__name__ == "PapermillExecutionError":
        # A kernel sends an error's class by name only.
        if system := _SYSTEM_ERROR.match(error.evalue):
            return error.ename, os.strerror(int(system[1]))
        ours = error.ename in _our_errors()
        if error.ename in _OTHERS_TOO:
            ours = _OURS.search(error.evalue) is not None
        return error.ename, error.evalue if ours else ""
    if type(error).__name__ == "DeadKernelError":
        return "DeadKernelError", "the notebook's Python process died (killed, out of memory, or a crash)"
    if isinstance(error, TilstandError):
        return type(error).__name__, str(error)
    if isinstance(error, OSError):
        return type(error).__name__, error.strerror or ""
    return type(error).__name__, ""


def _our_errors() -> set[str]:
    import analysis.stats  # noqa: F401, PLC0415 - its errors are known once it is imported

    found, waiting = set(), [TilstandError]
    while waiting:
        kind = waiting.pop()
        found.add(kind.__name__)
        waiting += kind.__subclasses__()
    return found


def _report(run: Run, name: str, error: Exception) -> str:
    if type(error).__name__ == "PapermillExecutionError":
        trace = "\n".join([f"in the cell with number [{error.exec_count}]:", "", *error.traceback])
        trace += "\n" + "\n".join(getattr(error, "__notes__", []))
    else:
        trace = "".join(traceback.format_exception(error))
    head = f"{run.id}: {run.notebook or 'report'} failed with {name}\n"
    return head + _COLOUR.sub("", trace).rstrip() + "\n"
