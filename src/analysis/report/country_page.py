"""The page of the national sheet, made from all reference runs' facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.facts import Labels
from analysis.report.leaves import page_of
from analysis.show import Canvas, write_heading
from analysis.show.country import draw_country, headline_country, tabulate_country


def country_page(facts: pd.DataFrame, folder: Path, labels: Labels, services: Sequence[str]) -> None:
    """Write the page of the national sheet and its facts; services in the order given."""
    asked = {service: labels.questionnaires[service] for service in services}
    named = replace(labels, municipality=labels.language.text("All municipalities"), questionnaires=asked)
    canvas = Canvas(report=True, folder=folder, prefix="country", labels=named)
    text = page_of(
        write_heading(canvas, 2, headline_country(canvas, facts), id="message"),
        draw_country(canvas, facts),
        tabulate_country(canvas, facts),
    )
    (folder / "_findings.qmd").write_text(text, encoding="utf-8")
    (folder / "facts").mkdir()
    facts.to_parquet(folder / "facts" / "country.parquet", index=False, compression="zstd")
