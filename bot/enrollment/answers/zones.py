"""The time zone a person lives in: by zip code, by area code, else the program's own."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers


@lru_cache(maxsize=256)
def place_of(zip_code: str) -> tuple[str, str, str] | None:
    """(city, state, time zone) of a US zip code by the data of `zipcodes`; None when it is not in there."""
    # Opening its data takes a good part of a second, once.
    import zipcodes

    found = zipcodes.matching(zip_code)
    return (found[0]["city"], found[0]["state"], found[0]["timezone"]) if found else None


def is_city(name: str) -> bool:
    """Whether a US city or town is called so (any case)."""
    import zipcodes

    return bool(zipcodes.filter_by(city=" ".join(word.capitalize() for word in name.split())))


def zone_for(zip_code: str | None, phone: str | None, default: ZoneInfo) -> ZoneInfo:
    """Where the zip code is; else where the phone number's area code is, if that is in one zone; else `default`."""
    place = place_of(zip_code) if zip_code else None
    return _zone(place[2] if place else None) or _zone(_by_phone(phone)) or default


def _by_phone(phone: str | None) -> str | None:
    if not phone:
        return None
    from phonenumbers import timezone

    zones = timezone.time_zones_for_number(phonenumbers.parse(phone, "US"))
    return zones[0] if len(zones) == 1 else None


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except ZoneInfoNotFoundError:
        return None
