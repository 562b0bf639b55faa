"""ipykernel's application and kernel in a forked process: what the template knows is not found again."""

from __future__ import annotations

import re
import sys
import threading
from types import SimpleNamespace
from typing import Any

from ipykernel import ipkernel, kernelbase
from ipykernel.iostream import BackgroundSocket
from ipykernel.kernelapp import IPKernelApp
from IPython.core import shellapp
from traitlets import Bool, DottedObjectName, Type
from traitlets.config.loader import Config, DeferredConfigString

from analysis.batch.kernels.sparing import Held, Once, Stream

_STREAM = f"{Stream.__module__}.{Stream.__name__}"
_TRAIT = re.compile(r"--(\w+)\.(\w+)=(.*)", re.DOTALL)
#: Files and names of the modules that the template has imported, which kernels share unread.
_files: list[str] = []
_names: set[str] = set()


def list_modules() -> None:
    """Note the files and names of all modules. Call it in the template, when all is imported."""
    _files[:] = [f for m in list(sys.modules.values()) if (f := getattr(m, "__file__", None))]
    _names.update(sys.modules)


class WarmKernel(ipkernel.IPythonKernel):
    """The kernel of ipykernel, which gives its debugger the list of modules that the template has made.

    To ask thousands of modules for their file is to write to each of them, and their pages are then copied.
    """

    def __init__(self, **options: Any) -> None:
        ipkernel.sys = SimpleNamespace(modules={})
        try:
            super().__init__(**options)
        finally:
            ipkernel.sys = sys
        self._kernel_modules = _files
        if getattr(self, "debugger", None) is not None:
            self.debugger.kernel_modules = _files
        self._once = self.shell.transform_cell = Once(self.shell.transform_cell)

    async def do_execute(self, *code: Any, **options: Any) -> dict[str, Any]:
        """Execute a cell."""
        # What its words mean may have changed since the same cell was executed before.
        self._once.forget()
        return await super().do_execute(*code, **options)

    def _publish_status(self, status: str, channel: str, parent: dict[str, Any] | None = None) -> None:
        """Tell that the kernel is busy or idle; in a run, "busy" goes along with what is told next.

        The cell itself is told next. Each message alone wakes the thread that sends them.
        """
        socket = self.iopub_socket
        held = (status, channel) == ("busy", "shell") and not self._supports_kernel_subshells
        if not held or not self.session or not isinstance(socket, BackgroundSocket):
            super()._publish_status(status, channel, parent)
            return
        self.session.send(
            Held(socket.io_thread),
            "status",
            {"execution_state": status},
            parent=parent or self.get_parent(channel),
            ident=self._topic("status"),
        )

    @property
    def _supports_kernel_subshells(self) -> bool:
        return bool(self.shell_channel_thread)


class _NoThread:
    """Stands for the thread that receives requests where the main thread does so itself.

    The kernel asks it which thread executes cells when one is to wait for something.
    """

    def __init__(self) -> None:
        self.parent_thread = threading.current_thread()

    def __bool__(self) -> bool:
        return False


class WarmApp(IPKernelApp):
    """The application of ipykernel, without a parser for all its options where only plain ones are given."""

    kernel_class = Type(WarmKernel, klass=kernelbase.Kernel).tag(config=True)
    outstream_class = DottedObjectName(_STREAM, allow_none=True).tag(config=True)

    #: Whether requests can be executed beside a cell. Where not, each is one thread's less to pass through.
    subshells = Bool(default_value=True).tag(config=True)

    def init_control(self, context: Any) -> None:
        """Open the channel for interrupts and the like, and make the threads that receive."""
        super().init_control(context)
        if not self.subshells:
            self.shell_channel_thread = _NoThread()

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Take the arguments, as the application itself would."""
        config = read_plain(argv or [])
        if config is None:
            super().parse_command_line(argv)
            return
        self.argv, self.extra_args, self.cli_config = list(argv), [], config
        self.update_config(config)

    def init_code(self) -> None:
        """Run what is to run before the first cell; the shell gets the template's set of modules' names.

        To put thousands of names into a new set is to write to each of them.
        """
        try:
            super().init_code()
        finally:
            shellapp.sys = sys
        # The newest come first: what the kernel itself has imported since the fork.
        for name in reversed(sys.modules):
            if name in _names:
                break
            _names.add(name)
        self.shell._sys_modules_keys = _names

    def _run_module(self) -> None:
        # The last thing that runs before the names are gathered.
        super()._run_module()
        shellapp.sys = SimpleNamespace(modules={}, stdout=sys.stdout, stderr=sys.stderr)


def read_plain(arguments: list[str]) -> Config | None:
    """Return what `-f FILE` and `--Class.trait=value` say, or None where there is anything else.

    >>> read_plain(["-f", "kernel.json", "--HistoryManager.enabled=False"])["HistoryManager"]
    {'enabled': DeferredConfigString('False')}
    >>> read_plain(["-f", "kernel.json", "--debug"]) is None
    True
    """
    config, rest = Config(), iter(arguments)
    for argument in rest:
        if argument == "-f":
            kind, name, value = "IPKernelApp", "connection_file", next(rest, None)
        elif found := _TRAIT.fullmatch(argument):
            kind, name, value = found.groups()
        else:
            return None
        # Given twice, options may mean a list: that is for the parser to say.
        if value is None or name in config[kind]:
            return None
        config[kind][name] = DeferredConfigString(value)
    return config if "IPKernelApp" in config else None
