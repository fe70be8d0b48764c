"""Turns at a browser."""

import asyncio

from chiso.checks.fetch.turns import Turns


def test_a_timed_page_has_the_browser_to_itself_and_others_go_side_by_side():
    turns, inside, most = Turns(2), [], {True: 0, False: 0}

    async def page(alone):
        async with turns.take(alone=alone):
            inside.append(alone)
            most[alone] = max(most[alone], len(inside))
            assert not (True in inside and len(inside) > 1)
            await asyncio.sleep(0.001)
            inside.remove(alone)

    async def all_pages():
        await asyncio.gather(*(page(number % 3 == 0) for number in range(30)))

    asyncio.run(all_pages())
    assert most == {True: 1, False: 2}


def test_a_turn_that_is_cancelled_while_waiting_keeps_nobody_out():
    async def scene():
        turns = Turns(2)
        async with turns.take(alone=False):
            waiting = asyncio.create_task(_take(turns))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(1), turns.take(alone=True):
            return True

    assert asyncio.run(scene())


async def _take(turns):
    async with turns.take(alone=True):
        pass
