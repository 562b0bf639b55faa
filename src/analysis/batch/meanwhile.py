"""What was changed while a batch was at work: results made in between must not pass for those of its plan."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.batch import fingerprint
from analysis.batch.folder import RECORD
from analysis.batch.outcome import Outcome
from analysis.batch.places import choose_places
from analysis.batch.plan import Plan
from analysis.batch.runs import list_runs
from analysis.survey import open_store


def drop_outdated(plan: Plan, outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Drop the records of the runs just made whose source, data or settings are no longer the plan's.

    Keys are taken when a batch is planned, and runs read source and data hours later: which of the two
    versions such a run has read is not known. Without its record it is made again by the next batch, and so
    is a report of it, which holds its tables and figures. Returns the runs' ids. What was changed and changed
    back before the end is not noticed.
    """
    made = {outcome.id for outcome in outcomes if outcome.outcome == "done"}
    if not made:
        return ()
    now = _keys_now(plan)
    changed = {
        run.id
        for run in plan.runs
        # Without a record: it ended with other source, and whatever that is now.
        if run.id in made and (now.get(run.id) != run.key or not (plan.build / run.folder / RECORD).is_file())
    }
    # Notebooks read of other runs their facts alone, by which they are known.
    outdated = [
        run
        for run in plan.runs
        if run.id in changed or (run.kind == "report" and run.id in made and changed & set(run.needs))
    ]
    for run in outdated:
        (plan.build / run.folder / RECORD).unlink(missing_ok=True)
    return tuple(run.id for run in outdated)


def _keys_now(plan: Plan) -> dict[str, str]:
    """Return every run's key as it would be planned now; none where that cannot be, for whatever reason."""
    reports = [run for run in plan.all_runs if run.kind == "report"]
    formats = tuple(reports[0].parameters["formats"]) if reports else ()
    fingerprint.source_hash.cache_clear()
    fingerprint.environment_hash.cache_clear()
    try:
        # As it lies here: data at an address are not brought again.
        store = open_store(plan.batch.store)
        places = choose_places(plan.batch, store)
        options = {"notebooks": plan.notebooks, "formats": formats, "reports": bool(reports)}
        runs = list_runs(plan.batch, store, places, **options, unreadable="cannot be read now")
        return {run.id: run.key for run in runs}
    except Exception:
        return {}
