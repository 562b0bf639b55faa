"""A build at an address: worked on in a folder of this machine, fetched at the start, sent run by run."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.batch.batchfile import default_build
from analysis.batch.folder import PROTECTED, RECORD
from analysis.batch.lock_there import hold_there
from analysis.batch.outcome import Outcome
from analysis.batch.plan import Plan
from analysis.batch.runs import Run
from analysis.batch.schedule import Watch
from analysis.core.errors import DataError
from analysis.core.paths import write_text
from analysis.core.remote import (
    MANIFEST,
    Remote,
    copy_of,
    fetch,
    is_address,
    open_remote,
    reached,
    read_manifest,
)
from analysis.core.settings import Batch


@contextlib.contextmanager
def working_folder(build: Path | str | None, batch: Batch) -> Iterator[tuple[Path, Mirror | None]]:
    """Give the folder to build in, and for a build at an address its mirror, which is held meanwhile.

    What stands at the address is fetched first; what is made here is sent by whoever makes it.
    Raises BuildError where another batch is at work there, DataError where it cannot be reached.
    """
    if not is_address(build):
        yield Path(build or default_build(batch)).resolve(), None
        return
    mirror = Mirror(open_remote(str(build)))
    with hold_there(mirror.remote):
        mirror.fetch()
        try:
            yield mirror.folder, mirror
        finally:
            mirror.note()


class Mirror:
    """The folder here of a build at an address, and what of it is known to be there."""

    def __init__(self, remote: Remote) -> None:
        self.remote, self.folder = remote, copy_of(remote.address)
        #: By the first part of its name, and by its name, what is known of a file: size and sign of its
        #: content there, size and time here when both were the same.
        self._known: dict[str, dict[str, list]] = {}

    def fetch(self) -> None:
        """Fetch what others have changed since; what this machine has not sent yet stays as it is."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        known, there, here = read_manifest(self.folder), self.remote.listing(), _files(self.folder)
        changed = {
            name
            for name, mark in there.items()
            if name not in known or name not in here or known[name][0] != mark or None in mark
        }
        gone = {name for name in known if name not in there}
        runs = _run_folders((*there, *known))
        touched = {_run_of(name, runs) for name in changed | gone} - {None}
        # Never a run that is half from here, half from there.
        same = {name for name in there if name in known and here.get(name) == known[name][1]}
        changed |= {name for name in there.keys() - same if _run_of(name, runs) in touched}
        gone |= {n for n in here if n not in there and _run_of(n, runs) in touched}
        # The records first, and below last: a kill in the middle leaves no run that looks whole.
        for name in (*(f"{run}/{RECORD}" for run in touched), *gone):
            (self.folder / name).unlink(missing_ok=True)
            changed |= {name} & there.keys()
        for names in _records_last(changed):
            fetch(self.remote, self.folder, names, there)
        here = _files(self.folder)
        for name, mark in there.items():
            self._learn(name, [mark, here.get(name) if name in changed else known[name][1]])
        self._keep()

    def send(self, *folders: str) -> None:
        """Make these folders there as they are here ("" is all): files first, the record of each run last."""
        for folder in folders:
            here, known = _files(self.folder, folder), self._inside(folder)
            changed = {name for name, state in here.items() if known.get(name, [None, None])[1] != state}
            gone = known.keys() - here.keys()
            runs = _run_folders((*here, *known))
            touched = {_run_of(name, runs) for name in changed | gone} - {None}
            records = {f"{run}/{RECORD}" for run in touched}
            with reached(self.remote.address):
                for names in (records & known.keys(), gone - records):
                    self._remove(sorted(names))
                for names in _records_last(changed | (records & here.keys())):
                    self._put({name: here[name] for name in names})

    def note(self) -> None:
        """Keep what is known of both sides for the next batch."""
        with contextlib.suppress(DataError):
            there = self.remote.listing()
            for names in self._known.values():
                for name in names:
                    names[name][0] = there.get(name)
        self._keep()

    def _inside(self, folder: str) -> dict[str, list]:
        if not folder:
            return {name: known for names in self._known.values() for name, known in names.items()}
        of_place = self._known.get(folder.partition("/")[0], {})
        return {name: known for name, known in of_place.items() if name.startswith(f"{folder}/")}

    def _learn(self, name: str, known: list) -> None:
        self._known.setdefault(name.partition("/")[0], {})[name] = known

    def _remove(self, names: list[str]) -> None:
        if names:
            self.remote.files.rm([self.remote.path(name) for name in names])
            for name in names:
                del self._known[name.partition("/")[0]][name]

    def _put(self, states: dict[str, list[int]]) -> None:
        if states:
            local = [str(self.folder / name) for name in states]
            self.remote.files.put(local, [self.remote.path(name) for name in states])
            for name, state in states.items():
                self._learn(name, [None, state])

    def _keep(self) -> None:
        write_text(self.folder / MANIFEST, json.dumps(self._inside("")))


class Sending:
    """Sends what a run has left at its end, and says to another watch what it is told."""

    def __init__(self, mirror: Mirror, plan: Plan, watch: Watch) -> None:
        self._mirror, self._watch = mirror, watch
        self._folders = {run.id: run.folder for run in plan.runs}

    def began(self, run: Run) -> None:
        """Say so."""
        self._watch.began(run)

    def ended(self, outcome: Outcome) -> None:
        """Say so, and send the run's folder with whatever was kept of a failure or set aside."""
        self._watch.ended(outcome)
        if outcome.outcome != "unchanged":
            folder = self._folders[outcome.id]
            # At the batch's end all that is left is sent, and said where it cannot be.
            with contextlib.suppress(DataError):
                kept = (f"{PROTECTED}/{outcome.id}", f"{PROTECTED}/stale/{folder}")
                self._mirror.send(folder, *kept)


def _files(folder: Path, inside: str = "") -> dict[str, list[int]]:
    """Return size and time of every file that is to be seen below a folder."""
    found = {}
    for at, folders, files in os.walk(folder / inside):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                path = Path(at, name)
                state = path.stat()
                found[path.relative_to(folder).as_posix()] = [state.st_size, state.st_mtime_ns]
    return found


def _run_folders(names: Iterable[str]) -> set[str]:
    return {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] == RECORD}


def _run_of(name: str, runs: set[str]) -> str | None:
    parts = name.split("/")
    return next((run for n in range(len(parts) - 1, 0, -1) if (run := "/".join(parts[:n])) in runs), None)


def _records_last(names: Iterable[str]) -> tuple[list[str], list[str]]:
    ordered = sorted(names)
    return [n for n in ordered if not n.endswith(RECORD)], [n for n in ordered if n.endswith(RECORD)]
