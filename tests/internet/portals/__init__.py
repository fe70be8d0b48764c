"""Labelled portals of invented provinces: what each check must say of them."""

from __future__ import annotations

import datetime as dt

from tests.internet.model import Portal
from tests.internet.portals import broken, liferay, nukeviet, own, sharepoint


def all_portals(day: dt.date) -> list[Portal]:
    """All portals as they stand on a day: fresh news are fresh as seen from it."""
    return [
        *own.portals(day),
        *sharepoint.portals(day),
        *liferay.portals(day),
        *nukeviet.portals(day),
        *broken.portals(day),
    ]
