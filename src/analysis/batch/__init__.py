"""Plans and runs the notebooks of a batch."""

from importlib import import_module

from analysis.batch.batchfile import default_build, keep_batch_file
from analysis.batch.demodata import demo_batch_file, demo_is_current, make_demo_data
from analysis.batch.folder import checked_build, read_record
from analysis.batch.intents import read_intents
from analysis.batch.kernels.guard import RunLimits
from analysis.batch.lock import hold
from analysis.batch.mirror import working_folder
from analysis.batch.outcome import Outcome
from analysis.batch.plan import Plan, make_plan, read_plan
from analysis.batch.rendering import render_books
from analysis.batch.run import checked_workers, run_batch
from analysis.batch.runs import Run
from analysis.batch.summary import BatchResult

__all__ = [
    "BatchResult",
    "MunicipalityRun",
    "Outcome",
    "Plan",
    "ReferenceRun",
    "Run",
    "RunLimits",
    "ServiceRun",
    "checked_build",
    "checked_workers",
    "default_build",
    "demo_batch_file",
    "demo_is_current",
    "hold",
    "keep_batch_file",
    "keep_ledgers",
    "make_demo_data",
    "make_plan",
    "open_municipality",
    "open_reference",
    "open_service",
    "read_intents",
    "read_plan",
    "read_record",
    "render_books",
    "run_batch",
    "working_folder",
]

#: What notebooks open, and what reads ledgers. Imported when it is asked for: it brings statistics and
#: drawing with it, which the rest of the command line and the worker processes have no use for.
_OPENED = {
    "MunicipalityRun": "municipality",
    "ReferenceRun": "context",
    "ServiceRun": "context",
    "keep_ledgers": "ledgers",
    "open_municipality": "opening",
    "open_reference": "opening",
    "open_service": "opening",
}


def __getattr__(name: str) -> object:
    if name not in _OPENED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"analysis.batch.{_OPENED[name]}"), name)
