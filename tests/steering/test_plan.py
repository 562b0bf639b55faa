"""Steering files: what a municipality has adopted, read strictly."""

from pathlib import Path

import pytest
import yaml

from analysis.core.errors import SettingsError
from analysis.core.paths import project_root
from analysis.steering.plan import VERSION, load_plan

ADOPTED = {"document": "Budget 2025", "year": 2024}
TARGET = {
    "id": "satisfaction",
    "success_factor": "Good services",
    "service": "school",
    "topic": "overall",
    "scale": "1-6",
    "desired": [6.0, 4.6],
    "acceptable": [4.5, 4.0],
    "unacceptable": [3.9, 1.0],
    "adopted": ADOPTED,
}
MEASURE = {
    "id": "dialogue",
    "title": "Dialogue meetings",
    "service": "school",
    "owner": "Head of schools",
    "start": 2024,
    "decided_in": ADOPTED,
    "status": "running",
}
SHIPPED = sorted((project_root() / "params").glob("steering*/*.yaml"))


def written(folder: Path, **content: object) -> Path:
    path = folder / "9901.yaml"
    path.write_text(yaml.safe_dump({"municipality": "9901", **content}, allow_unicode=True), "utf-8")
    return path


def refused(folder: Path, **content: object) -> str:
    with pytest.raises(SettingsError) as error:
        load_plan(written(folder, **content), municipality="9901")
    return str(error.value)


def test_everything_but_the_municipality_may_be_missing(tmp_path) -> None:
    plan = load_plan(written(tmp_path), municipality="9901")
    assert (plan.targets, plan.measures, plan.notes, plan.wheel) == ((), (), (), None)


def test_a_target_lies_in_ranges_as_kristiansund_writes_them(tmp_path) -> None:
    # Kristiansund municipality, annual report 2015: required results 6,0-4,6 and 100-75 points.
    points = {"id": "points", "scale": "0-100", "desired": [100, 75], "acceptable": [74, 60]}
    plan = load_plan(
        written(tmp_path, targets=[TARGET, {**TARGET, **points, "unacceptable": [59, 0]}]),
        municipality="9901",
    )
    marks, index = plan.targets
    assert [marks.band(value) for value in (4.7, 4.5, 3.9)] == ["desired", "acceptable", "unacceptable"]
    assert [index.band(value) for value in (75, 34.9)] == ["desired", "unacceptable"]


def test_ranges_that_overlap_are_refused_with_their_place(tmp_path) -> None:
    said = refused(tmp_path, targets=[{**TARGET, "acceptable": [4.8, 4.0]}])
    assert "9901.yaml: targets[0]" in said
    assert "ranges that do not overlap" in said
    assert "acceptable [4.8, 4.0] and desired [6.0, 4.6] do, by 0.2" in said


def test_ranges_with_a_gap_are_refused(tmp_path) -> None:
    said = refused(tmp_path, targets=[{**TARGET, "unacceptable": [3.5, 1.0]}])
    assert "ranges without a gap: between unacceptable [3.5, 1.0] and acceptable [4.5, 4.0] lie 0.5" in said


def test_every_id_stands_once(tmp_path) -> None:
    assert "every id in measures once, found twice: ['dialogue']" in refused(
        tmp_path, measures=[MEASURE, MEASURE]
    )
    assert "every id in targets once" in refused(tmp_path, targets=[TARGET, TARGET])


def test_a_focus_area_names_measures_of_its_file(tmp_path) -> None:
    area = {"id": "heard", "service": "school", "text": "To be heard", "measures": ["dialog"]}
    assert "found ['dialog']" in refused(tmp_path, measures=[MEASURE], focus_areas=[area])


def test_an_unknown_key_is_named_with_the_nearest(tmp_path) -> None:
    said = refused(tmp_path, measures=[{**MEASURE, "ownr": "Head of schools"}])
    assert "measures[0].ownr" in said
    assert "did you mean 'owner'?" in said


def test_what_is_decided_says_where(tmp_path) -> None:
    lost = {key: value for key, value in MEASURE.items() if key != "decided_in"}
    assert "decided_in, since the status is running" in refused(tmp_path, measures=[lost])


def test_an_indicator_needs_a_name_and_a_topic_is_measured(tmp_path) -> None:
    figure = {**TARGET, "topic": None, "indicator": "sick_leave"}
    assert "a name, since an indicator has none of its own" in refused(tmp_path, targets=[figure])
    said = refused(tmp_path, targets=[{**TARGET, "measured": False}])
    assert "measured, since the questionnaire asks about the topic" in said


def test_a_file_of_a_later_version_is_refused(tmp_path) -> None:
    said = refused(tmp_path, version=VERSION + 1)
    assert "9901.yaml: version" in said
    assert f"{VERSION} or lower" in said


def test_a_file_of_another_municipality_is_refused(tmp_path) -> None:
    with pytest.raises(SettingsError, match="another municipality"):
        load_plan(written(tmp_path), municipality="9902")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_files_are_in_both_languages(path) -> None:
    plan = load_plan(path, municipality=path.stem)
    assert plan.targets or plan.measures
    assert list(one_language(plan.model_dump())) == []


def one_language(part: object, place: str = "") -> list[str]:
    if isinstance(part, dict):
        if part.keys() & {"nb", "en"}:
            return [] if part.keys() == {"nb", "en"} else [place]
        return [lost for key, value in part.items() for lost in one_language(value, f"{place}.{key}")]
    if isinstance(part, (list, tuple)):
        return [lost for i, value in enumerate(part) for lost in one_language(value, f"{place}[{i}]")]
    return []
