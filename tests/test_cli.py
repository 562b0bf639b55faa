"""The command: what it says, what it returns, and how quickly it answers."""

import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from analysis import cli
from analysis.batch import RunLimits
from analysis.batch.intents import Intent, Intents
from analysis.batch.pool import Pool
from analysis.batch.run import checked_limits
from analysis.core.errors import RenderError, SettingsError

COMMANDS = ("import", "run", "plan", "render", "demo", "verify", "lab")


def command(monkeypatch, *arguments: object) -> int:
    """Run the command in this process and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["tilstand", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code or 0


@pytest.fixture
def batch_file(tmp_path):
    path = tmp_path / "b.yaml"
    path.write_text("batch: b\ntitle: B\ndata: data\ndate: 2025-06-16\nyear: 2025\n")
    return path


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_a_command_does_with_one_example(monkeypatch, capsys, name) -> None:
    assert command(monkeypatch, name, "--help") == 0
    shown = capsys.readouterr().out
    assert shown.count(f"Example: tilstand {name}") == 1


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, analysis.cli; "
        "sys.exit(any(m in sys.modules for m in ('pandas', 'pydantic', 'duckdb', 'papermill')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_wrong_setting_is_named_without_a_traceback(monkeypatch, capsys, batch_file) -> None:
    batch_file.write_text(batch_file.read_text() + "langauge: nb\n")
    assert command(monkeypatch, "run", batch_file) == 2
    said = capsys.readouterr().err
    for part in (str(batch_file), "langauge", "did you mean 'language'?"):
        assert part in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("run", "nowhere.yaml"), ("nowhere.yaml", "no such file")),
        (("verify", "nowhere"), ("no build folder", "tilstand run")),
        (("render", "nowhere"), ("no book", "tilstand run")),
        (("import", "a.csv"), ("no --mapping and no --into", "--draft")),
        (("run",), ("Missing argument",)),
        (("run", "b.yaml", "--workers", "two"), ("--workers", "whole number")),
    ],
)
def test_wrong_use_ends_with_2_and_says_why(monkeypatch, capsys, tmp_path, arguments, parts) -> None:
    monkeypatch.chdir(tmp_path)
    assert command(monkeypatch, *arguments) == 2
    said = capsys.readouterr().err
    assert all(part in said for part in parts), said


def test_missing_data_are_an_error_with_what_to_do(monkeypatch, capsys, batch_file) -> None:
    assert command(monkeypatch, "run", batch_file, "--build", batch_file.parent / "build") == 2
    assert "tilstand import" in capsys.readouterr().err


def test_a_full_disk_is_said_in_the_systems_words(monkeypatch, capsys, batch_file) -> None:
    def full(*_, **__):
        raise OSError(28, "No space left on device", "build/b/plan.json")

    monkeypatch.setattr("analysis.batch.run_batch", full)
    assert command(monkeypatch, "run", batch_file) == 2
    assert capsys.readouterr().err == "build/b/plan.json: No space left on device\n"


def test_run_hands_its_options_on_and_returns_the_batchs_exit_code(
    monkeypatch, capsys, batch_file, tmp_path
) -> None:
    seen = {}

    def run_batch(batch, build, **options):
        seen.update(options, batch=batch.batch, build=build)

        class Result:
            plan = SimpleNamespace(build=tmp_path / "build")
            exit_code = 1

            def __str__(self):
                return "3 runs: 2 made, 1 failed"

        return Result()

    monkeypatch.setattr("analysis.batch.run_batch", run_batch)
    monkeypatch.chdir(tmp_path)
    options = ("--only", "9901", "--only", "9902/school", "--workers", 3, "--force", "--no-render")
    options += ("--kernels", "ordinary", "--timeout", 60, "--memory", 500)
    options += ("--cluster", "tcp://10.0.0.5:8786")
    assert command(monkeypatch, "run", batch_file, "--build", "there", *options) == 1
    seen.pop("console")
    assert str(seen.pop("build")) == "there"
    assert seen == {
        "batch": "b",
        "only": ("9901", "9902/school"),
        "workers": 3,
        "force": True,
        "formats": (),
        "limits": RunLimits(kernels="ordinary", seconds=60, memory_mib=500),
        "cluster": "tcp://10.0.0.5:8786",
    }
    out = capsys.readouterr().out
    assert "3 runs: 2 made, 1 failed" in out
    assert "Reports: build/index.html" in out


def test_render_takes_one_book_or_a_builds_books_and_says_what_failed(monkeypatch, capsys, tmp_path) -> None:
    book = tmp_path / "build" / "9901" / "full"
    book.mkdir(parents=True)
    (book / "_quarto.yml").touch()
    made = SimpleNamespace(engine="embedded", version="1", files={"html": book / "_report/index.html"})
    asked = []

    def render(folder, *, engine, formats):
        asked.append((folder, engine, formats))
        return made

    monkeypatch.setattr("analysis.report.render", render)
    assert command(monkeypatch, "render", book, "--engine", "embedded", "--to", "html, pdf") == 0
    assert asked == [(book, "embedded", ("html", "pdf"))]
    assert "_report/index.html" in capsys.readouterr().out

    def wrong(folder, *, engine, formats):
        raise RenderError("unknown shortcode", where="index.qmd, line 3")

    monkeypatch.setattr("analysis.report.render", wrong)
    assert command(monkeypatch, "render", book) == 2
    assert "index.qmd, line 3: unknown shortcode" in capsys.readouterr().err


def test_the_demos_data_are_made_once(monkeypatch, capsys, tmp_path) -> None:
    made = []

    def make_country(store):
        made.append(store)
        shutil.rmtree(store, ignore_errors=True)
        store.mkdir(parents=True)

    monkeypatch.setattr("analysis.demo.make_country", make_country)
    monkeypatch.setattr("analysis.core.settings.Batch.store", tmp_path / "demo")
    assert command(monkeypatch, "demo", "--data-only") == 0
    assert command(monkeypatch, "demo", "--data-only") == 0
    assert made == [tmp_path / "demo"]
    assert capsys.readouterr().out.count("Making the synthetic country's data") == 1


def test_a_demo_of_another_size_has_its_own_batch_and_data(monkeypatch, capsys, tmp_path) -> None:
    made = []

    class InThisProcess(Pool):
        def submit(self, task, /, *args, **options):
            return SimpleNamespace(result=lambda: task(*args, **options))

    monkeypatch.setattr("analysis.batch.demodata.Pool", InThisProcess)
    monkeypatch.setattr("analysis.demo.make_nation", lambda store: made.append(store) or store.mkdir())
    monkeypatch.setattr("analysis.core.settings.Batch.store", tmp_path / "country")
    assert command(monkeypatch, "demo", "--size", "country", "--data-only") == 0
    assert made == [tmp_path / "country"]
    assert command(monkeypatch, "demo", "--size", "contry") == 2
    assert "did you mean 'country'?" in capsys.readouterr().err


def test_plan_says_what_would_run_and_makes_nothing(monkeypatch, capsys, batch_file) -> None:
    asked = {}

    def make_plan(batch, build, **options):
        asked.update(options, batch=batch.batch, build=build)

    intents = Intents((Intent("9901/school", "run", "changed: answers"), Intent("9902/school", "unchanged")))
    monkeypatch.setattr("analysis.batch.make_plan", make_plan)
    monkeypatch.setattr("analysis.batch.read_intents", lambda plan: intents)
    build = batch_file.parent / "build"
    assert command(monkeypatch, "plan", batch_file, "--build", build, "--only", "9901", "--force") == 0
    assert asked == {"only": ("9901",), "force": True, "batch": "b", "build": build}
    assert capsys.readouterr().out.splitlines() == [
        "2 runs: 1 would run, 1 unchanged",
        "",
        "would run:",
        "  1: changed: answers",
        "      9901/school",
    ]
    assert not build.exists()


def test_the_warm_kernel_is_installed_without_opening_anything(monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr("analysis.batch.lab.open_lab", lambda *_: pytest.fail("it was opened"))
    assert command(monkeypatch, "lab", "--kernel-only") == 0
    kernel = tmp_path / "share/jupyter/kernels/tilstand"
    assert f"installed: {kernel}" in capsys.readouterr().out
    assert '"provisioner_name": "tilstand-warm"' in (kernel / "kernel.json").read_text()


def test_lab_opens_this_pythons_jupyterlab_in_the_projects_folder(monkeypatch, tmp_path) -> None:
    called = []
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    monkeypatch.setattr("os.execv", lambda path, arguments: called.append((path, arguments)))
    monkeypatch.setattr("os.chdir", called.append)
    assert command(monkeypatch, "lab", "--no-browser") == 0
    root, (path, arguments) = called
    assert (root / "notebooks").is_dir()
    assert path == sys.executable
    assert arguments[1:3] == ["-m", "jupyterlab"]
    assert arguments[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={root}" in arguments
    assert (tmp_path / "share/jupyter/kernels/tilstand/kernel.json").is_file()


@pytest.mark.parametrize(
    ("option", "given", "expected"),
    [
        ("--memory", "1x", "a whole number of MiB, such as 2048"),
        ("--timeout", "1h", "a number of seconds, such as 600"),
        ("--workers", "2.5", "a whole number of processes, such as 2"),
    ],
)
def test_a_number_that_is_none_is_said_where_it_was_given(
    option, given, expected, monkeypatch, capsys, batch_file
) -> None:
    assert command(monkeypatch, "run", batch_file, option, given) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"{option}: ")
    assert said[1:] == [f"  found:    {given!r}", f"  expected: {expected}"]


def test_a_time_limit_that_is_no_number_is_refused() -> None:
    with pytest.raises(SettingsError, match="no run can end in that"):
        checked_limits(RunLimits(seconds=float("nan")), 1)


def test_a_report_may_have_twice_a_notebooks_share_of_memory_and_never_more_than_there_is(
    monkeypatch,
) -> None:
    monkeypatch.setattr("analysis.batch.run.usable_memory", lambda: 8 * 2**30)
    found = {n: checked_limits(RunLimits(), n) for n in (1, 4)}
    assert [(found[n].memory_mib, found[n].report_memory_mib) for n in (1, 4)] == [(8192, 8192), (2048, 4096)]
    given = checked_limits(RunLimits(memory_mib=500), 4)
    assert (given.memory_mib, given.report_memory_mib) == (500, 500)
