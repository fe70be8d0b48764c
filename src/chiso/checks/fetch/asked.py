"""The book of one visit: what was asked for, what may still be, and how much room is left."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from chiso.checks.fetch import addresses
from chiso.checks.network import Limits

#: how many pages of a role one visit asks for at most
MOST = {
    "item": 12, "sample": 5, "service_list": 3, "procedure": 8, "apply": 4, "form": 5, "feed": 2,
}  # fmt: skip
#: pages kept free for what the service portal leads to, out of `Limits.pages`
RESERVE = 14
#: pages kept free for forms and first steps while procedures are chosen
RESERVE_LAST = 6
SERVICE_ROLES = frozenset(
    ("service_portal", "service_list", "procedure", "apply", "form", "tracking",
     "service_statistics")
)  # fmt: skip
_SPARING = frozenset(("item", "sample", "procedure", "feed"))

SearchKind = Literal["known", "unaccented", "nonsense"]
KeyT = TypeVar("KeyT", str, int)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to ask for: why, and where its link stood ("hint" when the body named it)."""

    url: str
    role: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class WantedSearch:
    """A query to ask of the portal's own search, and what must be found."""

    kind: SearchKind
    url: str
    query: str
    expected: str = ""
    expected_url: str = ""


class Book:
    """What one visit has asked for, by page; the random numbers and the own hosts of the visit."""

    def __init__(self, limits: Limits, seed: int, domains: tuple[str, ...]) -> None:
        self.limits = limits
        self.random = random.Random(seed)  # noqa: S311 - a sample, not a secret
        self.family = addresses.Family(domains)
        self.counts: Counter[str] = Counter()
        self._asked = 0
        self._roles: dict[str, set[str]] = {}  # page → what it was wanted for

    def want(
        self, url: str, role: str, text: str, source: str, *, external: bool = False,
        file: bool = False,
    ) -> Iterator[Wanted]:  # fmt: skip
        """The page, unless it was asked for, must not be, or there is no room for it.

        `external` allows hosts that are not the body's own, `file` what does not look like a page.
        """
        url = addresses.normalised(url)
        key = addresses.key(url)
        if not url or addresses.harmful(url) or not (external or self.family.owns(url)):
            return
        if key in self._roles:
            self._roles[key].add(role)  # one page may serve several ends
            return
        wrong_kind = not (file or role == "form" or addresses.is_page(url))
        if wrong_kind or not self._has_room(role):
            return
        self.take(url, role)
        yield Wanted(url, role, text[:300], source)

    def take(self, url: str, role: str) -> None:
        """Enter a page as asked for."""
        key = addresses.key(url)
        if key not in self._roles:
            self._asked += role != "home" or not self.counts["home"]
        self._roles.setdefault(key, set()).add(role)
        self.counts[role] += 1
        family = role.partition(":")[0]
        if family != role:
            self.counts[family] += 1

    def take_file(self, url: str) -> None:
        """Enter a feed or sitemap, which does not count among the pages."""
        self._roles.setdefault(addresses.key(url), {"file"})

    def alias(self, url: str, roles: Iterable[str]) -> None:
        """Enter the address that a page turned out to have after its redirects."""
        self._roles.setdefault(addresses.key(url), set()).update(roles)

    def roles(self, url: str) -> set[str]:
        """What a page was wanted for; empty where it was not."""
        return set(self._roles.get(addresses.key(url), ()))

    def is_asked(self, url: str) -> bool:
        """Whether the page was asked for as a page."""
        roles = self.roles(url)
        return bool(roles) and "file" not in roles

    def shuffled(self, values: Iterable[KeyT]) -> list[KeyT]:
        """The values in a seeded order that does not depend on how they came."""
        found = sorted(values)
        self.random.shuffle(found)
        return found

    def _has_room(self, role: str) -> bool:
        family = role.partition(":")[0]
        if family in MOST and self.counts[family] >= MOST[family]:
            return False
        left = self.limits.pages - self._asked
        if family not in _SPARING:
            return left > 0
        # small limits keep their share: a tenth for the last steps, a quarter for services
        if family == "procedure":
            return left > min(RESERVE_LAST, self.limits.pages // 10)
        return left > min(RESERVE, self.limits.pages // 4)
