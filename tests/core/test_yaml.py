"""Settings files are read strictly: whatever is wrong is named with its place, and all of it at once."""

import pytest

from analysis.core import yaml
from analysis.core.errors import SettingsError
from analysis.core.settings import load_batch
from analysis.survey import load_questionnaire

BATCH = "batch: b\ntitle: B\ndata: data\ndate: 2025-06-16\nyear: 2025\n"
ASKED = "service: school\nname: School\nitems:\n  - {id: a, text: How is it}\n"


@pytest.fixture
def file(tmp_path):
    def write(text: str, name: str = "b.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("text", "key", "right"),
    [
        ("compare_year: [2023]\n", "compare_year", "compare_years"),
        ("langauge: en\n", "langauge", "language"),
        ("disclosure: {meen: 7}\n", "disclosure.meen", "mean"),
        ("reference: {gruop: none}\n", "reference.gruop", "group"),
    ],
)
def test_a_wrong_key_is_named_with_the_nearest_right_one(file, text, key, right) -> None:
    path = file(BATCH + text)
    with pytest.raises(SettingsError) as error:
        load_batch(path)
    assert error.value.where == f"{path}: {key}"
    assert error.value.what == "unknown key"
    assert right in error.value.expected
    assert error.value.todo == f"did you mean {right!r}?"


def test_a_wrong_key_deep_in_a_questionnaire_too(file) -> None:
    with pytest.raises(SettingsError) as error:
        load_questionnaire(file(ASKED.replace("text:", "texts:")))
    said = str(error.value)
    assert "items[0].texts: unknown key" in said
    assert "did you mean 'text'?" in said
    assert "items[0].text: a key is missing" in said


@pytest.mark.parametrize(
    ("old", "new", "key", "found"),
    [
        ("year: 2025", "year: i fjor", "year", "'i fjor'"),
        ("year: 2025", "year: 2025\ncompare_years: [2025]", "compare_years", "2025"),
        ("year: 2025", "year: 2025\nformats: [html, doc]", "formats[1]", "'doc'"),
        ("year: 2025", "year: 2025\nlanguage: sv", "language", "'sv'"),
        ("year: 2025", "year: 2025\ndisclosure: {mean: 2}", "disclosure.mean", "2"),
        ("year: 2025", "year: 2025\ndisclosure: {mean: 12}", "disclosure", "12"),
        ("year: 2025", "year: 2025\nservices: [school, school]", "services", "'school', 'school'"),
        ("date: 2025-06-16", "date: 16.6.2025", "date", "'16.6.2025'"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_was_expected(file, old, new, key, found) -> None:
    with pytest.raises(SettingsError) as error:
        load_batch(file(BATCH.replace(old, new)))
    assert key in str(error.value)
    assert found in str(error.value)
    assert error.value.expected


@pytest.mark.parametrize("code", ["../x", "<script>", "a/b", "", "-x", "a b", "x" * 65, "é"])
@pytest.mark.parametrize("key", ["batch", "municipalities", "services"])
def test_a_code_with_a_path_or_markup_in_it_is_refused(file, key, code) -> None:
    quoted = f"'{code}'" if key == "batch" else f"['{code}']"
    text = BATCH.replace("batch: b\n", "") + f"{key}: {quoted}\n" + ("" if key == "batch" else "batch: b\n")
    with pytest.raises(SettingsError) as error:
        load_batch(file(text))
    assert key in error.value.where
    assert code[:20] in error.value.found
    assert "letters a–z, digits, - or _" in error.value.expected


def test_everything_that_is_wrong_is_said_at_once(file) -> None:
    with pytest.raises(SettingsError) as error:
        load_batch(file("title: B\ndata: data\nyear: no\nlangauge: nb\n"))
    for part in ("4 things to mend", "batch: a key is missing", "date: a key is missing", "year", "langauge"):
        assert part in str(error.value)


def test_a_key_that_stands_twice_is_named_with_its_line(file) -> None:
    with pytest.raises(SettingsError, match="not valid YAML") as error:
        load_batch(file(BATCH + "year: 2023\n"))
    assert error.value.where.endswith("line 6")
    assert "'year' stands twice" in error.value.found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file holds no settings"),
        ("- a\n", "the file holds no settings"),
        ("a: [b\n", "not valid YAML"),
    ],
)
def test_a_file_that_is_empty_or_no_mapping_is_named(file, text, what) -> None:
    with pytest.raises(SettingsError, match=what) as error:
        load_batch(file(text))
    assert "b.yaml" in error.value.where
    assert error.value.found


def test_a_missing_file_names_the_nearest(file) -> None:
    path = file(BATCH, "demo.yaml")
    with pytest.raises(SettingsError, match="no such file") as error:
        load_batch(path.with_name("dmeo.yaml"))
    assert error.value.todo == "did you mean 'demo.yaml'?"


def test_a_file_in_another_encoding_is_refused(tmp_path) -> None:
    path = tmp_path / "b.yaml"
    path.write_bytes((BATCH + "# blåbær\n").encode("latin-1"))
    with pytest.raises(SettingsError, match="not UTF-8") as error:
        load_batch(path)
    assert error.value.todo == "save it as UTF-8"


def test_words_that_other_readers_take_for_something_else_stay_what_they_are(file) -> None:
    # In YAML 1.1 `no` is false, 0301 is 193 and 12:30 is 750: Norway, Oslo and a time of the day.
    read = yaml.read_yaml(file("a: no\nb: 0301\nc: 12:30\nd: on\ne: 1_000\nf: 301\ng: true\n"))
    assert read == {"a": "no", "b": "0301", "c": "12:30", "d": "on", "e": "1_000", "f": 301, "g": True}


def test_municipalities_with_a_leading_zero_keep_it(file) -> None:
    batch = load_batch(file(BATCH + "municipalities: [0301, 1103]\n"))
    assert batch.municipalities == ("0301", "1103")


@pytest.mark.parametrize(
    "text",
    ["a: [1, 2\nb: 3\n", "a: b: c\n", "a: 'x\n", "{a: 1\n", "- 1\nb: 2\n", "a: *x\n", "a: x\ty: {b: c?d}\n"],
)
def test_a_fault_is_told_alike_with_and_without_the_parser_in_c(file, text, monkeypatch) -> None:
    told = []
    for there in (True, False):
        monkeypatch.setattr(yaml.yaml, "__with_libyaml__", there)
        with pytest.raises(SettingsError) as error:
            yaml.read_yaml(file(text))
        told.append((error.value.where, error.value.found))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "text",
    [
        "a: no\nb: 0301\nc: 12:30\n",
        "a: {b: c}\nd: 'e?'\n",
        "a: !\n",
        "a: x\ty\n",
        "a: >\n  b\n  c\n",
        "a: b!\n",
    ],
)
def test_a_text_is_read_alike_with_and_without_the_parser_in_c(file, text, monkeypatch) -> None:
    read = []
    for there in (True, False):
        monkeypatch.setattr(yaml.yaml, "__with_libyaml__", there)
        try:
            read.append(repr(yaml.read_yaml(file(text))))
        except SettingsError as error:
            read.append(str(error))
    assert read[0] == read[1]


def test_a_questionnaire_that_is_changed_is_read_again(file) -> None:
    path = file(ASKED)
    assert load_questionnaire(path) == load_questionnaire(path)
    # Nobody gets what another could change.
    assert load_questionnaire(path).items[0] is not load_questionnaire(path).items[0]
    file(ASKED.replace("How is it", "What is it like"))
    assert load_questionnaire(path).items[0].text == "What is it like"
