"""What the database's threads hand over happens in the event loop, in order, however rarely the loop is woken."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial

import pytest

from storage.mailbox import Mailbox


class Counting(asyncio.SelectorEventLoop):
    """A loop that knows how often another thread woke it."""

    woken = 0

    def _write_to_self(self) -> None:
        self.woken += 1
        super()._write_to_self()  # type: ignore[misc]


def elsewhere(acts: Iterable[Callable[[], object]]) -> None:
    """Does all of it in another thread, while the loop here is held up."""
    thread = threading.Thread(target=lambda: [act() for act in acts])
    thread.start()
    thread.join()


def test_what_is_handed_over_at_a_time_wakes_the_loop_once_and_happens_in_order() -> None:
    loop = Counting()
    mailbox = Mailbox(loop)
    happened: list[int] = []

    for round_of_three in (range(3), range(3, 6)):
        elsewhere(partial(mailbox.put, partial(happened.append, number)) for number in round_of_three)
        loop.run_until_complete(asyncio.sleep(0.01))

    loop.close()
    assert happened == [0, 1, 2, 3, 4, 5]
    assert loop.woken == 2


def test_what_happens_may_hand_over_more() -> None:
    loop = Counting()
    mailbox = Mailbox(loop)
    happened: list[str] = []

    def first() -> None:
        happened.append("first")
        mailbox.put(partial(happened.append, "then"))

    elsewhere([partial(mailbox.put, first)])
    loop.run_until_complete(asyncio.sleep(0.01))

    loop.close()
    assert happened == ["first", "then"]


def test_one_that_fails_keeps_none_behind_it_back() -> None:
    loop = Counting()
    loop.set_exception_handler(lambda _loop, context: happened.append(str(context["exception"])))
    mailbox = Mailbox(loop)
    happened: list[str] = []

    def fails() -> None:
        raise LookupError("broken")

    elsewhere(partial(mailbox.put, act) for act in (fails, partial(happened.append, "behind it")))
    loop.run_until_complete(asyncio.sleep(0.01))

    loop.close()
    assert happened == ["broken", "behind it"]


def test_a_loop_that_is_closed_is_not_woken() -> None:
    loop = Counting()
    mailbox = Mailbox(loop)
    loop.close()

    elsewhere([partial(mailbox.put, partial(pytest.fail, "nobody is there"))])

    assert loop.woken == 0


async def test_the_outcome_of_anothers_work_is_its_result_or_its_error() -> None:
    mailbox = Mailbox(asyncio.get_running_loop())
    done, failed = Future[int](), Future[int]()

    elsewhere([partial(done.set_result, 7), partial(failed.set_exception, LookupError("broken"))])

    assert await mailbox.outcome(done) == 7
    with pytest.raises(LookupError, match="broken"):
        await mailbox.outcome(failed)


async def test_who_waits_for_what_was_given_up_elsewhere_is_cancelled_too() -> None:
    mailbox = Mailbox(asyncio.get_running_loop())
    given_up = Future[int]()

    elsewhere([given_up.cancel])

    with pytest.raises(asyncio.CancelledError):
        await mailbox.outcome(given_up)


async def test_who_is_cancelled_gives_up_what_was_not_begun_and_leaves_what_was() -> None:
    mailbox = Mailbox(asyncio.get_running_loop())
    waiting, begun = Future[int](), Future[int]()
    assert begun.set_running_or_notify_cancel()
    asking = [asyncio.create_task(mailbox.outcome(one)) for one in (waiting, begun)]
    await asyncio.sleep(0)

    for task in asking:
        task.cancel()
    ended = await asyncio.gather(*asking, return_exceptions=True)
    begun.set_result(7)
    await asyncio.sleep(0)

    assert [type(one) for one in ended] == [asyncio.CancelledError] * 2
    assert (waiting.cancelled(), begun.result()) == (True, 7)
