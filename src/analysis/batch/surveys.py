"""The answers to a municipality's services, each service's read when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from analysis.facts import ServiceSurvey


class Surveys(Mapping[str, ServiceSurvey]):
    """Surveys by service. Few are asked for: of most services a report needs the facts alone.

    >>> opened = Surveys(("school", "water"), str.upper)
    >>> opened["water"], len(opened), "library" in opened
    ('WATER', 2, False)
    """

    def __init__(self, services: tuple[str, ...], read: Callable[[str], ServiceSurvey]) -> None:
        self._services, self._read = services, read
        self._opened: dict[str, ServiceSurvey] = {}

    def __getitem__(self, service: str) -> ServiceSurvey:
        if service not in self._services:
            raise KeyError(service)
        if service not in self._opened:
            self._opened[service] = self._read(service)
        return self._opened[service]

    def __contains__(self, service: object) -> bool:
        return service in self._services

    def __iter__(self) -> Iterator[str]:
        return iter(self._services)

    def __len__(self) -> int:
        return len(self._services)
