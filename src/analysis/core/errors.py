"""Errors that are shown to a user without a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TilstandError(Exception):
    """Something a user can mend: says where, what was found, what was expected and what to do.

    >>> print(TilstandError("unknown service", where="params/demo.yaml: services[0]", found="'skol'",
    ...                     expected="one of: school", todo="correct the name"))
    params/demo.yaml: services[0]: unknown service
      found:    'skol'
      expected: one of: school
      to do:    correct the name
    """

    def __init__(
        self, what: str, *, where: str = "", found: str = "", expected: str = "", todo: str = ""
    ) -> None:
        self.what, self.where, self.found, self.expected, self.todo = what, where, found, expected, todo
        lines = [f"{where}: {what}" if where else what]
        lines += [
            f"  {name:<9} {text}"
            for name, text in (("found:", found), ("expected:", expected), ("to do:", todo))
            if text
        ]
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple:
        """Keep the parts when the error crosses from a worker process."""
        return _rebuild, (type(self), self.what, self.where, self.found, self.expected, self.todo)


def _rebuild(kind: type[TilstandError], *parts: str) -> TilstandError:
    what, where, found, expected, todo = parts
    error = kind.__new__(kind)
    TilstandError.__init__(error, what, where=where, found=found, expected=expected, todo=todo)
    return error


class SettingsError(TilstandError):
    """A settings file (batch, questionnaire, mapping, steering) holds something wrong."""


class DataError(TilstandError):
    """Survey data cannot be read or break the rules of the questionnaire."""


class StatisticsError(TilstandError):
    """A statistic cannot be computed from what was given."""


class RenderError(TilstandError):
    """A report's sources hold something that cannot be rendered."""


class BuildError(TilstandError):
    """A build folder is missing, incomplete or in use."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, as the end of a message.

    >>> nearest("servces", ["services", "year"])
    "did you mean 'services'?"
    """
    match = difflib.get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.5)
    return f"did you mean {match[0]!r}?" if match else ""
