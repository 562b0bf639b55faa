"""What a forked kernel is given by its template, instead of finding it out, is what it would have found."""

import sys

import pytest
from ipykernel.kernelapp import IPKernelApp

from analysis.batch.kernels import app
from analysis.batch.kernels.pages import gather_pages

PLAIN = [
    "-f",
    "/a b/kernel.json",
    "--HistoryManager.enabled=False",
    "--HistoryManager.hist_file=:memory:",
]


@pytest.fixture(autouse=True)
def no_files(monkeypatch):
    monkeypatch.setattr(app, "_files", [])


def test_plain_arguments_say_what_the_application_itself_reads_in_them() -> None:
    own, ipykernels = app.WarmApp(), IPKernelApp()
    own.parse_command_line(PLAIN)
    ipykernels.parse_command_line(PLAIN)
    assert own.cli_config == ipykernels.cli_config
    assert own.connection_file == ipykernels.connection_file == "/a b/kernel.json"
    assert own.extra_args == ipykernels.extra_args == []


@pytest.mark.parametrize(
    "arguments",
    [[], ["-f"], [*PLAIN, "--debug"], [*PLAIN, "--HistoryManager.enabled=True"], [*PLAIN, "a.py"]],
)
def test_other_arguments_are_left_to_the_parser(arguments) -> None:
    assert app.read_plain(arguments) is None


def test_the_files_of_all_modules_are_listed() -> None:
    app.list_modules()
    assert sys.modules["pytest"].__file__ in app._files
    assert None not in app._files


@pytest.mark.skipif(sys.platform != "linux", reason="large pages are asked for on Linux")
def test_memory_holds_the_same_after_its_pages_are_gathered() -> None:
    held = list(range(300_000))
    gather_pages()
    assert held == list(range(300_000))
