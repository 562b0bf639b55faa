"""papermill, nbclient and nbval use warm kernels by name, and find the same in them as in ordinary ones."""

import subprocess
import sys

import nbformat
import pytest
from jupyter_client import AsyncKernelClient
from nbclient import NotebookClient
from started import is_gone
from tiny_project import write_notebook

from analysis.batch import RunLimits, run_batch
from analysis.batch.kernels.manager import QuickClient
from analysis.batch.kernels.spec import install_kernelspec
from analysis.batch.surroundings import FIXED

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels need Linux")

WARM = "import os; warm = 'kernels.template' in open(f'/proc/{os.getpid()}/cmdline').read(); print(warm, a)"
FIGURE = "import matplotlib.pyplot as plt; lines = plt.plot([1, 3, 2])"


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    install_kernelspec(tmp_path / "env")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "env" / "share" / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    for name, value in FIXED.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "notebook.ipynb"
    write_notebook(path, "a = 1", WARM, FIGURE)
    book = nbformat.read(path, as_version=4)
    book.metadata["kernelspec"] = {"name": "tilstand", "language": "python", "display_name": "any"}
    book.metadata["language_info"] = {"name": "python"}
    nbformat.write(book, path)
    return path


def shown(book) -> list[str]:
    """What each output is: its text, or the type of its picture."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    return [o.get("text") or ("image/png" if "image/png" in o.get("data", {}) else str(o)) for o in outputs]


@pytest.mark.parametrize(("given", "heartbeat"), [((), False), ((True, True, True, True), True)])
def test_channels_are_opened_by_position_as_by_name(given, heartbeat, monkeypatch) -> None:
    asked = {}
    monkeypatch.setattr(AsyncKernelClient, "start_channels", lambda _, **channels: asked.update(channels))
    QuickClient().start_channels(*given)
    assert asked == {"shell": True, "iopub": True, "stdin": True, "hb": heartbeat, "control": True}


@pytest.mark.parametrize("engine", ["nbclient", "tilstand"])
def test_the_papermill_command_executes_in_a_warm_kernel(notebook, engine) -> None:
    command = [sys.executable, "-m", "papermill", "notebook.ipynb", "out.ipynb", "-p", "a", "2"]
    options = ["--engine", engine, "--no-progress-bar"]
    subprocess.run([*command, *options], cwd=notebook.parent, check=True, capture_output=True)
    book = nbformat.read(notebook.parent / "out.ipynb", as_version=4)
    nbformat.validate(book)
    assert shown(book) == ["True 2\n", "image/png"]
    assert book.metadata.papermill.parameters == {"a": 2}
    assert book.metadata.papermill.exception is None
    assert book.metadata.papermill.duration > 0
    assert {cell.metadata.papermill.status for cell in book.cells} == {"completed"}
    assert [p.name for p in notebook.parent.glob(".*part*")] == []


def test_the_engine_saves_what_was_executed_before_an_error(notebook) -> None:
    write_notebook(notebook, "a = 1", "print('before')", "1 / 0", "print('after')")
    command = [sys.executable, "-m", "papermill", "notebook.ipynb", "out.ipynb", "--kernel", "tilstand"]
    options = ["--language", "python", "--engine", "tilstand", "--no-progress-bar"]
    done = subprocess.run(
        [*command, *options], cwd=notebook.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "ZeroDivisionError" in done.stderr
    text = (notebook.parent / "out.ipynb").read_text()
    assert '"before' in text
    assert '"after' not in text


def test_nbclient_executes_in_a_warm_kernel_which_ends_with_it(notebook) -> None:
    book = nbformat.read(notebook, as_version=4)
    book.cells[0].source = "import os; a = os.getpid()"
    NotebookClient(book, kernel_name="tilstand").execute()
    text, picture = shown(book)
    assert text.startswith("True ")
    assert picture == "image/png"
    assert is_gone(int(text.split()[1]))


def test_nbval_checks_kept_outputs_in_a_warm_kernel(notebook) -> None:
    book = nbformat.read(notebook, as_version=4)
    NotebookClient(book, kernel_name="tilstand").execute()
    nbformat.write(book, notebook)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval"]
    options = ["--nbval-kernel-name", "tilstand", "--nbval-cell-timeout", "60", notebook.name]
    done = subprocess.run(
        [*command, *options], cwd=notebook.parent, capture_output=True, text=True, check=False
    )
    # Why a kernel was an ordinary one stands in what it logged.
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_facts_and_notebooks_are_the_same_from_warm_and_ordinary_kernels(tiny) -> None:
    look = """
import numpy as np, matplotlib.pyplot as plt, seaborn as sns
print({"a", "b", "c"}, float(np.float64(0.1) + 0.2), plt.get_backend())
sns.regplot(x=[1, 2, 3, 4], y=[2, 1, 4, 3], ci=None)
plt.show()
plt.gcf().savefig("figure.svg")
"""
    tiny.write_notebooks(service=look)
    made = {}
    for kind in ("warm", "ordinary"):
        build, limits = tiny.root / kind, RunLimits(kernels=kind)
        result = run_batch(
            tiny.batch, build, notebooks=tiny.notebooks, reports=False, only=["9901/school"], limits=limits
        )
        assert result.exit_code == 0
        folder = build / "9901" / "runs" / "school"
        book = nbformat.read(folder / "notebook.ipynb", as_version=4)
        for part in (book, *book.cells):
            # Times, and the cells' places in papermill's account of them.
            part.metadata.pop("papermill")
            part.metadata.pop("execution", None)
        for cell in book.cells:
            if "injected-parameters" in cell.metadata.get("tags", []):
                cell.id = "injected"
        files = {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix in (".parquet", ".svg")}
        made[kind] = (nbformat.writes(book), files)
    assert set(made["warm"][1]) == {"facts.parquet", "figure.svg"}
    assert made["warm"] == made["ordinary"]
