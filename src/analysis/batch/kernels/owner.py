"""Templates as they are kept: started when they are needed, and again when they are gone."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.batch.kernels.forked import Forked
from analysis.batch.kernels.processes import NoTemplate, Template, no_template
from analysis.batch.surroundings import FIXED

#: After so many templates in a row that could not be started, a process asks for no more.
_MOST_FAILURES = 2
#: Read when an interpreter starts, and so by the template; a kernel that is to have others is no copy of it.
_READ_AT_START = ("PYTHON", "LD_")


class Keeper:
    """Keeps one template, started when it is needed and again when it is gone.

    `environment` has variables that the template is to have beside this process's.
    """

    def __init__(
        self, template: Template | None = None, *, environment: Mapping[str, str] | None = None
    ) -> None:
        self.lock = threading.RLock()
        self.template = template
        self.environment = dict(environment or {})
        # Kept until their kernels have ended: a template ends, with them, when its channel is closed.
        self.retired: list[Template] = []
        self.process = os.getpid()
        #: How many in a row could not be started, and why the last one.
        self.failures, self.why = 0, ""

    def get(self) -> Template:
        """Return the template, ready to fork."""
        if self.process != os.getpid():
            # Forked with its owner's memory: the template in it is the other's.
            self.__init__(environment=self.environment)
        if self.failures >= _MOST_FAILURES:
            raise no_template(self.why)
        if self.template is None or not self.template.alive:
            try:
                self.template = Template.start(self.environment)
                self.template.wait_until_ready()
            except (OSError, NoTemplate) as error:
                self.template, self.failures = None, self.failures + 1
                self.why = error.found if isinstance(error, NoTemplate) else str(error)
                raise no_template(self.why) from error
        self.failures = 0
        return self.template

    def fork(self, what: Mapping[str, Any], files: Sequence[int]) -> Forked:
        """Fork a process, from a new template where the present one is gone or has old source.

        Raises NoTemplate where none is to be had.
        """
        with self.lock:
            for _ in range(2):
                template = self.get()
                try:
                    forked = template.fork(what, files)
                except NoTemplate:
                    if template.silent:
                        # What it answers now would be taken for the answer to what it is asked next.
                        self._retire(template)
                        self.template = None
                        raise
                    if template.alive:
                        raise
                else:
                    if forked is not None:
                        return forked
                    self._retire(template)
                self.template = None
            raise no_template("the package's source changes all the time")

    def _retire(self, template: Template) -> None:
        template.retire()
        self.retired = [t for t in (*self.retired, template) if t.alive]

    def end(self) -> None:
        """End the template and all that it forked."""
        with self.lock:
            for template in filter(None, (*self.retired, self.template)):
                template.end()
            self.template, self.retired = None, []


#: This process's own.
_own = Keeper()


def adopt(pid: int, control: socket.socket) -> None:
    """Have the nursery for this process's own template that was forked beside it."""
    _own.__init__(Template.beside(pid, control))


def end_template() -> None:
    """End this process's own template, where it has one, and wait for it: nobody else might."""
    _own.end()


def prepare_template() -> Template:
    """Return this process's template, started and ready; raise NoTemplate where none is to be had."""
    with _own.lock:
        check_possible()
        return _own.get()


def fork_kernel(
    arguments: list[str], environment: Mapping[str, str], folder: str, streams: list[int]
) -> Forked:
    """Return a kernel that this process's template has forked; raise NoTemplate where none is to be had."""
    check_possible()
    if other := _other_interpreter(environment):
        raise no_template(f"{other} is read when Python starts, and this kernel is to have another")
    if (Path(folder) / "matplotlibrc").exists():
        raise no_template("the kernel's folder has a matplotlibrc, which is read when matplotlib is imported")
    kernel = {"arguments": arguments, "environment": dict(environment), "folder": folder}
    return _own.fork({"kernel": kernel}, streams)


def check_possible() -> None:
    """Raise NoTemplate on systems where processes with these libraries cannot be forked."""
    if sys.platform != "linux":
        raise no_template("it needs Linux")


def _other_interpreter(environment: Mapping[str, str]) -> str:
    own = {**os.environ, **FIXED}
    names = sorted(n for n in {*own, *environment} if n.startswith(_READ_AT_START))
    return next((n for n in names if own.get(n) != environment.get(n)), "")
