"""The template: a process that has imported what notebooks and reports need, and forks for each request.

Run as a process of its own by `analysis.batch.kernels.processes`. It imports, reads files of the package,
sets the type that every figure needs, and computes nothing else: what has computed may hold threads and locks
that no fork survives. A batch's template forks the batch's workers; beside each stands a nursery, forked as
well, that forks the worker's kernels. So everything is imported once, and its pages are shared by all.
"""

from __future__ import annotations

import gc
import os
import platform
import socket
import sys
from importlib import import_module
from types import ModuleType

import analysis
from analysis.batch.kernels.child import Request, WorkerRequest, become_kernel, become_worker
from analysis.batch.kernels.nursery import Nursery, check_single_thread
from analysis.batch.kernels.own_files import change_times, list_own_files, read_own_files
from analysis.batch.kernels.pages import gather_pages
from analysis.batch.kernels.wire import send

#: What the process is started with. pandas asks when it is imported whether it is in a notebook, and shows
#: tables in another width where it is not. It is imported with the first module of the package, so it must be
#: told before that.
BEGIN = """
import builtins, types
builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)
import pandas
del builtins.get_ipython
from analysis.batch.kernels.template import main
main({descriptor}, {owner})
"""
#: What a notebook's cells import, the kernel itself, and what a worker needs beside it.
IMPORTS = (
    "numpy",
    "scipy.stats",
    "pandas",
    "pyarrow.parquet",
    "duckdb",
    "matplotlib.pyplot",
    "statsmodels.api",
    "statsmodels.formula.api",
    "seaborn",
    "analysis.batch.opening",
    "analysis.batch.municipality",
    "analysis.show",
    "analysis.stats.cumulative",
    "analysis.batch.kernels.app",
    "ipykernel_launcher",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "encodings.idna",
    "faulthandler",
    "importlib.readers",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
    # What those above import when they are first used.
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "font_source_sans_pro",
    "importlib.resources.readers",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas.core.arrays.arrow._arrow_utils",
    "pandas.core.arrays.arrow.extension_types",
    "pandas.core.methods.to_dict",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "weightipy",
    # What makes of a run's task an executed notebook or a report.
    "papermill",
    "analysis.batch.engine",
    "analysis.batch.execute",
    "analysis.batch.kernels.manager",
    "analysis.batch.kernels.owner",
    "analysis.batch.pool",
    "analysis.batch.reports",
    "analysis.report",
)

_GRAMMAR = "rfc3987_syntax"


def main(descriptor: int, owner: int) -> None:
    """Import, say so, then fork on request until the owner (a process id) is gone.

    Returns in the template at its end, and in each kernel at the kernel's end: either process then finishes
    as Python processes do.
    """
    # Put there for `python -c`; a kernel adds its own folder itself.
    sys.path.remove("")
    control = socket.socket(fileno=descriptor)
    try:
        _import_all()
        # Before what they say is read: what changes meanwhile is seen by its time.
        sources = change_times(list_own_files())
        # Here, for it imports ipykernel.
        from analysis.batch.kernels.app import list_modules  # noqa: PLC0415

        # Asked for by every kernel, and found out by starting a process.
        platform.uname().processor  # noqa: B018
        read_own_files()
        # What that imported comes to it.
        sources = change_times(list_own_files()) | sources
        check_single_thread()
        list_modules()
    except Exception as error:
        send(control, {"error": f"{type(error).__name__}: {error}"})
        return
    # What is there now is never freed: kernels share its pages for as long as nobody writes to them.
    gc.collect()
    gc.freeze()
    gather_pages()
    nursery = Nursery(control, owner, sources)
    send(control, {"ready": os.getpid(), "source": analysis.__file__})
    request = nursery.serve()
    if isinstance(request, WorkerRequest):
        request = _stand_beside(request, sources)
    if isinstance(request, Request):
        become_kernel(request)


def _import_all() -> None:
    # By way of nbformat and jsonschema a grammar is imported that takes 1.5 s to compile. Whoever checks an
    # address by it imports it then.
    put_off = ModuleType(_GRAMMAR)
    put_off.is_valid_syntax = _is_valid_syntax
    sys.modules[_GRAMMAR] = put_off
    for name in IMPORTS:
        import_module(name)
    del sys.modules[_GRAMMAR]


def _is_valid_syntax(*given: object, **options: object) -> bool:
    return import_module(_GRAMMAR).is_valid_syntax(*given, **options)


def _stand_beside(request: WorkerRequest, sources: dict[str, int]) -> Request | WorkerRequest:
    """Fork the nursery of a worker's kernels, then be the worker; return in the kernels alone.

    Here, for later the worker has threads and files that no fork survives.
    """
    # Not before it is imported with everything else.
    from analysis.batch.kernels.owner import adopt, end_template  # noqa: PLC0415

    request = request.placed()
    ours, theirs = socket.socketpair()
    worker = os.getpid()
    try:
        pid = os.fork()
    except OSError:
        # Too many processes: a template of its own is started when a kernel is wanted, if that can be.
        ours.close()
        theirs.close()
        become_worker(request, end_template)
    if pid:
        theirs.close()
        adopt(pid, ours)
        become_worker(request, end_template)
    ours.close()
    request.close()
    # Ctrl-C in the terminal is for the batch, and signals for the worker's group are for its renderers.
    os.setsid()
    asked = Nursery(theirs, worker, sources).serve()
    if asked is None:
        # What was imported is the template's to clear away.
        os._exit(0)
    return asked
