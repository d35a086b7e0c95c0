"""Codes for what is refused for sure and no page names: these are the likeliest."""

from __future__ import annotations

UNKNOWN_CODE = {
    "subscribed too often": 45009,
    "too many messages": 45009,
    "unknown command": 40066,
    "too long": 45002,
    "empty content": 44004,
    "task_id used before": 42014,
    "another card's task_id": 42014,
    "too many pieces": 846611,
    "no such upload": 846613,
    "piece too large": 846614,
    "other content than announced": 846615,
    "stream has ended": 846605,
}
