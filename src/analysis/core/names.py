"""What the files and folders of a build are called that several rooms write and read."""

from __future__ import annotations

#: What a notebook's last cell saves, and so the sign that it came to its end.
FACTS = "facts.parquet"
#: The year wheel's calendar in a municipality's run, and beside the editions that show the wheel.
CALENDAR = "year-wheel.ics"
#: The id and the folder of the one report that is of the whole batch.
NATIONAL = "national/sheet"
