"""The build folder: its batch file, its lock, and what is refused."""

import os
import socket
from pathlib import Path

import pytest
from rich.console import Console

from analysis.batch import hold, keep_batch_file, lock, render_books, run_batch
from analysis.batch.lock import LOCK
from analysis.core.errors import BuildError, SettingsError
from analysis.core.settings import load_batch


def test_the_batch_file_is_kept_word_for_word_but_for_where_the_data_are(tiny) -> None:
    build = tiny.root / "deep" / "build"
    kept = keep_batch_file(tiny.batch, build)
    before = (tiny.root / "params/tiny.yaml").read_text().splitlines()
    after = (build / "batch.yaml").read_text().splitlines()
    assert after[0] == "# A small batch."
    assert [line for line in after if line not in before] == ['data: "../../data"']
    assert kept.store == tiny.store.resolve()
    assert load_batch(build / "batch.yaml") == kept


def test_a_batch_file_in_another_form_keeps_its_values(tiny) -> None:
    path = tiny.root / "params/tiny.yaml"
    path.write_text(
        "{batch: tiny, title: {en: A, nb: Å}, data: ../data, date: 2025-06-16, year: 2025, services: all}"
    )
    kept = keep_batch_file(tiny.batch, tiny.build)
    assert kept.store == tiny.store.resolve()
    assert kept.title == {"en": "A", "nb": "Å"}
    assert kept.services == ("all",)


def test_another_batchs_folder_and_a_folder_of_other_things_are_refused(tiny) -> None:
    keep_batch_file(tiny.batch, tiny.build)
    tiny.write_batch(batch="other")
    with pytest.raises(BuildError, match="another batch's"):
        keep_batch_file(tiny.batch, tiny.build)
    full = tiny.root / "full"
    full.mkdir()
    (full / "thesis.doc").touch()
    with pytest.raises(BuildError, match=r"thesis\.doc"):
        keep_batch_file(tiny.batch, full)
    with pytest.raises(BuildError, match="is a file"):
        run_batch(tiny.batch, full / "thesis.doc", notebooks=tiny.notebooks)


def test_a_second_batch_is_told_who_holds_the_folder(tiny) -> None:
    with (
        hold(tiny.build),
        pytest.raises(BuildError, match=f"process {os.getpid()} on {socket.gethostname()}"),
        hold(tiny.build),
    ):
        pass
    assert not (tiny.build / LOCK).exists()


def test_where_files_have_no_locks_the_file_is_closed_before_it_goes(tiny, monkeypatch) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    open_at_the_end = []

    def unlink(path: Path, **_: object) -> None:
        # Windows refuses to remove a file that is open.
        own = [os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
        open_at_the_end.append(str(path) in own)
        os.unlink(path)

    monkeypatch.setattr(Path, "unlink", unlink)
    for _ in range(2):
        with hold(tiny.build), pytest.raises(BuildError, match="another batch"), hold(tiny.build):
            pass
    assert open_at_the_end == [False, False]


def test_a_book_is_not_rendered_while_a_batch_is_at_work_in_its_build(tiny) -> None:
    book = tiny.build / "9901/full"
    book.mkdir(parents=True)
    for path in (tiny.build / "plan.json", book / "_quarto.yml"):
        path.touch()
    with hold(tiny.build), pytest.raises(BuildError, match="another batch is at work"):
        render_books(book, console=Console())


def test_the_lock_of_a_dead_process_stops_nobody(tiny) -> None:
    tiny.build.mkdir()
    # As a killed batch leaves it: the file, and no process that has locked it.
    (tiny.build / LOCK).write_text(f"999999999 {socket.gethostname()}\n")
    with hold(tiny.build):
        assert (tiny.build / LOCK).read_text() == f"{os.getpid()} {socket.gethostname()}\n"


def test_wrong_settings_leave_no_folder_behind(tiny) -> None:
    with pytest.raises(SettingsError):
        run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, only=("9999",))
    with pytest.raises(SettingsError, match="--workers"):
        run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, workers=0)
    assert not tiny.build.exists()
