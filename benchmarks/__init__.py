"""Time and memory of import, a service run, a report and the demo: `python -m benchmarks`."""
