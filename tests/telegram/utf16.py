"""Lengths as Telegram counts them, and the entities that it finds by itself in what people and bots write."""

from __future__ import annotations

import re

from tests.telegram.refusals import JSON

# With a word character on either side, a Chinese one too, it is none: "@desk_bot请假" mentions nobody.
COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")
MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]{5,32}(?!\w)")
MOST_ENTITIES = 100


def length(text: str) -> int:
    """In UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part(text: str, entity: JSON) -> str:
    """What an entity covers."""
    units = text.encode("utf-16-le")
    return units[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")


def found_in(text: str) -> list[JSON]:
    """Commands and mentions, in order."""
    commands = [_entity("bot_command", text, match) for match in COMMAND.finditer(text)]
    taken = {entity["offset"] + entity["length"] for entity in commands}
    mentions = [_entity("mention", text, match) for match in MENTION.finditer(text)]
    mentions = [entity for entity in mentions if entity["offset"] + entity["length"] not in taken]
    return sorted(commands + mentions, key=lambda entity: int(entity["offset"]))


def trimmed(text: str, entities: list[JSON]) -> tuple[str, list[JSON]]:
    """The text without white space at its ends, its entities moved along; those left without a letter are gone."""
    cut = length(text) - length(text.lstrip())
    text = text.strip()
    end = length(text)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] - cut + entity["length"], end)
        if stop > start:
            moved.append({**entity, "offset": start, "length": stop - start})
    return text, moved


def merged(text: str, entities: list[JSON]) -> list[JSON]:
    """An author's entities with those found by Telegram; more than a hundred are dropped without a word."""
    opaque = [entity for entity in entities if entity["type"] in {"code", "pre", "text_link", "text_mention"}]
    found = [entity for entity in found_in(text) if not any(_overlap(entity, other) for other in opaque)]
    everything = sorted([*entities, *found], key=lambda entity: (entity["offset"], -entity["length"]))
    return everything[:MOST_ENTITIES]


def _entity(kind: str, text: str, match: re.Match[str]) -> JSON:
    return {"type": kind, "offset": length(text[: match.start()]), "length": length(match.group())}


def _overlap(one: JSON, other: JSON) -> bool:
    ends_before = one["offset"] + one["length"] <= other["offset"]
    starts_after = one["offset"] >= other["offset"] + other["length"]
    return not (ends_before or starts_after)
