"""Public holidays of places, from the `holidays` library."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache, lru_cache

from rules.values import Holiday


class PublicHolidays:
    """The `Calendars` port. A place is a country ("PT") or a part of one ("DE-BY"), as in ISO 3166.

    The library is imported at the first question: it costs more than a cold start may.
    """

    def holidays(self, place: str, first_year: int, last_year: int) -> tuple[Holiday, ...]:
        """In order of their dates, both years inclusive; raises ValueError for a place the library lacks."""
        return _holidays(_known(place.strip().upper()), first_year, last_year)


@lru_cache(maxsize=1024)
def _holidays(place: str, first_year: int, last_year: int) -> tuple[Holiday, ...]:
    import holidays

    country, _, part = place.partition("-")
    found = holidays.country_holidays(
        country, subdiv=part or None, years=range(first_year, last_year + 1), observed=True
    )
    return tuple(Holiday(on, name) for on, name in sorted(found.items()))


@cache
def _places() -> dict[str, tuple[str, ...]]:
    """The parts of each country that the library knows."""
    import holidays

    return {country: tuple(parts) for country, parts in holidays.list_supported_countries().items()}


def _known(place: str) -> str:
    country, dash, part = place.partition("-")
    places = _places()
    if country not in places:
        advice = _advice(country, list(places))
        raise ValueError(f"There are no public holidays known for {place!r}; {advice}")
    if dash and part not in places[country]:
        raise ValueError(f"{country} has no part {part!r}; {_advice(place, _parts(country))}")
    return place


def _parts(country: str) -> list[str]:
    return [f"{country}-{part}" for part in _places()[country]] or [country]


def _advice(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=3, cutoff=0.5) or sorted(known)[:3]
    return f"did you mean {' or '.join(close)}?"
