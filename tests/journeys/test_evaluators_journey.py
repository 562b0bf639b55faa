"""An evaluator verifies a copy of a build: clean as it is, and one changed answer named in every fact."""

import re
import shutil

import pandas as pd
import pytest

from analysis.survey import write_responses

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def copy(operated, tmp_path_factory):
    """A copy of the operator's build, elsewhere and deeper."""
    return shutil.copytree(operated.build, tmp_path_factory.mktemp("evaluator") / "sent" / "to us" / "copy")


def test_a_copied_build_is_clean(operated, copy) -> None:
    ended = operated.project.tilstand("verify", copy, "--data", operated.store)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.search(r"\d{3,} facts of 7 runs compared: no fact differs", ended.stdout)
    assert "differs:" not in ended.stdout
    assert "note:" not in ended.stdout


def test_without_the_data_it_says_how_to_name_them(operated, copy) -> None:
    ended = operated.project.tilstand("verify", copy)
    assert ended.returncode == 2
    assert "tilstand verify BUILD --data FOLDER" in ended.stderr


def test_one_changed_answer_is_traced_to_every_fact_that_it_moves(operated, copy) -> None:
    changed = shutil.copytree(operated.store, operated.store.with_name("changed"))
    rows = pd.read_parquet(next(changed.glob("responses/service=library/year=2025/*.parquet")))
    mine = rows["municipality"].eq("9903")
    before = rows.loc[mine, "stock_1"]
    one = before.first_valid_index()
    rows.loc[one, "stock_1"] = 7 - int(before[one])
    after = rows.loc[mine, "stock_1"]
    write_responses(changed, rows, service="library", year=2025)

    ended = operated.project.tilstand("verify", copy, "--data", changed)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    found = re.findall(r"^differs: (\S+): (\S+): (\w+) (\S+) in the build, (\S+) now$", ended.stdout, re.M)
    values = {fact: (float(old), float(new)) for run, fact, what, old, new in found if what == "value"}
    mean = values["9903/library/-/2025/item.stock_1/-/mean/-"]
    # What pandas says of the same rows.
    assert mean == pytest.approx((before.mean(), after.mean()), rel=1e-12)
    assert "9903/library/-/2025/dimension.stock/-/mean/-" in values
    # Of three municipalities no national picture is made that the answer could move.
    assert {run.partition("/")[0] for run, *_ in found} == {"9903"}
    # Neither another topic's mean nor another year's has moved.
    moved = {fact for fact in values if "/mean/-" in fact and fact.startswith("9903")}
    assert all("/2025/" in fact and "stock" in fact for fact in moved)
    assert "data, settings, notebook, package or versions are not the build's for" in ended.stdout
