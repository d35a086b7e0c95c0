"""What WeCom's error codes mean for a delivery. Its words change and are for people; only the codes are looked at."""

from __future__ import annotations

import httpx

from bot.talk import DeliveryError

BUSY = -1
WRONG_SECRET = 40001
INVALID_MEDIA = 40007
NO_CALLBACK = 43012
EMPTY_MEDIA = 44001
TOO_MANY_CALLS = 45009
NOT_PERMITTED = 48002
TOO_LARGE_MEDIA = 830002
SPENT_CODE = 60140
NOBODY_REACHED = 81013
# The token is dead, whatever it is called: one that is too old may be called illegal too.
DEAD_TOKEN = frozenset({40014, 42001})
# The app, its secret, its address or its rights are wrong: whoever runs the bot mends it, then everything goes out.
MISCONFIGURED = DEAD_TOKEN | {
    *(WRONG_SECRET, 40013, 40056, 40091, 41001, NO_CALLBACK),
    *(NOT_PERMITTED, 48006, 50003, 60020, 301002),
}
# There is no such member: never, or not any more.
UNKNOWN_MEMBER = frozenset({40003, 46004, 60111})
# The address of a group's robot is wrong, or the robot was taken out of the group.
NO_ROBOT = 93000
# The app has no such group: unknown, or another app's; one that it wants to make is there.
NO_GROUP = frozenset({86001, 86003, 86008})
GROUP_EXISTS = 86215
# Nothing that is said to this member or group arrives: unknown, gone, or out of the app's sight.
SHUT = UNKNOWN_MEMBER | NO_GROUP | {50002, 60011, NOBODY_REACHED, NO_ROBOT}
# How long WeCom wants to be left alone.
WAITS = {TOO_MANY_CALLS: 60.0, 45033: 5.0, 45035: 5.0, 45036: 60.0}
MISCONFIGURED_SECONDS = 60.0
# The request did not leave: nobody can have read it.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
# Something behind WeCom's front broke or was too slow, and may have done what it was asked.
MAYBE_DONE = (500, 504)
LONGEST_SAID = 200

# What asking WeCom may raise besides its refusals.
Trouble = httpx.HTTPError | httpx.InvalidURL


class WeComError(Exception):
    """WeCom refused: `code` is its errcode, `said` its words."""

    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(f"{code} {said[:LONGEST_SAID]}".strip())
        self.code = code
        self.said = said


# What asking WeCom may raise, as `except` takes it.
ASKED_IN_VAIN = (WeComError, httpx.HTTPError, httpx.InvalidURL)


def failure(error: WeComError | Trouble) -> DeliveryError:
    """What became of the message: never, later, not like this, or nobody knows.

    What may have arrived is tried so many times and no more: each time it may be read once more.
    """
    if isinstance(error, WeComError):
        return _refusal(error)
    # What the library says of a request may hold its address, and that holds the token.
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        return DeliveryError(f"HTTP {status}", unreached=status not in MAYBE_DONE)
    return DeliveryError(type(error).__name__, unreached=isinstance(error, NOT_SENT))


def _refusal(error: WeComError) -> DeliveryError:
    said = f"WeCom: {error}"
    if error.code == BUSY:
        return DeliveryError(said)
    if error.code in WAITS:
        return DeliveryError(said, retry_after=WAITS[error.code], unreached=True)
    if error.code in MISCONFIGURED:
        return DeliveryError(said, retry_after=MISCONFIGURED_SECONDS, unreached=True)
    return DeliveryError(said, permanent=error.code in SHUT, refused=error.code not in SHUT)


def is_spent(error: WeComError) -> bool:
    """The card cannot be changed by this code: it was used, or three days have passed."""
    return error.code == SPENT_CODE
