"""Which municipalities and services a batch makes reports on."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.core.errors import SettingsError, nearest
from analysis.core.paths import checked_code
from analysis.core.settings import ALL, EDITIONS, Batch
from analysis.survey import Store

#: Names in the build folder that are not municipalities' or services'.
_TAKEN = {"municipality": ("reference", "runs", "national"), "service": ("municipality", *EDITIONS)}


@dataclass(frozen=True)
class Places:
    """The services of each municipality, both in order, and what was left out and why."""

    services: dict[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


def choose_places(batch: Batch, store: Store) -> Places:
    """Return what the batch's `municipalities` and `services` stand for in this store.

    A municipality gets the services that it has units or invited users in. Raises SettingsError
    where the batch names what the store does not have.
    """
    there = {service: municipalities_with(store, service) for service in store.services()}
    known = sorted({str(code) for code in store.municipalities()["code"]}.union(*there.values()))
    services = _chosen(batch, "services", tuple(there))
    municipalities = _chosen(batch, "municipalities", tuple(known))
    notes = _check_years(batch, store, services)
    chosen: dict[str, tuple[str, ...]] = {}
    for place in municipalities:
        own = tuple(s for s in services if place in there[s])
        if own:
            chosen[place] = own
        elif batch.municipalities == ALL:
            notes.append(f"{place}: none of the services, left out")
        else:
            raise SettingsError(
                "the municipality has none of the services",
                where=f"{batch.path}: municipalities",
                found=repr(place),
                expected="a municipality with data on " + ", ".join(services),
            )
    return Places(chosen, tuple(notes))


def _chosen(batch: Batch, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    given: tuple[str, ...] = getattr(batch, key)
    kind = {"municipalities": "municipality", "services": "service"}[key]
    names = known if given == ALL else given
    for i, name in enumerate(names):
        where = f"{batch.store}" if given == ALL else f"{batch.path}: {key}[{i}]"
        checked_code(name, where=where, kind=kind)
        if name not in known:
            raise SettingsError(
                f"no such {kind} in the data",
                where=where,
                found=repr(name),
                expected="one of " + ", ".join(known[:12]) + (", …" if len(known) > 12 else ""),
                todo=nearest(name, known) or f"correct the {kind}, or import its data",
            )
        if name in _TAKEN[kind]:
            raise SettingsError(
                f"the {kind} has a name that the build folder needs itself",
                where=where,
                found=repr(name),
                expected="another code than " + ", ".join(_TAKEN[kind]),
            )
    return names


def _check_years(batch: Batch, store: Store, services: tuple[str, ...]) -> list[str]:
    """Raise SettingsError for a service without any round of the batch; note one without the last."""
    rounds = {service: store.years(service) for service in services}
    for service, years in rounds.items():
        if not set(years) & set(batch.years) or not any(batch.year in known for known in rounds.values()):
            raise SettingsError(
                f"{service} has no round in this year",
                where=f"{batch.path}: year",
                found=", ".join(map(str, batch.years)),
                expected="one of " + ", ".join(map(str, years)),
                todo="correct the year, or leave the service out of services",
            )
    return [f"{s}: no round in {batch.year}" for s, years in rounds.items() if batch.year not in years]


def municipalities_with(store: Store, service: str) -> set[str]:
    """Return the municipalities that have units or invited users in a service."""
    tables = (store.units(service=service), store.frame(service=service))
    return {str(code) for table in tables for code in table["municipality"].dropna()}
