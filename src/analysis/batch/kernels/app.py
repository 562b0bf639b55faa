"""ipykernel's application and kernel in a forked process: what the template knows is not found again."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace
from typing import Any

from ipykernel import ipkernel, kernelbase
from ipykernel.kernelapp import IPKernelApp
from traitlets import Type
from traitlets.config.loader import Config, DeferredConfigString

_TRAIT = re.compile(r"--(\w+)\.(\w+)=(.*)", re.DOTALL)
#: Files of the modules that the template has imported; in one list, which kernels share unread.
_files: list[str] = []


def list_modules() -> None:
    """Note the files of all modules. Call it in the template, when all is imported."""
    _files[:] = [f for m in list(sys.modules.values()) if (f := getattr(m, "__file__", None))]


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


class WarmApp(IPKernelApp):
    """The application of ipykernel, without a parser for all its options where only plain ones are given."""

    kernel_class = Type(WarmKernel, klass=kernelbase.Kernel).tag(config=True)

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Take the arguments, as the application itself would."""
        config = read_plain(argv or [])
        if config is None:
            super().parse_command_line(argv)
            return
        self.argv, self.extra_args, self.cli_config = list(argv), [], config
        self.update_config(config)


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
