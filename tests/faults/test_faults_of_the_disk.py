"""A disk that gets full fails what needs room, by name, and a second batch makes that and no more."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.batch import read_record, run_batch
from analysis.batch.folder import run_folders, set_aside

#: In 9902 the notebook fills the disk with a file outside its folder, as another program would.
FILL = """
if place == "9902" and (batch.store.parent / "fill").exists():
    try:
        with open("../../../../other program", "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        pass
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB, where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tilstand-test", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_gets_full_fails_what_needs_room_and_a_second_batch_makes_the_rest(
    tiny, small_disk
) -> None:
    tiny.write_batch(services=["school"])
    tiny.write_notebooks(service=FILL)
    (tiny.root / "fill").touch()
    build, options = small_disk / "build", {"notebooks": tiny.notebooks, "reports": False, "workers": 1}

    first = run_batch(tiny.batch, build, **options)
    ends = {outcome.id: outcome for outcome in first.outcomes}
    assert (first.exit_code, len(ends)) == (1, 7)
    done = {name for name, outcome in ends.items() if outcome.outcome == "done"}
    assert done == {"reference/school", "9901/school", "9901/municipality"}
    assert {o.id for o in first.failed} == {"9902/school", "9903/school"}
    assert {(o.error, o.message) for o in first.failed} == {("OSError", "No space left on device")}
    assert "failed: 9903/school: OSError: No space left on device" in str(first)
    assert {name for name, folder in run_folders(build) if read_record(folder)} == done
    assert not (build / "9902/runs/school").exists()

    (small_disk / "other program").unlink()
    (tiny.root / "fill").unlink()
    second = run_batch(tiny.batch, build, **options)
    assert second.exit_code == 0
    assert {o.id for o in second.outcomes if o.outcome == "unchanged"} == done
    assert list(build.rglob(".*")) == []
    assert len([json.loads(line) for line in (build / "runs.jsonl").read_text().splitlines()]) == 7


def test_a_batch_on_a_full_disk_is_refused_by_the_systems_own_word(tiny, small_disk) -> None:
    with contextlib.suppress(OSError), (small_disk / "full").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    with pytest.raises(OSError, match="No space left"):
        run_batch(tiny.batch, small_disk / "build", notebooks=tiny.notebooks, reports=False, workers=1)
    assert not list((small_disk / "build").rglob("run.json"))


def test_old_results_do_not_pass_for_new_ones_where_there_is_no_room_to_keep_them(
    tmp_path, monkeypatch
) -> None:
    (tmp_path / "9901/full").mkdir(parents=True)

    def no_room(self: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))

    monkeypatch.setattr(Path, "mkdir", no_room)
    assert set_aside(tmp_path, "9901/full") is None
    assert not (tmp_path / "9901/full").exists()
    assert [path.name[:10] for path in (tmp_path / "9901").iterdir()] == [".full.old-"]


def test_an_index_that_cannot_be_written_is_named_beside_the_failures(tiny, monkeypatch) -> None:
    def no_room(build: Path, batch: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("analysis.report.write_index", no_room)
    monkeypatch.setattr("analysis.batch.run.carry_out", lambda *_, **__: ())
    result = run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks)
    assert result.exit_code == 1
    assert f"not written: {tiny.build / 'index.html'}: No space left on device" in str(result)
