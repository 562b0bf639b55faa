"""The notebooks carry their outputs, made top to bottom with the parameters that stand in them."""

import nbformat
import pytest

from analysis.core.paths import project_root

NOTEBOOKS = sorted((project_root() / "notebooks").glob("*.ipynb"))
#: Larger than this a notebook is slow to open, and to compare.
MOST_BYTES = 1_500_000


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


def test_every_cell_was_executed_once_in_order_without_an_error(path) -> None:
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert kinds <= {"execute_result", "display_data"}
    assert any(cell.outputs for cell in cells)


def test_they_were_executed_as_in_jupyterlab_and_saved_nothing(path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    parameters = next(cell.source for cell in cells if "parameters" in cell.metadata.get("tags", []))
    assert "report = False" in parameters
    assert 'output = ""' in parameters
    shown = {kind for cell in cells for output in cell.get("outputs", []) for kind in output.data}
    # Markdown is what a report run emits.
    assert shown <= {"text/html", "text/plain"}


def test_they_hold_no_time_no_place_and_no_version_of_the_machine_that_made_them(path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata.language_info == {"name": "python"}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    text = path.read_text("utf-8")
    assert str(project_root()) not in text
    assert all(word not in text for word in ("/home/", "/tmp/", "/Users/", "\\\\Users\\\\", "0x7f"))


def test_they_are_small_enough_to_keep(path) -> None:
    assert path.stat().st_size < MOST_BYTES
