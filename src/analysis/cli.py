"""The command `tilstand`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.core.errors import SettingsError, TilstandError

if TYPE_CHECKING:
    from rich.console import Console

    from analysis.core.settings import Batch

# Everything heavy is imported by the command that needs it: --help answers at once.

app = typer.Typer(
    help="Turns user surveys of public services into management-information reports that hold up.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Workers = Annotated[int | None, typer.Option(help="Processes at work at once; default: one per processor.")]
Build = Annotated[Path | None, typer.Option(help="Folder to build in; default: build/<batch>.")]


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
        _draft(files, into, {"sheet": sheet, "encoding": encoding, "separator": separator})
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
    build: Build = None,
    only: Annotated[list[str] | None, typer.Option(help="MUNICIPALITY or MUNICIPALITY/SERVICE.")] = None,
    workers: Workers = None,
    force: Annotated[bool, typer.Option("--force", help="Make again what has not changed, too.")] = False,
    no_render: Annotated[
        bool, typer.Option("--no-render", help="Assemble the books, but render none.")
    ] = False,
) -> None:
    """Run a batch: every notebook that is not current, and every report.

    A failing run stops no other; exit code 1 and a summary say what failed. The next run makes only what is
    missing or has changed.

    \b
    Example: tilstand run params/demo.yaml --only 9903 --workers 2
    """
    from analysis.core.settings import load_batch  # noqa: PLC0415

    settings = load_batch(batch)
    if settings.synthetic and not settings.store.is_dir():
        _make_demo_data(settings)
    raise typer.Exit(_run(settings, build, tuple(only or ()), workers, force, no_render))


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
        folder, engine=engine, formats=formats, workers=checked_workers(workers), console=_console()
    )
    raise typer.Exit(int(failed > 0))


@app.command()
def demo(
    data_only: Annotated[bool, typer.Option("--data-only", help="Make the data, run nothing.")] = False,
    build: Build = None,
    workers: Workers = None,
) -> None:
    """Make a synthetic country's data and the reports on three of its municipalities.

    \b
    Example: tilstand demo --workers 2
    """
    from analysis.core.paths import project_root  # noqa: PLC0415
    from analysis.core.settings import load_batch  # noqa: PLC0415

    settings = load_batch(project_root() / "params" / "demo.yaml")
    _make_demo_data(settings)
    if not data_only:
        raise typer.Exit(_run(settings, build, (), workers, False, False))


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

    result = verify_build(build, data=data, into=into, workers=workers, console=_console())
    _print(str(result))
    raise typer.Exit(result.exit_code)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Open JupyterLab in the project's folder, with the notebooks in sight.

    What stands after the command is handed on to JupyterLab.

    \b
    Example: tilstand lab --no-browser
    """
    from analysis.core.paths import project_root  # noqa: PLC0415

    root = project_root()
    os.chdir(root)
    # This Python's own JupyterLab: another on the path has another environment.
    options = [f"--ServerApp.root_dir={root}", "--LabApp.default_url=/lab/tree/notebooks", *context.args]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options])


def _run(
    batch: Batch, build: Path | None, only: tuple[str, ...], workers: int | None, force: bool, no_render: bool
) -> int:
    from analysis.batch import run_batch  # noqa: PLC0415

    formats = () if no_render else None
    options = {"only": only, "workers": workers, "force": force, "formats": formats}
    result = run_batch(batch, build, **options, console=_console())
    _print(str(result))
    _print(f"Reports: {_short(result.plan.build / 'index.html')}")
    return result.exit_code


def _make_demo_data(batch: Batch) -> None:
    from analysis.batch import demo_is_current, make_demo_data  # noqa: PLC0415

    if not demo_is_current(batch.store):
        _print(f"Making the synthetic country's data in {_short(batch.store)}")
        make_demo_data(batch.store)


def _draft(files: list[Path], into: Path | None, options: dict[str, str | None]) -> None:
    from analysis.survey import draft, write_draft  # noqa: PLC0415

    for file in files:
        drafted = draft(file, **options)
        if into is not None:
            for path in write_draft(drafted, into):
                _print(f"drafted: {_short(path)}")
            continue
        _print(f"# {drafted.mapping_name}\n{drafted.mapping}")
        _print(f"# {drafted.questionnaire_name}\n{drafted.questionnaire}")


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415

    return Console()


def _print(text: str) -> None:
    typer.echo(text)


def _short(path: Path) -> str:
    """Write a path from here where it is below, as a user would."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


if __name__ == "__main__":
    main()
