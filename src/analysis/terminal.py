"""What the commands share: their options, what they print, and how they begin a batch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.models import OptionInfo

from analysis.core.errors import SettingsError
from analysis.core.remote import is_address

if TYPE_CHECKING:
    from rich.console import Console

    from analysis.core.settings import Batch


def _number(about: str, option: str, metavar: str, kind: type, expected: str) -> OptionInfo:
    """Return an option for a number, which says of others as every wrong input is said."""

    def read(given: object) -> float:
        try:
            return kind(given)
        except ValueError:
            raise SettingsError(
                "this number cannot be read", where=option, found=repr(given), expected=expected
            ) from None

    return typer.Option(help=about, parser=read, metavar=metavar)


_WORKERS = "Processes at once; default: as processors and memory allow."
_TIMEOUT = "Seconds that one notebook may take, or one book of a report."
_MEMORY = "MiB that one run may have; default: an even share of all."
Workers = Annotated[
    int | None, _number(_WORKERS, "--workers", "NUMBER", int, "a whole number of processes, such as 2")
]
Timeout = Annotated[
    float, _number(_TIMEOUT, "--timeout", "SECONDS", float, "a number of seconds, such as 600")
]
Memory = Annotated[
    int | None, _number(_MEMORY, "--memory", "MIB", int, "a whole number of MiB, such as 2048")
]
Cluster = Annotated[
    str | None, typer.Option(help="Address of a Dask scheduler, whose workers make the runs instead.")
]
Kernels = Annotated[str, typer.Option(help="warm: imports done beforehand, on Linux; or ordinary.")]
Only = Annotated[
    list[str] | None, typer.Option(help="MUNICIPALITY, MUNICIPALITY/SERVICE or /EDITION, or national.")
]
Build = Annotated[
    str | None, typer.Option(help="Folder or address (s3://…) to build in; default: build/<batch>.")
]


def run_and_say(batch: Batch, build: str | None, **options: object) -> int:
    """Carry out a batch with its progress in the terminal; return the command's exit code."""
    from analysis.batch import run_batch  # noqa: PLC0415

    result = run_batch(batch, build, **options, console=console())
    say(str(result))
    say(f"Reports: {short(result.plan.build / 'index.html')}")
    if is_address(build):
        say(f"Sent to: {build}")
    return result.exit_code


def make_data_where_needed(batch: Batch) -> None:
    """Make a synthetic batch's data, where they are not there or older than what makes them."""
    from analysis.batch import demo_is_current, make_demo_data  # noqa: PLC0415

    if not demo_is_current(batch.store):
        say(f"Making the synthetic country's data in {short(batch.store)}")
        make_demo_data(batch)


def print_drafts(files: list[Path], into: Path | None, options: dict[str, str | None]) -> None:
    """Draft a mapping and a questionnaire from each file, into a folder or the terminal."""
    from analysis.survey import draft, write_draft  # noqa: PLC0415

    for file in files:
        drafted = draft(file, **options)
        if into is not None:
            for path in write_draft(drafted, into):
                say(f"drafted: {short(path)}")
            continue
        say(f"# {drafted.mapping_name}\n{drafted.mapping}")
        say(f"# {drafted.questionnaire_name}\n{drafted.questionnaire}")


def console() -> Console:
    """Return where progress is shown."""
    from rich.console import Console  # noqa: PLC0415

    return Console()


def say(text: str) -> None:
    """Print a line or several."""
    typer.echo(text)


def short(path: Path) -> str:
    """Write a path from here where it is below, as a user would."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
