"""Every story on every channel."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.transcripts.conftest import CHANNELS, Shop
from tests.transcripts.stories import STORIES, Story


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
@pytest.mark.parametrize("shop", CHANNELS, indirect=True)
def test_the_story_goes_the_same_on_every_channel(shop: Shop, story: Story) -> None:
    story(shop)


def test_every_channel_has_all_stories(request: pytest.FixtureRequest) -> None:
    rows = [getattr(item, "callspec", None) for item in request.session.items]
    told = [row.params["shop"] for row in rows if row is not None and "story" in row.params]

    assert Counter(told) == dict.fromkeys(CHANNELS, len(STORIES))
