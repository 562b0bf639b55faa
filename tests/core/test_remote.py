"""Data at an address are brought to this machine once, and again only where they are others."""

import sys
from pathlib import Path

import pytest

from analysis.core.errors import DataError, SettingsError
from analysis.core.remote import bring, brought, copy_of, is_address, open_remote

pytest.importorskip("fsspec")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TILSTAND_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(params=["memory", "file", "s3"])
def address(request, cache, tmp_path):
    """An address with two files: in memory, in a folder that stands for a server, at a server."""
    if request.param == "s3":
        where = request.getfixturevalue("bucket")
    else:
        where = {"memory": f"memory://{tmp_path.name}", "file": f"file://{tmp_path}/server"}[request.param]
    remote = open_remote(f"{where}/survey")
    files, root = remote.files, remote.root
    files.makedirs(f"{root}/responses", exist_ok=True)
    files.pipe_file(f"{root}/units.csv", b"unit\na\n")
    files.pipe_file(f"{root}/responses/1.csv", b"q1\n4\n")
    files.pipe_file(f"{root}/.kept", b"a machine's own")
    return remote.address, files, root


def test_a_path_is_no_address() -> None:
    assert [is_address(text) for text in ("s3://a/b", "file:///a", "../data", "C:/data", "C:\\data", "")] == [
        *(True, True, False, False, False, False)
    ]


def test_the_copy_holds_every_file_and_nothing_hidden(address, cache) -> None:
    where, _, _ = address
    bring(where)
    copy = copy_of(where)
    assert copy.parent == cache
    names = {p.relative_to(copy).as_posix() for p in copy.rglob("[!.]*") if p.is_file()}
    assert names == {"units.csv", "responses/1.csv"}
    assert (copy / "responses/1.csv").read_bytes() == b"q1\n4\n"
    assert copy.stat().st_mode & 0o077 == 0


def test_only_what_has_changed_is_brought_again(address) -> None:
    where, files, root = address
    first = bring(where)
    copy = copy_of(where)
    before = {p: p.stat().st_mtime_ns for p in copy.rglob("*.csv")}
    (copy / "kept-beside").write_text("stays")
    assert bring(where) == first == brought(where)
    assert {p: p.stat().st_mtime_ns for p in copy.rglob("*.csv")} == before

    files.pipe_file(f"{root}/responses/2.csv", b"q1\n5\n")
    files.rm_file(f"{root}/units.csv")
    assert bring(where) != first
    assert {p.name for p in copy.rglob("[!.]*") if p.is_file()} == {"1.csv", "2.csv", "kept-beside"}
    assert (copy / "responses/1.csv").stat().st_mtime_ns == before[copy / "responses/1.csv"]


def test_a_copy_that_has_lost_a_file_is_made_whole(address) -> None:
    where, _, _ = address
    mark = bring(where)
    (copy_of(where) / "units.csv").write_bytes(b"cut")
    assert bring(where) == mark
    assert (copy_of(where) / "units.csv").read_bytes() == b"unit\na\n"


def test_a_fetch_that_breaks_off_leaves_nothing_half_written(address, monkeypatch) -> None:
    where, files, root = address
    bring(where)
    files.pipe_file(f"{root}/units.csv", b"unit\na\nb\n")

    def breaks(sources, targets, **_):
        Path(targets[0]).write_bytes(b"un")
        raise ConnectionResetError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(files, "get", breaks)
        with pytest.raises(DataError, match="cannot be reached") as caught:
            bring(where)
    assert caught.value.where == where
    assert (copy_of(where) / "units.csv").read_bytes() == b"unit\na\n"
    assert not list(copy_of(where).rglob("*.part*"))
    bring(where)
    assert (copy_of(where) / "units.csv").read_bytes() == b"unit\na\nb\n"


def test_an_empty_or_unknown_address_is_named(cache, monkeypatch) -> None:
    with pytest.raises(DataError, match="no data at this address"):
        bring("memory://nothing-here/at-all")
    with pytest.raises(SettingsError, match="cannot be reached from here"):
        bring("unheardof://bucket/data")
    with pytest.raises(SettingsError) as caught:
        bring("sftp://kari:secret@server/data")
    assert "secret" not in str(caught.value)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(SettingsError, match=r"tilstand\[cluster\]"):
        bring("s3://bucket/data")
