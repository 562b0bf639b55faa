"""What a forked kernel is given by its template, instead of finding it out, is what it would have found."""

import os
import socket
import sys
import threading
from types import SimpleNamespace

import matplotlib as mpl
import pytest
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp

from analysis.batch.kernels import app, own_files, template
from analysis.batch.kernels.own_files import change_times, have_changed, list_own_files, read_own_files
from analysis.batch.kernels.pages import gather_pages
from analysis.batch.kernels.sparing import Stream
from analysis.batch.kernels.wire import receive
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
    stream = Stream.__new__(Stream)
    stream.flush()
    assert waited == []
    assert stream.write("said") == 4
    stream.flush()
    stream.flush()
    assert waited == ["flush"]


def test_text_that_is_written_while_another_thread_flushes_is_handed_on_by_the_next_flush(
    monkeypatch,
) -> None:
    taken, handed_on = [], []
    stream = Stream.__new__(Stream)

    def write(_, text: str) -> None:
        # The other thread comes between the note that something was written and the text, or the reverse.
        stream.flush()
        taken.append(text)
        if text == "b":
            stream.flush()

    monkeypatch.setattr(OutStream, "write", write)
    monkeypatch.setattr(OutStream, "flush", lambda _: handed_on.append(taken.copy()))
    for text in ("a", "b", "c"):
        stream.write(text)
        stream.flush()
        assert handed_on[-1] == taken


def test_a_flush_waits_for_text_that_another_thread_is_about_to_hand_on(monkeypatch) -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), []

    def flush(_) -> None:
        if threading.current_thread() is other:
            begun.set()
            may_end.wait(10)
        ended.append(threading.current_thread())

    monkeypatch.setattr(OutStream, "write", lambda *_: None)
    monkeypatch.setattr(OutStream, "flush", flush)
    stream = Stream.__new__(Stream)
    stream.write("said")
    other = threading.Thread(target=stream.flush)
    other.start()
    assert begun.wait(10)
    stream.flush()
    assert ended == [threading.current_thread()]
    may_end.set()
    other.join()
    stream.flush()
    assert ended == [threading.current_thread(), other]


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


def test_a_catalogue_that_is_new_gone_or_changed_is_noticed(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(own_files, "CATALOGUES", tmp_path)
    for code in ("en", "nb"):
        (tmp_path / code / "LC_MESSAGES").mkdir(parents=True)
    first, second = (tmp_path / code / "LC_MESSAGES" / "tilstand.po" for code in ("en", "nb"))
    first.touch()
    known = change_times(list_own_files())
    assert not have_changed(known)
    second.touch()
    assert have_changed(known)
    second.unlink()
    assert not have_changed(known)
    os.utime(first, ns=(1, 1))
    assert have_changed(known)
    first.unlink()
    assert have_changed(known)


def test_a_template_knows_the_time_that_a_catalogue_had_before_it_was_read(tmp_path, monkeypatch) -> None:
    catalogue = tmp_path / "tilstand.po"
    catalogue.touch()
    before = catalogue.stat().st_mtime_ns
    known = []
    monkeypatch.setattr(own_files, "CATALOGUES", tmp_path)
    monkeypatch.setattr(template, "IMPORTS", ())
    monkeypatch.setattr(template, "read_own_files", lambda: os.utime(catalogue, ns=(1, 1)))
    monkeypatch.setattr(template, "check_single_thread", lambda: None)
    monkeypatch.setattr(template, "gather_pages", lambda: None)
    for name in ("collect", "freeze"):
        monkeypatch.setattr(template.gc, name, lambda: None)
    monkeypatch.setattr(sys, "path", ["", *sys.path])

    def nursery(control, owner, sources):
        known.append(sources)
        return SimpleNamespace(serve=lambda: None)

    monkeypatch.setattr(template, "Nursery", nursery)
    ours, theirs = socket.socketpair()
    template.main(theirs.detach(), os.getpid())
    assert "ready" in receive(ours)[0]
    ours.close()
    assert known[0][str(catalogue)] == before != 1
    assert have_changed(known[0])


@pytest.mark.skipif(sys.platform != "linux", reason="large pages are asked for on Linux")
def test_memory_holds_the_same_after_its_pages_are_gathered() -> None:
    held = list(range(300_000))
    gather_pages()
    assert held == list(range(300_000))
