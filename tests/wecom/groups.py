"""appchat: the groups that an app makes and speaks in. Nobody answers there, and no card goes there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tests.wecom import contents
from tests.wecom.pace import DAY, MINUTE
from tests.wecom.refusals import JSON, Refused
from tests.wecom.things import App, Group, Post
from tests.wecom.typed import Typed
from tests.wecom.world import World

CHAT_ID = re.compile(r"[0-9a-zA-Z]{1,32}")
LONGEST_NAME = 50
FEWEST, MOST = 2, 2000
EVERYBODY = "@all"
PER_MINUTE, PER_DAY = 200, 10_000
MENTION = re.compile(r"<@([^>\s]+)>")


def create(world: World, app: App, body: Typed) -> JSON:
    body.knows_only("name", "owner", "userlist", "chatid")
    _may_have_groups(app)
    name = body.text("chatid") or f"group{world.number():06}"
    if not CHAT_ID.fullmatch(name):
        raise Refused(86001, "invalid chatid")
    if name in world.groups:
        raise Refused(86215, "chatid exists")
    members = _members(world, body.texts("userlist"))
    group = Group(name, _name(body), _sized(members), _owner(body, members), app)
    world.groups[name] = group
    return {"chatid": name}


def update(world: World, app: App, body: Typed) -> JSON:
    body.knows_only("chatid", "name", "owner", "add_user_list", "del_user_list")
    group = _group(world, app, body.text("chatid"))
    gone = [one.lower() for one in body.texts("del_user_list")]
    stay = [*group.members, *_members(world, body.texts("add_user_list"))]
    members = _sized(list(dict.fromkeys(one for one in stay if one not in gone)))
    owner = _owner(body, members) if "owner" in body else group.owner if group.owner in members else members[0]
    group.name = _name(body) or group.name
    group.members, group.owner = members, owner
    return {}


def get(world: World, app: App, query: Mapping[str, str]) -> JSON:
    group = _group(world, app, query.get("chatid", ""))
    users = [world.members[one].userid for one in group.members]
    owner = world.members[group.owner].userid
    return {
        "chat_info": {"chatid": group.id, "name": group.name, "owner": owner, "userlist": users, "chat_type": 0},
    }


def send(world: World, app: App, body: Typed) -> JSON:
    kind = body.text("msgtype")
    body.knows_only("chatid", "msgtype", "safe", kind)
    group = _group(world, app, body.text("chatid"))
    if kind == "template_card":
        raise Refused(40008, "invalid message type")
    content = contents.content(world, body, kind)
    readers = [key for key in group.members if _may_get(world, app, key)]
    post(world, group, kind, content, named(kind, content, body.inside(kind)), readers)
    return {}


def post(
    world: World, group: Group, kind: str, content: JSON, wanted: Iterable[str], readers: Iterable[str] | None = None
) -> None:
    """Who is mentioned and not in the group hears nothing of it."""
    asked = {one.lower() for one in wanted}
    mentioned = tuple(one for one in group.members if EVERYBODY in asked or one in asked)
    got = tuple(group.members if readers is None else readers)
    group.posts.append(Post(kind, content, got, mentioned, world.clock()))


def named(kind: str, content: JSON, inside: Typed) -> list[str]:
    """Whom a text names in its list, and a text or a markdown with `<@userid>`."""
    if kind in ("text", "markdown"):
        inside.knows_only("content", *(["mentioned_list"] if kind == "text" else []))
    listed = inside.texts("mentioned_list") if kind == "text" else []
    return [*listed, *MENTION.findall(content.get("content", ""))]


def _may_have_groups(app: App) -> None:
    if not app.sees_root:
        raise Refused(48002, "api forbidden")


def _group(world: World, app: App, name: str) -> Group:
    _may_have_groups(app)
    if not name:
        raise Refused(40050, "chatid missing")
    if name not in world.groups:
        raise Refused(86003, "chatid not found")
    if world.groups[name].app is not app:
        raise Refused(86008, "the group is not of this app")
    return world.groups[name]


def _name(body: Typed) -> str:
    name = body.text("name")
    if len(name) > LONGEST_NAME:
        raise Refused(86004, "invalid chat name")
    return name


def _members(world: World, userids: list[str]) -> list[str]:
    keys = list(dict.fromkeys(one.lower() for one in userids))
    if not all(one in world.members for one in keys):
        raise Refused(86007, "invalid chat member")
    return keys


def _sized(members: list[str]) -> list[str]:
    if not FEWEST <= len(members) <= MOST:
        raise Refused(86006, "invalid chat member count")
    return members


def _owner(body: Typed, members: list[str]) -> str:
    """The first, where nobody is named."""
    owner = body.text("owner").lower() or members[0]
    if owner not in members:
        raise Refused(86005, "invalid chat owner")
    return owner


def _may_get(world: World, app: App, key: str) -> bool:
    """Too many for a member are dropped, and nobody is told."""
    posts = [one for group in world.groups.values() if group.app is app for one in group.posts if key in one.readers]
    ages = [world.clock() - one.at for one in posts]
    return sum(age < MINUTE for age in ages) < PER_MINUTE and sum(age < DAY for age in ages) < PER_DAY
