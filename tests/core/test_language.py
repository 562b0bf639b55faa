"""Words, numbers and dates as readers write them."""

import datetime as dt
import re
import subprocess
import sys

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from analysis.core.errors import SettingsError
from analysis.core.language import CATALOGUES, Language, known_languages

SOURCE = CATALOGUES.parents[1]


def messages() -> dict[str, tuple[str, ...]]:
    found = {}
    # The embedded renderer has a table of words of its own, after Quarto's.
    methods = [("report/embedded/**", "ignore"), ("**.py", "python")]
    for _, _, message, _, _ in extract_from_dir(
        SOURCE, method_map=methods, keywords={"text": None, "plural": (1, 2)}
    ):
        forms = message if isinstance(message, tuple) else (message,)
        found[forms[0]] = forms
    return found


def test_norwegian_numbers_have_a_decimal_comma_and_a_real_minus() -> None:
    nb = Language("nb")
    assert nb.number(-0.25, 1) == "\N{MINUS SIGN}0,2"
    assert nb.number(0.3, 1, sign=True) == "+0,3"
    assert nb.number(-0.04, 1, sign=True) == "0,0"
    assert nb.count(12345) == "12\N{NO-BREAK SPACE}345"
    assert nb.percent(0.614) == "61\N{NO-BREAK SPACE}%"
    assert nb.date(dt.date(2025, 6, 16)) == "16. juni 2025"


@pytest.mark.parametrize("code", known_languages())
def test_numbers_are_written_as_babel_writes_them(code) -> None:
    language = Language(code)
    values = [0, -0.0, 0.05, 0.15, 0.25, 0.5, 1.5, 2.5, 2.675, 999.95, 1e-7, 1e15, 1e20, 12345, 123456789.5]
    values += [sign * 1.37**power for power in range(-40, 60) for sign in (1, -1)]
    for value in values:
        for decimals in range(4):
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            # A narrow space that does not break is one that many fonts lack.
            babel = format_decimal(abs(value), pattern, locale=language.locale).replace("\u202f", "\xa0")
            assert language.number(value, decimals).removeprefix("\N{MINUS SIGN}") == babel


def test_a_series_reads_as_a_sentence() -> None:
    assert Language("nb").series(["a", "b", "c"]) == "a, b og c"
    assert Language("en").series(["a"]) == "a"


def test_names_that_hold_an_and_do_not_run_together_in_a_series() -> None:
    nb = Language("nb")
    assert nb.series(["Bygg og anlegg", "Kultur og fritid"]) == "Bygg og anlegg, Kultur og fritid"
    assert nb.series(["Budsjett 2024, vedtatt i 2023", "Plan"]) == "Budsjett 2024, vedtatt i 2023; Plan"


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="en, nb"):
        Language("xx")


@pytest.mark.parametrize("code", known_languages())
def test_every_message_has_a_translation_with_the_same_fields(code) -> None:
    with (CATALOGUES / code / "LC_MESSAGES" / "tilstand.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    found = messages()
    assert len(found) > 50
    for first, forms in found.items():
        entry = catalogue.get(first)
        assert entry is not None, f"not in the {code} catalogue: {first!r}"
        translations = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        assert len(translations) == len(forms), first
        fields = {f for form in forms for f in re.findall(r"{(\w+)}", form)}
        for translation in translations:
            assert translation, f"no {code} translation: {first!r}"
            assert set(re.findall(r"{(\w+)}", translation)) <= fields, translation
        # What a unit is called has no definite form to put in a Norwegian sentence; all else must be said.
        said = {f for t in translations for f in re.findall(r"{(\w+)}", t)}
        assert fields - said <= {"units", "unit"}, first
    unused = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id} - set(found)
    assert not unused, f"in the {code} catalogue but nowhere in the code"


def test_reading_a_language_is_quick_to_import() -> None:
    code = "import sys, analysis.core.language; print('pandas' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
