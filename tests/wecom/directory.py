"""Who is in the corp as an app sees it, what the app itself is, and who opened a page in the WeCom client."""

from __future__ import annotations

from collections.abc import Mapping

from tests.wecom.menus import of_app
from tests.wecom.pace import MINUTE
from tests.wecom.refusals import JSON, UNKNOWN_CODE, Refused
from tests.wecom.things import App, Member
from tests.wecom.world import ROOT, World

Query = Mapping[str, str]
CALLBACK_ADDRESSES = ["101.226.103.*", "101.226.62.*"]


def get_user(world: World, app: App, query: Query) -> JSON:
    """New apps learn no number and no address of anybody."""
    userid = query.get("userid", "").lower()
    if not userid:
        raise Refused(40003, "invalid userid")
    if userid not in world.members:
        raise Refused(60111, "userid not found")
    member = world.members[userid]
    if not member.visible:
        raise Refused(60011, "no privilege to access")
    return {
        **_listed(member),
        "order": [0] * len(member.departments),
        "position": "",
        "is_leader_in_dept": [0] * len(member.departments),
        "direct_leader": [],
        "main_department": member.departments[0],
        "status": member.status,
        "alias": "",
        "extattr": {"attrs": []},
    }


def simple_list(world: World, app: App, query: Query) -> JSON:
    """Those of one department, and not of the ones below it."""
    department = _department(world, query.get("department_id", ""))
    members = [one for one in world.members.values() if one.visible and department in one.departments]
    return {"userlist": [_listed(one) for one in members]}


def list_departments(world: World, app: App, query: Query) -> JSON:
    if query.get("id"):
        _department(world, query["id"])
    return {
        "department": [
            {"id": one, "name": name, "department_leader": [], "parentid": 0 if one == ROOT else ROOT, "order": one}
            for one, name in world.departments.items()
        ]
    }


def get_app(world: World, app: App, query: Query) -> JSON:
    of_app(app, query)
    users = [{"userid": one.userid} for one in world.members.values() if one.visible]
    return {"agentid": app.agent, "name": "前台", "close": int(app.closed), "allow_userinfos": {"user": users}}


def get_callback_ip(world: World, app: App, query: Query) -> JSON:
    return {"ip_list": CALLBACK_ADDRESSES}


def get_user_info(world: World, app: App, query: Query) -> JSON:
    """Who opened a page, by the code that it was opened with."""
    code = world.page_codes.get(query.get("code", ""))
    if code is None or code.spent:
        raise Refused(40029, "invalid code")
    if world.clock() - code.at > 5 * MINUTE:
        raise Refused(42022, "code expired")
    code.spent = True
    return code.who


def _listed(member: Member) -> JSON:
    return {"userid": member.userid, "name": member.name or member.userid, "department": list(member.departments)}


def _department(world: World, given: str) -> int:
    if not given.isdigit() or int(given) not in world.departments:
        raise Refused(UNKNOWN_CODE["no such department"], "invalid department id")
    return int(given)
