"""What every front desk loads sooner or later, loaded before it is forked, and never looked through for garbage."""

from __future__ import annotations

import gc

import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto  # noqa: F401
from sqlalchemy.orm import configure_mappers

import bot.operating.serving
from bot.operating.terminal import DEMO_STORE
from bot.storefile import read_store
from bot.texts import environment
from storage import schema

configure_mappers()
environment()
read_store(DEMO_STORE.read_text("utf-8"))
gc.collect()
gc.freeze()
