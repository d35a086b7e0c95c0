"""Where a customer can be named is known column by column, so that a new one is not forgotten when customers are."""

from __future__ import annotations

from sqlalchemy import JSON, LargeBinary, String, TypeDecorator
from sqlmodel import SQLModel

from storage.columns import Moment
from storage.customers_named import CHATS, FACTS

# What is written there nobody writes about a customer: states, keys, settings, people of the store, codes.
NOT_NAMING = {
    *("stores", "store_rules", "staff", "groups", "contacts", "invites", "meta", "card_codes", "reminders"),
    *("webchat_chats", "case_team", "leave_halves", "designer_offers", "approvals_asked"),
}
# What goes with the customer, or with their case; of others only the name is looked at.
GONE = {"customers", "case_files", "webchat_files", "cases"}
# Kinds, states, whose it is, what a platform calls it; an error is kept without its message.
NOT_WORDS = {
    *("kind", "state", "grade", "role", "roles", "rule", "rules", "verb", "subject", "about", "department", "phone"),
    *("channel", "account", "address", "event_id", "lane", "error", "recipient", "via", "dedupe", "message_ref"),
    *("chat", "sender", "form", "asked", "trail", "mark", "step", "clock_left", "paper", "file", "album"),
    *("audience", "coming", "attendance", "half"),
}


def test_a_column_with_words_in_it_is_looked_through_when_a_customer_is_forgotten() -> None:
    named = {
        (str(table.__tablename__), name)
        for looked in (CHATS, FACTS)
        for table, names in looked.items()
        for name in names
    }

    written = {
        (table.name, one.name)
        for table in SQLModel.metadata.sorted_tables
        for one in table.columns
        if table.name not in NOT_NAMING | GONE and is_written(one.type) and one.name not in NOT_WORDS
    }

    assert written - named == set()


def is_written(kind: object) -> bool:
    inner = kind.impl if isinstance(kind, TypeDecorator) and not isinstance(kind, Moment) else kind
    return isinstance(inner, (String, JSON, LargeBinary)) and not isinstance(kind, Moment)
