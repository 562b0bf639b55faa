"""Run all benchmarks, or those that are named, and print their tables; `--write` puts them into README.md."""

from __future__ import annotations

import argparse
import sys

from benchmarks import around, batch, country, demo, import_survey, overhead, report, service_run, statistics
from benchmarks.machine import describe_machine
from benchmarks.results import report_text, write_results
from benchmarks.workspace import workspace

#: In this order: what the demo has made serves those after it.
_ALL = {
    "import_survey": import_survey,
    "demo": demo,
    "service_run": service_run,
    "around": around,
    "batch": batch,
    "overhead": overhead,
    "country": country,
    "report": report,
    "statistics": statistics,
}


def main(arguments: list[str] | None = None) -> None:
    """Run benchmarks in a folder of their own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(_ALL) + "; default: all")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    parser.add_argument("--full", action="store_true", help="countries of up to 350 municipalities: hours")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(_ALL):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(_ALL)}")
    if options.write and options.names:
        parser.error("--write puts all tables into README.md: name none")
    machine, tables = describe_machine(), []
    with workspace() as root:
        for name, benchmark in _ALL.items():
            if name in (options.names or _ALL):
                print(f"{name} …", file=sys.stderr, flush=True)
                run = getattr(benchmark, "run_full", benchmark.run) if options.full else benchmark.run
                tables.append(run(root))
    text = report_text(machine, tables)
    print(text)
    if options.write:
        write_results(text)


if __name__ == "__main__":
    main()
