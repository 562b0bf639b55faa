"""The catalogue of measures in all municipalities of a batch, as a page beside the index."""

from __future__ import annotations

from html import escape
from pathlib import Path

from analysis.core.errors import TilstandError
from analysis.core.language import Language
from analysis.core.settings import Batch
from analysis.facts import Labels, join, read_facts
from analysis.report.sources import Sources
from analysis.report.web_page import marks_of, write_page
from analysis.show import write_learning
from analysis.steering.learning import Account

NAME = "learning.html"


def write_learning_page(build: Path, batch: Batch, names: dict[str, str]) -> Path | None:
    """Write what is known of the measures of all municipalities, and return the page.

    `names` are the municipalities' by code. One without a steering file, a ledger or finished runs gives
    nothing; one whose steering file can no longer be read is named. None, and no page, where nothing is
    known of any measure.
    """
    build, language = Path(build), Language(batch.language)
    accounts, labels, lost = [], {}, []
    for code, name in names.items():
        try:
            found = _account(Sources(build, code, batch))
        except TilstandError:
            # Its runs are older than the file, or incomplete: the batch itself says what is wrong with them.
            lost.append(name)
            continue
        if found is not None:
            account, labels[code] = found
            accounts.append(account)
    section = write_learning(accounts, labels, language=language, level=2) if accounts else ""
    path = build / NAME
    if not section:
        path.unlink(missing_ok=True)
        return None
    text, title = language.text, language.pick(batch.title)
    back = escape(text("All reports"))
    body = f'<h1>{escape(title)}</h1>\n<p class="note">{escape(marks_of(batch))}</p>\n'
    body += f'<p><a href="index.html">{back}</a></p>\n{section}'
    if lost:
        said = text("Not among them, since their runs are not current: {names}.", names=language.series(lost))
        body += f"<p>{escape(said)}</p>\n"
    named = text("Learning across municipalities")
    return write_page(path, batch, title=f"{named} · {title}", body=body)


def _account(sources: Sources) -> tuple[Account, Labels] | None:
    # The ledger first: no other municipality's steering file is this batch's business.
    if sources.ledger is None or sources.adopted is None or not sources.adopted.plan.measures:
        return None
    runs = (*sources.services, "municipality")
    facts = join(read_facts(sources.facts_of(run)) for run in runs)
    return Account(sources.adopted.plan, sources.ledger, facts), sources.labels
