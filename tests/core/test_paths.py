"""A file is whole or not there; a code can stand in a path; errors cross from one process to another."""

import errno
import pickle
import subprocess
import sys

import pytest

from analysis.core.errors import BuildError, DataError, TilstandError, nearest
from analysis.core.paths import checked_code, project_root, write_bytes, write_text, written_whole


@pytest.mark.parametrize("code", ["9901", "kansas-city", "a_b", "A", "x" * 64])
def test_a_plain_code_is_taken(code) -> None:
    assert checked_code(code, where="here") == code


@pytest.mark.parametrize("code", ["..", "../x", "a/b", "a\\b", "<script>", ".hidden", "", "a\n", "x" * 65])
def test_a_code_that_could_leave_the_folder_or_become_markup_is_refused(code) -> None:
    with pytest.raises(TilstandError) as error:
        checked_code(code, where="params/demo.yaml: municipalities[0]", kind="municipality")
    assert error.value.where == "params/demo.yaml: municipalities[0]"
    assert "letters a–z" in error.value.expected


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch) -> None:
    path = tmp_path / "facts.txt"
    write_text(path, "old\n")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_bytes(path, b"new")
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_while_writing_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "facts.parquet"
    write_bytes(path, b"old")

    def half_written() -> None:
        with written_whole(path) as beside:
            # Writers choose the format by the suffix.
            assert beside.suffix == ".parquet"
            beside.write_bytes(b"half")
            raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        half_written()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_kill_while_writing_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "facts.txt"
    write_text(path, "old\n")
    code = (
        "import os, sys; from pathlib import Path; from analysis.core.paths import written_whole\n"
        "with written_whole(Path(sys.argv[1])) as beside:\n"
        "    beside.write_text('half'); os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode != 0
    assert path.read_text() == "old\n"


def test_line_ends_are_the_same_on_every_system(tmp_path) -> None:
    write_text(tmp_path / "a" / "b.txt", "blåbær\nsyltetøy\n")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "blåbær\nsyltetøy\n".encode()


def test_the_project_is_found_from_below(tmp_path) -> None:
    (tmp_path / "_quarto.yml").touch()
    (tmp_path / "notebooks").mkdir()
    deep = tmp_path / "build" / "demo"
    deep.mkdir(parents=True)
    assert project_root(deep) == tmp_path


def test_an_error_keeps_its_class_and_parts_on_its_way_from_a_worker() -> None:
    error = DataError("wrong", where="a.csv: row 3", found="7", expected="1 to 6", todo="mend it")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is DataError
    assert str(again) == str(error)
    assert (again.where, again.found, again.expected, again.todo) == (
        "a.csv: row 3",
        "7",
        "1 to 6",
        "mend it",
    )
    assert issubclass(BuildError, TilstandError)


def test_a_word_without_a_neighbour_gets_no_proposal() -> None:
    assert nearest("xyz", ["services", "year"]) == ""
    assert nearest("2023", [2021, 2023]) == "did you mean '2023'?"
