"""A strict fake of the Telegram Bot API 10.0: it refuses what the real one refuses."""

from tests.telegram.clocks import StandingClock
from tests.telegram.fake import TOKEN, FakeTelegram
from tests.telegram.groups import Group, Topic
from tests.telegram.pace import Fastest, Limits
from tests.telegram.people import Person
from tests.telegram.request import FakeRequest
from tests.telegram.seen import Seen
from tests.telegram.switchboard import Made
from tests.telegram.things import BotAccount, Toast

__all__ = [
    "TOKEN",
    "BotAccount",
    "FakeRequest",
    "FakeTelegram",
    "Fastest",
    "Group",
    "Limits",
    "Made",
    "Person",
    "Seen",
    "StandingClock",
    "Toast",
    "Topic",
]
