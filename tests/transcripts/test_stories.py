"""Every story on every channel."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.transcripts.conftest import CHANNELS, Shop
from tests.transcripts.stories import ASKED_IN_THE_GROUP, STORIES, Story

# An app of WeCom's hears nothing in groups; its robot only speaks there.
DEAF = {"wecom": ASKED_IN_THE_GROUP}
TOLD = [(channel, story) for channel in CHANNELS for story in STORIES if story not in DEAF.get(channel, ())]


@pytest.mark.parametrize(
    ("shop", "story"), TOLD, indirect=["shop"], ids=[f"{channel}-{story.__name__}" for channel, story in TOLD]
)
def test_the_story_goes_the_same_on_every_channel(shop: Shop, story: Story) -> None:
    story(shop)


def test_every_channel_has_all_stories(request: pytest.FixtureRequest) -> None:
    rows = [getattr(item, "callspec", None) for item in request.session.items]
    told = [row.params["shop"] for row in rows if row is not None and "story" in row.params]

    expected = {channel: len(STORIES) - len(DEAF.get(channel, ())) for channel in CHANNELS}
    assert Counter(told) == expected
