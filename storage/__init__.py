"""Tables and their queries, a file a subject; knows nothing of chat."""

from storage import approvals, audit, dialogs, inbox, leave, meta, outbox, reminders, staff, stores, webchat

__all__ = [
    "approvals",
    "audit",
    "dialogs",
    "inbox",
    "leave",
    "meta",
    "outbox",
    "reminders",
    "staff",
    "stores",
    "webchat",
]
