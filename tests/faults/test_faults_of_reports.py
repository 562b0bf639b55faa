"""A report whose rendering hangs or fills memory fails alone, is named, and is all that is made again."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from pretended import InProcess, pretend
from started import is_gone, soon

from analysis.batch import RunLimits, run_batch, schedule
from analysis.core.errors import RenderError
from analysis.steering.editions import BookOf

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what renders is looked for in /proc")

#: What a renderer does, by the fault that it is.
TROUBLE = {
    "TookTooLong": "import time; time.sleep(600)",
    "TooMuchMemory": "held = b'x' * 2**29; input()",
}


class Renderer:
    """Stands in for making a book: it starts a process, which goes wrong for one municipality."""

    def __init__(self, build: Path) -> None:
        self.build, self.trouble, self.started = build, "", []

    def make(self, sources, book: BookOf, *, formats: tuple[str, ...]) -> tuple[Path, ...]:
        does = self.trouble if sources.municipality == "9902" else "pass"
        process = subprocess.Popen([sys.executable, "-c", does], stdin=subprocess.PIPE)
        self.started.append(process.pid)
        if process.wait():
            raise RenderError("the renderer did not come to its end", found=f"exit code {process.returncode}")
        page = self.build / sources.municipality / book.folder / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("a page")
        return (page,)


@pytest.fixture
def renderer(tiny, monkeypatch):
    made = Renderer(tiny.build)
    monkeypatch.setattr("analysis.report.edition_books", lambda sources, edition: (BookOf(edition),))
    monkeypatch.setattr("analysis.report.make_book", made.make)
    monkeypatch.setattr("analysis.report.write_index", lambda build, batch: None)
    monkeypatch.setattr(schedule, "Pool", InProcess)
    monkeypatch.setattr(schedule, "execute", pretend)
    return made


@pytest.mark.parametrize("fault", TROUBLE)
def test_a_report_over_its_limit_fails_alone_and_is_all_that_is_made_again(tiny, renderer, fault) -> None:
    own = psutil.Process().memory_info().rss // 2**20
    over = {"TookTooLong": {"seconds": 3}, "TooMuchMemory": {"report_memory_mib": own + 300}}
    limits = {"memory_mib": 9999, **over[fault]}
    options = {"notebooks": tiny.notebooks, "workers": 1}
    renderer.trouble = TROUBLE[fault]
    # As the nursery of a worker's kernels: not the report's to end.
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        first = run_batch(tiny.batch, tiny.build, **options, limits=RunLimits(**limits))
        assert other.poll() is None
    finally:
        other.communicate(b"\n")

    (failed,) = first.failed
    assert (failed.id, failed.error) == ("9902/full", fault)
    assert "at most" in failed.message
    assert "to do: " in failed.message
    assert all(o.outcome == "done" for o in first.outcomes if o.id != "9902/full")
    assert all(soon(lambda pid=pid: is_gone(pid)) for pid in renderer.started)
    kept = (tiny.build / failed.recorded).read_text()
    assert "the renderer did not come to its end" in kept

    renderer.trouble = "pass"
    second = run_batch(tiny.batch, tiny.build, **options)
    assert [o.id for o in second.outcomes if o.outcome == "done"] == ["9902/full"]
    assert second.exit_code == 0


def test_the_log_tells_how_much_memory_a_report_had_with_what_rendered_it(tiny, renderer) -> None:
    renderer.trouble = "held = b'x' * 2**28; import time; time.sleep(1)"
    result = run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, workers=1)
    assert result.exit_code == 0
    lines = map(json.loads, (tiny.build / "runs.jsonl").read_text().splitlines())
    memory = {line["id"]: line["memory_mib"] for line in lines if line["kind"] == "report"}
    assert memory["9902/full"] > memory["9901/full"] + 200
