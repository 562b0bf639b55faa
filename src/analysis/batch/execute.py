"""Execute one notebook with papermill, in a folder beside its place; in a worker process."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.batch.failure import NotFinished, record_failure, told
from analysis.batch.fingerprint import NOTEBOOK_ROOMS
from analysis.batch.folder import (
    FACTS,
    NOTEBOOK,
    RECORD,
    beside,
    file_hash,
    put_in_place,
    set_aside,
    write_record,
)
from analysis.batch.kernels.guard import Guard, RunLimits
from analysis.batch.key import Key
from analysis.batch.outcome import Outcome, this_process
from analysis.batch.runs import Run
from analysis.batch.same_source import is_as_planned
from analysis.batch.scratch import scratch_folder

if TYPE_CHECKING:
    from nbformat import NotebookNode

_DEFAULT_LIMITS = RunLimits()
#: The tag of the cell that papermill adds, with the parameters of a run.
_INJECTED = "injected-parameters"


def execute(
    run: Run, *, build: Path, notebook: Path, key: Key, limits: RunLimits = _DEFAULT_LIMITS
) -> Outcome:
    """Execute `notebook` for `run` and put what it made in its place in the build folder.

    A run has succeeded when papermill has returned, every cell has been executed and the notebook's last
    cell has saved its facts. What the executed notebook says of itself is not asked: after a killed kernel it
    says that every cell was completed. What fails is recorded under `_protected/`, and whatever the run had
    made before is set aside.
    """
    clock = time.perf_counter()
    stood = _sign(build / run.folder)
    try:
        part = beside(build / run.folder)
    except OSError as error:
        return record_failure(run, error, build=build)
    guards: list[Guard] = []
    try:
        _execute_in(part, notebook, run.parameters, limits, guards)
        files = {p.relative_to(part).as_posix(): file_hash(p) for p in sorted(part.rglob("*")) if p.is_file()}
        # Without a record the run stands for this batch's reports, and is made again by the next.
        if is_as_planned(key, NOTEBOOK_ROOMS, notebook):
            write_record(part, {"id": run.id, "outcome": "done", **key.recorded(), "files": files})
        put_in_place(part, build / run.folder)
        return _told(Outcome(id=run.id, outcome="done"), clock, guards)
    except Exception as error:
        if _sign(build / run.folder) not in (stood, None):
            # This worker was left behind by its batch, and a later one has made the run: that stands.
            kind, message = told(error)
            return _told(Outcome(id=run.id, outcome="failed", error=kind, message=message), clock, guards)
        with contextlib.suppress(OSError):
            set_aside(build, run.folder)
        failed = record_failure(run, error, build=build, executed=part / NOTEBOOK)
        return _told(failed, clock, guards)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _told(outcome: Outcome, began: float, guards: list[Guard]) -> Outcome:
    """Return an outcome with what the run took, and what its last kernel had and was."""
    seconds = time.perf_counter() - began
    if not guards:
        return replace(outcome, seconds=seconds, worker=this_process())
    memory, ordinary = guards[-1].peak_mib, guards[-1].ordinary
    return replace(outcome, seconds=seconds, memory_mib=memory, ordinary=ordinary, worker=this_process())


def _sign(folder: Path) -> tuple[int, int] | None:
    """Return what tells a made run from the same one made again, or None where there is none."""
    try:
        state = (folder / RECORD).stat()
    except OSError:
        return None
    return state.st_ino, state.st_mtime_ns


def _execute_in(
    part: Path, notebook: Path, parameters: dict[str, Any], limits: RunLimits, guards: list[Guard]
) -> None:
    """Execute in the folder `part`; add to `guards` who watches each kernel."""
    with scratch_folder() as scratch:
        for attempt in ("1", "2"):
            own = scratch / attempt
            with Guard(limits) as guard:
                guards.append(guard)
                try:
                    _with_papermill(part, notebook, parameters, own, guard)
                    return
                except Exception as error:
                    _add_last_words(error, own)
                    if guard.fault is not None:
                        raise guard.fault from error
                    # A kernel that did not come up, or went with its template, is the machinery's fault and
                    # not the notebook's, and worth another try.
                    begun = _a_cell_was_begun(part / NOTEBOOK) and not guard.lost
                    if begun or isinstance(error, OSError) or attempt == "2":
                        raise
                    # Facts of the first attempt must not pass for those of the second.
                    shutil.rmtree(part)
                    part.mkdir()


def _with_papermill(
    part: Path, notebook: Path, parameters: dict[str, Any], scratch: Path, guard: Guard
) -> None:
    # Heavy, and needed in the workers alone.
    import papermill  # noqa: PLC0415
    from papermill.engines import papermill_engines  # noqa: PLC0415

    from analysis.batch.engine import ENGINE, TilstandEngine  # noqa: PLC0415
    from analysis.batch.kernels.manager import kernel_in  # noqa: PLC0415

    # By hand: the entry point is only found where the package is installed anew since it has it.
    papermill_engines.register(ENGINE, TilstandEngine)
    scratch.mkdir()
    source = _without_outputs(notebook, scratch)
    with contextlib.chdir(part):
        executed = papermill.execute_notebook(
            # papermill takes braces in a path for parameters.
            str(source).replace("{", "{{").replace("}", "}}"),
            NOTEBOOK,
            parameters=parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kernel_manager_class=kernel_in(scratch, guard),
            guard=guard,
            settle=partial(_settle, name=notebook.name),
        )
    _check_the_end(executed, part)


def _without_outputs(notebook: Path, scratch: Path) -> Path:
    """Return a copy in `scratch` without the kept outputs, which papermill would read, check and throw away.

    What cannot be read is returned as it is: papermill says what is wrong with it.
    """
    try:
        state = notebook.stat()
        text = _bare_text(notebook, state.st_size, state.st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return notebook
    bare = scratch / notebook.name
    bare.write_text(text, encoding="utf-8")
    return bare


@lru_cache(maxsize=8)
def _bare_text(notebook: Path, size: int, changed: int) -> str:
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    return json.dumps(content)


def _settle(notebook: NotebookNode, name: str) -> None:
    # Where the notebook lay and is written is another path on every machine.
    notebook.metadata.papermill.update(input_path=name, output_path=NOTEBOOK)
    for cell in notebook.cells:
        # papermill draws its cell an id by chance, and a report's book holds it.
        if _INJECTED in cell.metadata.get("tags", ()):
            cell["id"] = _INJECTED


def _check_the_end(executed: NotebookNode, part: Path) -> None:
    for number, cell in enumerate(executed.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        exits = any(o.output_type == "error" and o.ename == "SystemExit" for o in cell.outputs)
        if exits or cell.execution_count is None:
            raise NotFinished(
                "the notebook ended before its last cell",
                where=f"cell {number}",
                found="an exit from Python" if exits else "a cell that was not executed",
                todo="let every cell come to its end",
            )
    if not (part / FACTS).is_file():
        raise NotFinished(
            "the notebook ended without saving its facts",
            expected=FACTS,
            todo="let the last cell call finish() on the run that the first cell opened",
        )


def _a_cell_was_begun(executed: Path) -> bool:
    try:
        cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
        return any(cell["metadata"].get("papermill", {}).get("start_time") for cell in cells)
    except (OSError, ValueError, KeyError):
        return False


def _add_last_words(error: Exception, scratch: Path) -> None:
    with contextlib.suppress(OSError):
        said = (scratch / "stderr").read_text(encoding="utf-8", errors="replace").strip()
        error.add_note(f"The kernel's own messages:\n{said[-4000:]}" if said else "")
