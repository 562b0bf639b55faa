"""The command `tilstand`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.core.errors import SettingsError, TilstandError
from analysis.core.remote import is_address
from analysis.terminal import (
    Build,
    Cluster,
    Kernels,
    Memory,
    Only,
    Timeout,
    Workers,
    console,
    make_data_where_needed,
    print_drafts,
    run_and_say,
    say,
    short,
)

# Everything heavy is imported by the command that needs it: --help answers at once.

app = typer.Typer(
    help="Turns user surveys of public services into management-information reports that hold up.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command; show errors that a user can mend without a traceback, with exit code 2."""
    try:
        app()
    except TilstandError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        # A full disk, a folder that may not be written: the system's own words say it best.
        print(f"{error.filename or 'tilstand'}: {error.strerror or error}", file=sys.stderr)
        sys.exit(2)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV, Excel or Parquet files, one row per respondent.")],
    mapping: Annotated[Path | None, typer.Option(help="YAML file that says what the columns are.")] = None,
    into: Annotated[Path | None, typer.Option(help="Folder of imported data, such as data/survey.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of an Excel file; default: the first.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a CSV file; default: found out.")] = None,
    separator: Annotated[str | None, typer.Option(help="Column separator; default: found out.")] = None,
    decimal: Annotated[str | None, typer.Option(help="Decimal mark; default: found out.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Write a first mapping and questionnaire.")] = False,
) -> None:
    """Check survey files and put their answers into a folder of data.

    Rows that fail a check go to quarantine, with the reason; the counts are printed. With --draft nothing is
    imported: a mapping and a questionnaire are drafted from the file, into --into or the terminal.

    \b
    Example: tilstand import wave.csv --mapping params/mappings/kansas-city.yaml --into data/kansas-city
    """
    if draft:
        print_drafts(files, into, {"sheet": sheet, "encoding": encoding, "separator": separator})
        return
    if mapping is None or into is None:
        raise SettingsError(
            "an import needs a mapping and a folder",
            where="tilstand import",
            found=" and ".join(f"no --{n}" for n, v in (("mapping", mapping), ("into", into)) if v is None),
            expected="--mapping FILE --into FOLDER",
            todo="have a mapping drafted: tilstand import FILE --draft",
        )
    from analysis.survey import import_files  # noqa: PLC0415

    options = {"sheet": sheet, "encoding": encoding, "separator": separator, "decimal": decimal}
    print(import_files(files, mapping, into, **options))


@app.command()
def run(
    batch: Annotated[Path, typer.Argument(help="Batch file, such as params/demo.yaml.")],
    *,
    build: Build = None,
    only: Only = None,
    workers: Workers = None,
    force: Annotated[bool, typer.Option("--force", help="Make again what has not changed, too.")] = False,
    no_render: Annotated[bool, typer.Option("--no-render", help="Assemble books, render none.")] = False,
    kernels: Kernels = "warm",
    timeout: Timeout = 3600,
    memory: Memory = None,
    cluster: Cluster = None,
) -> None:
    """Run a batch: every notebook that is not current, and every report.

    A failing run stops no other; exit code 1 and a summary say what failed. The next run makes only what is
    missing or has changed.

    \b
    Example: tilstand run params/demo.yaml --only 9903 --workers 2
    """
    from analysis.batch import RunLimits  # noqa: PLC0415
    from analysis.core.settings import load_batch  # noqa: PLC0415

    settings = load_batch(batch)
    if settings.synthetic and not is_address(settings.data) and not settings.store.is_dir():
        make_data_where_needed(settings)
    limits = RunLimits(kernels=kernels, seconds=timeout, memory_mib=memory)
    options = {"only": tuple(only or ()), "force": force, "formats": () if no_render else None}
    options |= {"workers": workers, "limits": limits, "cluster": cluster}
    raise typer.Exit(run_and_say(settings, build, **options))


@app.command()
def render(
    folder: Annotated[Path, typer.Argument(help="A build folder, or any one Quarto book.")],
    engine: Annotated[str, typer.Option(help="auto, quarto or embedded.")] = "auto",
    to: Annotated[str | None, typer.Option(help="Some of html,pdf,docx; default: the book's own.")] = None,
    workers: Workers = None,
) -> None:
    """Render a book, or every book of a build folder, to HTML, PDF and Word.

    \b
    Example: tilstand render build/demo --engine embedded --to html,pdf
    """
    from analysis.batch import checked_workers, render_books  # noqa: PLC0415

    formats = tuple(part.strip() for part in to.split(",") if part.strip()) if to is not None else None
    failed = render_books(
        folder, engine=engine, formats=formats, workers=checked_workers(workers), console=console()
    )
    raise typer.Exit(int(failed > 0))


@app.command()
def plan(
    batch: Annotated[Path, typer.Argument(help="Batch file, such as params/demo.yaml.")],
    build: Build = None,
    only: Only = None,
    force: Annotated[bool, typer.Option("--force", help="As with tilstand run --force.")] = False,
    every: Annotated[bool, typer.Option("--every", help="Name every run, not some for each reason.")] = False,
) -> None:
    """Say what tilstand run would make, and why. Nothing is made.

    \b
    Example: tilstand plan params/demo.yaml
    """
    from analysis.batch import make_plan, read_intents, working_folder  # noqa: PLC0415
    from analysis.core.settings import load_batch  # noqa: PLC0415

    settings = load_batch(batch)
    with working_folder(build, settings) as (folder, _):
        planned = make_plan(settings, folder, only=tuple(only or ()), force=force)
        say(read_intents(planned).told(every=every))


@app.command()
def demo(
    size: Annotated[
        str, typer.Option(help="small: 24 municipalities; country: 350, which takes hours.")
    ] = "small",
    data_only: Annotated[bool, typer.Option("--data-only", help="Make the data, run nothing.")] = False,
    build: Build = None,
    workers: Workers = None,
) -> None:
    """Make a synthetic country's data and reports: on three of its municipalities, or on all of a large one.

    \b
    Example: tilstand demo --workers 2
    """
    from analysis.batch import demo_batch_file  # noqa: PLC0415
    from analysis.core.settings import load_batch  # noqa: PLC0415

    settings = load_batch(demo_batch_file(size))
    make_data_where_needed(settings)
    if not data_only:
        raise typer.Exit(run_and_say(settings, build, workers=workers))


@app.command()
def verify(
    build: Annotated[Path, typer.Argument(help="A build folder, or a copy of one.")],
    data: Annotated[Path | None, typer.Option(help="Folder of the imported data, for a copy.")] = None,
    into: Annotated[
        Path | None, typer.Option(help="Folder to make the runs in, and keep; default: removed afterwards.")
    ] = None,
    workers: Workers = None,
) -> None:
    """Make the runs of a build again in a folder of its own and compare every fact.

    Each fact that differs is named, with both values. Exit code 0 only where none does.

    \b
    Example: tilstand verify build/demo
    """
    from analysis.audit import verify as verify_build  # noqa: PLC0415

    result = verify_build(build, data=data, into=into, workers=workers, console=console())
    say(str(result))
    raise typer.Exit(result.exit_code)


@app.command("keep-ledger")
def keep_ledger(
    build: Annotated[Path, typer.Argument(help="A build folder whose round is over.")],
    into: Annotated[Path | None, typer.Option(help="Default: ledger, in the steering folder.")] = None,
) -> None:
    """Keep the municipalities' steering ledgers for the next round, which asks what came of their measures.

    Nothing is overwritten: another ledger of the same round is kept beside the first, with a number.

    \b
    Example: tilstand keep-ledger build/demo
    """
    from analysis.batch import keep_ledgers  # noqa: PLC0415

    result = keep_ledgers(build, into)
    say(str(result))
    raise typer.Exit(result.exit_code)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    kernel_only: Annotated[
        bool, typer.Option("--kernel-only", help="Install the warm kernel, open nothing.")
    ] = False,
) -> None:
    """Open JupyterLab in the project's folder, with the notebooks in sight.

    What stands after the command is handed on to JupyterLab, which gets a warm kernel to choose.

    \b
    Example: tilstand lab --no-browser
    """
    from analysis.batch.kernels.spec import install_kernelspec  # noqa: PLC0415
    from analysis.batch.lab import open_lab  # noqa: PLC0415
    from analysis.core.paths import project_root  # noqa: PLC0415

    if kernel_only:
        say(f"installed: {short(install_kernelspec())}")
        return
    open_lab(project_root(), context.args)


if __name__ == "__main__":
    main()
