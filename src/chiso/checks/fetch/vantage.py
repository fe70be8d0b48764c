"""The vantage tests itself before it looks at others: a false "down" is mostly our own network.

Canaries are sites and names whose state is known. Where too few of them answer, the vantage is out
and what it would have seen is "not measured"; where only IPv6 or DNSSEC validation is missing,
just the checks that need them are.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from importlib import resources
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import dns.exception
import dns.name
import dns.rdatatype
from pydantic import Field, field_validator, model_validator

from chiso.checks.artifacts import Chain, Record, Vantage
from chiso.checks.fetch.asking import Server
from chiso.checks.fetch.client import Client
from chiso.checks.fetch.questions import Questions, resolvers_of
from chiso.checks.network import Network
from chiso.checks.states import ErrorClass
from chiso.checks.store import digest_of
from chiso.index.loading import parse_yaml, read_text, validate
from chiso.language import Text

A = dns.rdatatype.A


class Canaries(Record):
    """Known sites and names. `sites` and `ipv6` are URLs; `signed` and `bogus` are host names.

    `quorum` of the sites must answer; the clock may be off by `most_offset` seconds.
    """

    sites: tuple[str, ...] = Field(min_length=1)
    quorum: int = Field(4, ge=1)
    signed: tuple[str, ...] = ()
    bogus: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    most_offset: float = Field(60.0, gt=0)

    @field_validator("sites", "ipv6")
    @classmethod
    def _urls(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError(f"'{url}' is no http or https address")
        return urls

    @field_validator("signed", "bogus")
    @classmethod
    def _names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            try:
                dns.name.from_text(name)
            except dns.exception.DNSException:
                raise ValueError(f"'{name}' is no host name") from None
        return names

    @model_validator(mode="after")
    def _enough(self) -> Canaries:
        if self.quorum > len(set(self.sites)):
            raise ValueError(f"a quorum of {self.quorum} needs as many sites")
        return self


def load_canaries(path: Path | None = None) -> Canaries:
    """Read canaries from YAML; without a path, those that come with chiso.

    Raises InvalidInput with every fault by line.
    """
    if path is None:
        text = (resources.files(__package__) / "canaries.yaml").read_text("utf-8")
        name = "canaries.yaml"
    else:
        text, name = read_text(path), str(path)
    tree, lines = parse_yaml(text, name)
    return validate(Canaries, tree, lines, name)


async def self_test(network: Network, canaries: Canaries) -> Vantage:
    """Test this machine's network, names and clock; never raises for what the network does.

    `clock_offset` is the median over the sites of their Date (RFC 9110, 6.6.1; whole seconds, so
    half a second is added) less our time in the middle of the request, in seconds: positive where
    our clock is slow. `validates` is True only if every first resolver gives a signed name as
    authentic and refuses a bogus one that it gives unchecked. `ok` is False where too few sites
    answer or the clock is off; `detail` then says what to do, in Vietnamese and English.
    """
    at = dt.datetime.now(dt.UTC)
    async with Client(network, digest_of) as client:
        chains, sixth, validates = await asyncio.gather(
            asyncio.gather(*(_ask(client, url) for url in canaries.sites)),
            _reaches_ipv6(client, canaries),
            _validates(network, canaries),
        )
    alive = dict(zip(canaries.sites, map(_is_alive, chains), strict=True))
    offset = clock_offset(chains)
    ok, detail = _verdict(canaries, alive, chains, offset)
    used = {":" in chain.final.address for chain in chains if _is_alive(chain)}
    return Vantage(
        id=network.vantage,
        at=at,
        ipv4=(False in used) if used else None,
        ipv6=sixth,
        resolvers=tuple(server.name for server in resolvers_of(network)),
        validates=validates,
        clock_offset=offset,
        canaries=alive,
        ok=ok,
        detail=detail.vi and f"{detail.vi} / {detail.en}",
    )


async def _ask(client: Client, url: str, family: Literal[4, 6] | None = None) -> Chain:
    return await client.get(
        url, method="HEAD", robots=False, polite=False, follow=False, family=family
    )


def _is_alive(chain: Chain) -> bool:
    """Any answer shows that the way there is open, an error page as well."""
    return chain.final.error is None and chain.final.status is not None


async def _reaches_ipv6(client: Client, canaries: Canaries) -> bool | None:
    """Whether one of the IPv6 sites answers over IPv6; None where none is named."""
    if client.network.ipv6 == "off":
        return False
    if not canaries.ipv6:
        return None
    chains = await asyncio.gather(*(_ask(client, url, 6) for url in canaries.ipv6))
    return any(_is_alive(chain) for chain in chains)


async def _validates(network: Network, canaries: Canaries) -> bool | None:
    """Whether every first resolver validates; None where that cannot be told."""
    if not canaries.signed or not canaries.bogus:
        return None
    servers = resolvers_of(network.model_copy(update={"second_resolvers": ()}))
    if not servers:
        return None
    told = await asyncio.gather(*(_resolver_validates(s, canaries) for s in servers))
    if False in told:
        return False
    return None if None in told else True


async def _resolver_validates(server: Server, canaries: Canaries) -> bool | None:
    """A bogus name given freely settles it; otherwise one signed name must come as authentic and
    one bogus name must be refused though it is there (RFC 4035, 3.2.2 and 3.2.3)."""
    questions = Questions()
    refused = authentic = False
    for name in map(dns.name.from_text, canaries.bogus):
        reply = await questions.ask(server, name, A)
        if reply.records() is not None:
            return False
        unchecked = await questions.ask(server, name, A, checking=False)
        refused |= reply.failed and unchecked.records() is not None
    for name in map(dns.name.from_text, canaries.signed):
        reply = await questions.ask(server, name, A)
        authentic |= reply.authentic and reply.records() is not None
    return True if refused and authentic else None


def clock_offset(chains: Sequence[Chain]) -> float | None:
    """Seconds to be added to our clock, as the median over the sites; None without a Date."""
    offsets = []
    for chain in chains:
        exchange = chain.final
        try:
            date = parsedate_to_datetime(exchange.header("Date"))
        except (TypeError, ValueError, OverflowError):
            continue
        if date.tzinfo is None:
            continue  # "-0000": the server does not know its zone
        middle = exchange.at + dt.timedelta(milliseconds=(exchange.timings.total or 0.0) / 2)
        offsets.append((date - middle).total_seconds() + 0.5)
    return round(statistics.median(offsets), 3) if offsets else None


def _verdict(
    canaries: Canaries, alive: dict[str, bool], chains: Sequence[Chain], offset: float | None
) -> tuple[bool, Text]:
    """Whether the vantage may look at others, and if not, what to do."""
    count, total = sum(alive.values()), len(alive)
    if count < canaries.quorum:
        return False, _unreached(canaries, alive, chains, f"{count}/{total}")
    if offset is not None and abs(offset) > canaries.most_offset:
        return False, Text(
            f"Đồng hồ của máy đo lệch {abs(offset):.0f} giây; hãy đồng bộ giờ (NTP) rồi chạy lại.",
            f"The clock of this machine is off by {abs(offset):.0f} s; set it by NTP and run "
            "again.",
        )
    return True, Text()


def _unreached(
    canaries: Canaries, alive: dict[str, bool], chains: Sequence[Chain], count: str
) -> Text:
    failed = [chain.final for chain in chains if not _is_alive(chain)]
    names = ", ".join(urlsplit(url).hostname or url for url, up in alive.items() if not up)
    errors = {exchange.error for exchange in failed}
    if errors == {ErrorClass.STOPPED}:
        return Text(
            "Có lệnh dừng (tệp dừng); hãy xóa tệp dừng rồi chạy lại.",
            "A stop was ordered (stop file); remove the file and run again.",
        )
    in_names = all((error or "").startswith("dns") for error in errors)
    cause_vi = "máy chủ phân giải tên miền" if in_names else "đường truyền, tường lửa"
    cause_en = "the resolvers" if in_names else "the line and the firewall"
    why = ", ".join(sorted(str(error) for error in errors if error))
    return Text(
        f"Chỉ {count} trang đối chứng trả lời (cần {canaries.quorum}): mạng của máy đo có lỗi, "
        f"không kết luận về cổng nào. Hãy kiểm tra {cause_vi} rồi chạy lại. "
        f"Không trả lời: {names} ({why}).",
        f"Only {count} canaries answer ({canaries.quorum} are needed): the fault is in our own "
        f"network and nothing is said of any portal. Check {cause_en} and run again. "
        f"Silent: {names} ({why}).",
    )
