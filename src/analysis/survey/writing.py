"""Writing a store: every table checked first, every file whole or not there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from analysis.core.paths import checked_code, write_text, written_whole
from analysis.survey.codebook import Questionnaire
from analysis.survey.schemas import checked_responses, checked_table

#: Small enough that one municipality of a whole country's service is read without most of the others.
ROWS_IN_A_GROUP = 4_000


def response_file(store: Path, service: str, year: int) -> Path:
    """Return where the answers of one service in one round are."""
    return Path(store) / "responses" / f"service={service}" / f"year={year}" / "part-0.parquet"


def write_responses(store: Path, frame: pd.DataFrame, *, service: str, year: int) -> Path:
    """Write one round of one service, in place of what was there.

    `frame` has `respondent`, `municipality`, `unit` (text), `weight` (optional), background variables (text)
    and items (whole numbers, empty where there is no answer). Raises DataError where a rule is broken.
    """
    service = checked_code(service, where="write_responses", kind="service")
    path = response_file(store, service, int(year))
    rows = checked_responses(frame, where=f"responses of {service} {year}")
    table = pa.Table.from_pandas(rows, preserve_index=False)
    answers = [i for i, field in enumerate(table.schema) if pa.types.is_integer(field.type)]
    for i in answers:
        table = table.set_column(i, table.schema.field(i).name, table.column(i).cast(pa.int16()))
    _write(path, table)
    return path


def write_table(store: Path, name: str, frame: pd.DataFrame) -> Path:
    """Write one of the tables beside the responses (`units`, `frame`, `municipalities`, ...).

    Raises DataError where the table breaks its schema in `analysis.survey.schemas`.
    """
    path = Path(store) / f"{name}.parquet"
    _write(path, pa.Table.from_pandas(checked_table(name, frame), preserve_index=False))
    return path


def write_questionnaire(store: Path, questionnaire: Questionnaire) -> Path:
    """Write a questionnaire into the store, as `questionnaires/<service>.yaml`."""
    path = Path(store) / "questionnaires" / f"{questionnaire.service}.yaml"
    content = questionnaire.model_dump(mode="json", exclude_defaults=True)
    # Wide lines: a question that is folded over two lines is hard to find again.
    write_text(path, yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000))
    return path


def _write(path: Path, table: pa.Table) -> None:
    # pandas' metadata holds its version: the same rows would be other bytes after an upgrade.
    plain = table.replace_schema_metadata(None)
    with written_whole(path) as beside:
        pq.write_table(plain, beside, compression="zstd", row_group_size=ROWS_IN_A_GROUP)
