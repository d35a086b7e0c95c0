"""What every front desk loads sooner or later, loaded before it is forked, and never looked through for garbage."""

from __future__ import annotations

import gc
from importlib import import_module

from sqlalchemy.orm import configure_mappers

from bot.operating.terminal import DEMO_STORE
from bot.storefile import read_store
from bot.texts import environment

LATER = ("bot.operating.serving", "storage.schema", "uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto")

for module in LATER:
    import_module(module)
configure_mappers()
environment()
read_store(DEMO_STORE.read_text("utf-8"))
gc.collect()
gc.freeze()
