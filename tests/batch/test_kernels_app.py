"""What a forked kernel is given by its template, instead of finding it out, is what it would have found."""

import os
import sys
import threading

import matplotlib as mpl
import pytest
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp

from analysis.batch.kernels import app
from analysis.batch.kernels.own_files import change_times, list_own_files, read_own_files
from analysis.batch.kernels.pages import gather_pages
from analysis.core.language import CATALOGUES

PLAIN = [
    "-f",
    "/a b/kernel.json",
    "--HistoryManager.enabled=False",
    "--HistoryManager.hist_file=:memory:",
]


@pytest.fixture(autouse=True)
def no_files(monkeypatch):
    monkeypatch.setattr(app, "_files", [])
    monkeypatch.setattr(app, "_names", set())


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
    assert app._names == set(sys.modules)


def test_a_stream_is_waited_for_where_something_was_written_and_only_there(monkeypatch) -> None:
    waited = []
    monkeypatch.setattr(OutStream, "flush", lambda _: waited.append("flush"))
    monkeypatch.setattr(OutStream, "write", lambda _, text: len(text))
    stream = app.Stream.__new__(app.Stream)
    stream.flush()
    assert waited == []
    assert stream.write("said") == 4
    stream.flush()
    stream.flush()
    assert waited == ["flush"]


def test_a_template_reads_languages_and_style_and_leaves_no_thread_open_file_or_setting() -> None:
    before = threading.active_count(), dict(mpl.rcParams), sorted(os.listdir("/dev/fd"))
    read_own_files()
    assert before == (threading.active_count(), dict(mpl.rcParams), sorted(os.listdir("/dev/fd")))


def test_words_are_watched_as_sources_are(tmp_path) -> None:
    files = list_own_files()
    assert app.__file__ in files
    assert str(CATALOGUES / "nb" / "LC_MESSAGES" / "tilstand.po") in files
    (tmp_path / "a.po").write_text("")
    known = change_times([str(tmp_path / "a.po"), str(tmp_path / "gone.po")])
    os.utime(tmp_path / "a.po", ns=(1, 1))
    assert list(known) == [str(tmp_path / "a.po")]
    assert change_times(known) == {str(tmp_path / "a.po"): 1}


@pytest.mark.skipif(sys.platform != "linux", reason="large pages are asked for on Linux")
def test_memory_holds_the_same_after_its_pages_are_gathered() -> None:
    held = list(range(300_000))
    gather_pages()
    assert held == list(range(300_000))
