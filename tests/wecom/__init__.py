"""A strict fake of WeCom's server: it refuses what the real one refuses, with the real codes, on a clock of its own.

What it checks, by the numbers of what a faithful fake must check:
    1 tokens of each app, their end, 40013 40001 42001 40014 41001, 45009 after too many    2 tokens that die early
    3 the allow list, 60020    4 agentid    5 receivers, invaliduser in small letters, 81013    6 bytes, cut and told
    7 the duplicate check    8 what is dropped silently, 45009 for an API and for a robot    9 cards of all kinds, 43012
    10 11 response codes and updates    12 recall    13 media of an app and of a robot    14 appchat    15 robots
    16 wrong types are overlooked and told    17 menus    18 who opened a page
    and the directory, agent/get, getcallbackip
    19 the proof    20 signatures and receivers    21 a callback that comes again, later or at once    22 24 26 events
    23 whatever is answered, which is told of
What it does not check:
    14 textcard, news and mpnews    15 news    25 27 are the desk's
    28 to 34 are of the AI bot: tests/wecom_bot
Where the documentation names no code, `refusals.UNKNOWN_CODE` says so.
"""

from tests.wecom.fake import FakeWeCom
from tests.wecom.people import Person, Seen

__all__ = ["FakeWeCom", "Person", "Seen"]
