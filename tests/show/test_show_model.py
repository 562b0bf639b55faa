"""The steering model as a figure, in words and as a table."""

from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from PIL import Image

from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.facts.table import Fact, tabulate
from analysis.show.model_cycle import _draw, draw_model
from analysis.show.model_words import headline_model, lines_of, tabulate_model, write_followed
from analysis.show.shapes import Words
from analysis.show.style import WIDTH
from analysis.steering.catalogue import default_catalogue
from analysis.steering.context import MODEL, Steering
from analysis.steering.model import load_model
from analysis.steering.plan import SteeringPlan
from analysis.steering.stages import stage_contents
from analysis.steering.successors import Followed

ADOPTED = {"document": {"nb": "Handlingsprogram 2024–2027", "en": "Action programme 2024–2027"}, "year": 2023}
RANGES = {"desired": [6.0, 4.6], "acceptable": [4.5, 4.0], "unacceptable": [3.9, 1.0]}


def a_plan() -> SteeringPlan:
    target = {
        "success_factor": "Gode tjenester",
        "service": "kindergarten",
        "topic": "overall",
        "scale": "1-6",
    }
    measure = {"title": "Ukebrev", "service": "kindergarten", "owner": "Barnehagesjef", "start": 2024}
    running = {**measure, "status": "running", "decided_in": ADOPTED}
    return SteeringPlan(
        municipality="9901",
        targets=[{**target, **RANGES, "id": f"t{i}", "adopted": ADOPTED} for i in range(6)],
        measures=[{**running, "id": "m0"}, {**running, "id": "m1"}, {**measure, "id": "m2"}],
    )


@pytest.fixture
def steering(asked) -> Steering:
    return Steering(
        plan=a_plan(),
        model=load_model(project_root() / MODEL),
        catalogue=default_catalogue({"kindergarten": asked}),
        indicators=pd.DataFrame(),
        units=pd.DataFrame(),
        years=(2021, 2023, 2025),
    )


@pytest.fixture
def steered(facts) -> pd.DataFrame:
    place = {"municipality": "9901", "service": "kindergarten", "year": 2025}
    status = Fact(**place, statistic="target_status", value=4.5)
    verdicts = ("desired", "desired", "acceptable", "unacceptable")
    made = [replace(status, category=f"t{i}", verdict=verdict) for i, verdict in enumerate(verdicts)]
    made += [replace(status, category="t4").missing("undecided")]
    made += [replace(status, category="t5").missing("not_measured")]
    effect = Fact(**place, statistic="measure_effect", topic="dimension.information", value=0.4)
    made += [replace(effect, category="m0", verdict="worked")]
    made += [replace(effect, category="m1").missing("undecided", "cannot_judge.few_units")]
    claim = Fact(**place, statistic="report_change", topic="dimension.information", against="year.2023")
    made += [replace(claim, value=0.3, verdict="higher")]
    return pd.concat([facts, tabulate(made)], ignore_index=True)


def test_the_figure_says_its_numbers_in_words(report, steered, steering) -> None:
    block = draw_model(report, steered, steering)
    assert "En runde med 5 trinn" in block.plain
    for said in (
        "1. Innsikt i tjenesten: 1 tjeneste og 7 av 8 enheter med resultater som kan vises",
        "▲ 1 sikkert positivt funn",
        "▲ 2 ønsket; ● 1 akseptabelt; ▼ 1 uakseptabelt; ◇ 1 kan ikke avgjøres; ○ 1 ikke målt. Ender i: ",
        "tiltak: 2 i gang og 1 foreslått; ▲ 1 virket; ◇ 1 kan ikke vurderes",
        "8 mål og tiltak i Handlingsprogram 2024–2027",
    ):
        assert said in block.plain, said
    assert "Etter bedrekommune.no" in block.markdown


def test_the_figure_is_as_wide_as_the_text_and_its_bytes_are_the_same_each_time(
    report, steered, steering, tmp_path
) -> None:
    draw_model(report, steered, steering)
    stem = tmp_path / "figures" / "kindergarten-model"
    first = stem.with_suffix(".svg").read_bytes()
    with Image.open(stem.with_suffix(".png")) as picture:
        assert abs(picture.width - WIDTH / 72 * 200) <= 1
    draw_model(report, steered.sample(frac=1, random_state=1).reset_index(drop=True), steering)
    assert stem.with_suffix(".svg").read_bytes() == first


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("stages", [3, 4, 5, 6, 7, 8])
def test_texts_stay_on_the_sheet_and_off_each_other(make, asked, steered, steering, stages, language) -> None:
    all_stages = steering.model.stages + tuple(
        stage.model_copy(update={"id": f"again_{stage.id}"}) for stage in steering.model.stages[2:]
    )
    model = steering.model.model_copy(update={"stages": all_stages[:stages]})
    written = texts_of(make.canvas(asked, language=language), steered, replace(steering, model=model))
    for left, right, _, _, text in written:
        assert left >= 0, text
        assert right <= WIDTH, text
    for (l1, r1, t1, b1, one), (l2, r2, t2, b2, other) in (
        (a, b) for i, a in enumerate(written) for b in written[i + 1 :]
    ):
        assert r1 <= l2 + 0.5 or r2 <= l1 + 0.5 or b1 <= t2 + 0.5 or b2 <= t1 + 0.5, (one, other)


def texts_of(canvas, facts, steering) -> list[tuple[float, float, float, float, str]]:
    """Return left, right, top, bottom and words of every text of the figure, in points."""
    contents = stage_contents(steering.model, facts, steering)
    found = []
    sheet = _draw(canvas, contents, steering)
    for words in (part for part in sheet.parts if isinstance(part, Words)):
        assert 5 <= words.y <= sheet.height - 5
        found.append((words.left, words.left + words.width, words.y - 5, words.y + 5, words.text))
    return found


def test_the_ring_goes_round_in_the_models_order(report, steered, steering) -> None:
    said = draw_model(report, steered, steering).plain
    names = [report.language.pick(stage.name) for stage in steering.model.stages]
    places = [said.index(f"{i}. {name}") for i, name in enumerate(names, start=1)]
    assert all(before < after for before, after in pairwise(places))


def test_without_targets_measures_and_results_each_stage_says_so(report, steering) -> None:
    empty = replace(steering, plan=SteeringPlan(municipality="9901"))
    contents = stage_contents(empty.model, tabulate(()), empty)
    assert [lines_of(report, content) for content in contents] == [
        ["ingen resultater som kan vises", "ingen å sammenlikne med"],
        ["ingen sikker endring eller forskjell"],
        ["ingen mål er vedtatt"],
        ["ingen tiltak", "ingen tiltak er vurdert ennå"],
        ["ingen dokumenter med mål eller tiltak"],
    ]
    assert headline_model(report, tabulate(()), empty) == "Ingen mål eller tiltak er lagt inn ennå"
    draw_model(report, tabulate(()), empty)


def test_the_headline_counts_targets_and_running_measures(
    report, lab, asked, make, steered, steering
) -> None:
    assert headline_model(report, steered, steering) == "I styringen: 6 mål, 2 tiltak i gang"
    assert (
        headline_model(make.canvas(asked, language="en"), steered, steering)
        == "In steering: 6 targets, 2 measures running"
    )


def test_documents_are_counted_and_the_fullest_named(report, steering) -> None:
    plan = steering.plan
    other = plan.targets[0].adopted.model_copy(update={"document": "Lederavtale 2025"})
    targets = (plan.targets[0].model_copy(update={"adopted": other}), *plan.targets[1:])
    changed = replace(steering, plan=plan.model_copy(update={"targets": targets}))
    last = stage_contents(changed.model, tabulate(()), changed)[-1]
    assert lines_of(report, last) == [
        "8 mål og tiltak i 2 dokumenter",
        "flest i Handlingsprogram 2024–2027",
    ]


def test_the_table_tells_who_takes_part_and_where_a_stage_ends(report, steering) -> None:
    block = tabulate_model(report, steering)
    assert block.id == "tbl-kindergarten-model"
    row = next(line for line in block.markdown.splitlines() if "Resultatdialog" in line)
    assert "Kommunedirektøren, tjenestelederne og de ansattes representanter" in row
    assert "Lederavtale" in row
    assert "Etter bedrekommune.no" in block.markdown


def test_what_went_to_a_successor_is_told_in_words(report, steering) -> None:
    moved = (Followed("target", "t0", "u1", "u2"), Followed("measure", "m0", "u1", "u3"))
    said = write_followed(report, replace(steering, followed=moved)).plain
    assert "Målet «Samlet tilfredshet» gjaldt Myrvoll, som er lagt ned. Det gjelder nå Tangen." in said
    assert "Tiltaket «Ukebrev» gjaldt Myrvoll, som er lagt ned. Det gjelder nå Kirkekroken." in said
    assert write_followed(report, steering).markdown == ""


def test_in_the_lab_the_figure_has_its_table(lab, steered, steering) -> None:
    shown = draw_model(lab, steered, steering).html
    assert "<svg" in shown
    assert "<details>" in shown
    assert Language("nb").text("What the results put there") in shown
