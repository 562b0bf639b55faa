"""Data and builds at an address, with runs that only pretend."""

import json
import socket

import pytest
from pretended import InProcess, pretend

from analysis.batch import mirror, read_record, run_batch, schedule, working_folder
from analysis.core.errors import BuildError, DataError
from analysis.core.remote import copy_of, open_remote

pytest.importorskip("fsspec")


@pytest.fixture
def pretending(tiny, monkeypatch, tmp_path):
    monkeypatch.setenv("TILSTAND_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(schedule, "Pool", InProcess)
    monkeypatch.setattr(schedule, "execute", pretend)
    monkeypatch.setattr(schedule, "make_report", pretend)
    write = lambda build, batch: (build / "index.html").write_text("reports")  # noqa: E731
    monkeypatch.setattr("analysis.report.write_index", write, raising=False)
    return tiny


@pytest.fixture(params=["memory", "file", "s3"])
def server(request, tmp_path):
    """An address without anything, its file system and its root there."""
    if request.param == "s3":
        where = request.getfixturevalue("bucket")
    else:
        where = {"memory": f"memory://{tmp_path.name}", "file": f"file://{tmp_path}/server"}[request.param]
    remote = open_remote(f"{where}/build")
    return remote.address, remote.files, remote.root


def ends(tiny, build, **options) -> dict[str, str]:
    result = run_batch(tiny.batch, build, notebooks=tiny.notebooks, workers=1, **options)
    return {o.id: o.outcome for o in result.outcomes}


def there(server) -> dict[str, bytes]:
    _, files, root = server
    files.invalidate_cache()
    return {path[len(root) + 1 :]: files.cat_file(path) for path in files.find(root)}


def elsewhere(monkeypatch, tmp_path, name: str) -> None:
    """Go on as another machine, which has no copy of anything."""
    monkeypatch.setenv("TILSTAND_CACHE", str(tmp_path / name))


def put_data(tiny, server) -> None:
    """Have the project's data at the address, and nothing else."""
    _, files, root = server
    files.rm(root, recursive=True) if files.exists(root) else None
    for path in sorted(p for p in tiny.store.rglob("*") if p.is_file()):
        files.put_file(str(path), f"{root}/{path.relative_to(tiny.store).as_posix()}")


def test_a_batch_whose_data_are_at_an_address_reads_this_machines_copy(pretending, server) -> None:
    put_data(pretending, server)
    pretending.write_batch(data=server[0])
    assert pretending.batch.store == copy_of(server[0])
    assert set(ends(pretending, pretending.build).values()) == {"done"}
    assert server[0] in (pretending.build / "batch.yaml").read_text()
    assert set(ends(pretending, pretending.build).values()) == {"unchanged"}

    pretending.write_answers("library", {"9901": [1, 1, 1]})
    put_data(pretending, server)
    again = ends(pretending, pretending.build)
    assert {name for name, end in again.items() if end == "done"} >= {"reference/library", "9901/library"}
    assert again["9902/school"] == "unchanged"


def test_a_build_at_an_address_is_whole_there_and_goes_on_from_another_machine(
    pretending, server, monkeypatch, tmp_path
) -> None:
    address = server[0]
    assert set(ends(pretending, address).values()) == {"done"}
    first = there(server)
    assert {"index.html", "batch.yaml", "plan.json", "runs.jsonl", "9901/full/run.json"} <= first.keys()
    assert not [name for name in first if "/." in f"/{name}"]

    elsewhere(monkeypatch, tmp_path, "second")
    assert set(ends(pretending, address).values()) == {"unchanged"}
    assert read_record(copy_of(address) / "9902/runs/school")["outcome"] == "done"
    after = there(server)
    assert {n for n in first if first[n] != after[n]} <= {"runs.jsonl", "index.html", "batch.yaml"}


def test_what_fails_is_set_aside_there_too_and_mended_from_anywhere(
    pretending, server, monkeypatch, tmp_path
) -> None:
    ends(pretending, server[0])
    # The pretended runs look beside the build folder.
    wanted = copy_of(server[0]).parent / "wanted"
    wanted.mkdir()
    (wanted / "9901-school").write_text("fail")
    found = ends(pretending, server[0], only=("9901",), force=True)
    assert (found["9901/school"], found["9901/full"]) == ("failed", "not_run")
    names = there(server).keys()
    assert not [name for name in names if name.startswith(("9901/full/", "9901/runs/school/"))]
    assert {"_protected/9901/school/error.txt", "_protected/stale/9901/full/run.json"} <= names

    elsewhere(monkeypatch, tmp_path, "second")
    assert set(ends(pretending, server[0]).values()) == {"done", "unchanged"}
    names = there(server).keys()
    assert "9901/full/run.json" in names
    assert not [name for name in names if name.startswith("_protected")]


def test_a_run_is_sent_when_it_ends_and_its_record_last(pretending, server, monkeypatch, tmp_path) -> None:
    order = []
    put = mirror.Mirror._put

    def noted(self, states):
        order.extend(states)
        if "9902/runs/school/run.json" in states:
            raise KeyboardInterrupt
        put(self, states)

    monkeypatch.setattr(mirror.Mirror, "_put", noted)
    with pytest.raises(KeyboardInterrupt):
        ends(pretending, server[0])
    monkeypatch.setattr(mirror.Mirror, "_put", put)
    assert order.index("9901/runs/school/facts.parquet") < order.index("9901/runs/school/run.json")
    names = there(server).keys()
    assert "9901/runs/school/run.json" in names
    assert "9902/runs/school/facts.parquet" in names
    assert "9902/runs/school/run.json" not in names

    # Half-sent is not whole: another machine makes it again, and only what was not there.
    elsewhere(monkeypatch, tmp_path, "second")
    again = ends(pretending, server[0])
    assert again["9902/school"] == "done"
    assert again["9901/school"] == "unchanged"


def test_what_could_not_be_sent_is_sent_by_the_next_batch(pretending, server, monkeypatch) -> None:
    put = mirror.Mirror._put

    def breaks(self, states):
        if any(name.startswith("9903/") for name in states):
            raise DataError("the address cannot be reached", where=server[0])
        put(self, states)

    monkeypatch.setattr(mirror.Mirror, "_put", breaks)
    result = run_batch(pretending.batch, server[0], notebooks=pretending.notebooks, workers=1)
    assert {outcome.outcome for outcome in result.outcomes} == {"done"}
    assert result.exit_code == 1
    assert "not sent" in str(result)
    assert "the address cannot be reached" in str(result)
    assert not [name for name in there(server) if name.startswith("9903/")]
    monkeypatch.setattr(mirror.Mirror, "_put", put)
    assert set(ends(pretending, server[0]).values()) == {"unchanged"}
    assert "9903/full/run.json" in there(server)


def test_one_batch_at_a_time_at_an_address(pretending, server) -> None:
    address, files, root = server
    with (
        working_folder(address, pretending.batch),
        pytest.raises(BuildError, match="another batch") as caught,
    ):
        ends(pretending, address)
    assert "process" in caught.value.found
    files.pipe_file(f"{root}/.lock", b"1 another-machine abc")
    with pytest.raises(BuildError, match="another-machine"):
        ends(pretending, address)
    # On this machine no process has that number: it is higher than any can be.
    files.pipe_file(f"{root}/.lock", f"{2**22 + 1} {socket.gethostname()} abc".encode())
    assert set(ends(pretending, address).values()) == {"done"}
    assert not files.exists(f"{root}/.lock")


def test_of_two_that_find_an_address_free_at_once_one_gets_it(pretending, server, monkeypatch) -> None:
    address, files, _ = server
    look = files.cat_file

    def nobody_yet(path, **options):
        monkeypatch.setattr(files, "cat_file", look)
        raise FileNotFoundError(path)

    with working_folder(address, pretending.batch):
        monkeypatch.setattr(files, "cat_file", nobody_yet)
        with pytest.raises(BuildError, match="another batch") as caught:
            ends(pretending, address)
    assert socket.gethostname() in caught.value.found
    assert set(ends(pretending, address).values()) == {"done"}


def test_what_is_known_of_an_address_is_kept_beside_the_copy(pretending, server) -> None:
    ends(pretending, server[0])
    known = json.loads((copy_of(server[0]) / ".copy.json").read_text())
    assert set(known) == set(there(server))
    assert all(None not in mark for mark, _ in known.values())
