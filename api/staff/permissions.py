"""What each role may do. One table, for pages and calls alike."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the console; a person may be several."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    AGENT = "agent"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """As the console names it."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.EDITOR: "编辑",
    Role.REVIEWER: "审核",
    Role.AGENT: "坐席",
    Role.ADMINISTRATOR: "管理员",
}


class Permission(StrEnum):
    """Something that may be allowed."""

    VIEW_ENTRIES = "view_entries"
    EDIT_ENTRIES = "edit_entries"
    REVIEW_ENTRIES = "review_entries"
    PUBLISH = "publish"
    TEST = "test"
    WORK_UNANSWERED = "work_unanswered"
    IMPORT = "import"
    EXPORT = "export"
    VIEW_CONVERSATIONS = "view_conversations"
    WORK_TICKETS = "work_tickets"
    VIEW_DASHBOARD = "view_dashboard"
    SWITCH = "switch"
    VIEW_AUDIT = "view_audit"
    MANAGE_PEOPLE = "manage_people"


_EVERYBODY = {Permission.VIEW_ENTRIES, Permission.TEST, Permission.VIEW_DASHBOARD}
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.EDITOR: frozenset(
        _EVERYBODY | {Permission.EDIT_ENTRIES, Permission.WORK_UNANSWERED, Permission.IMPORT, Permission.EXPORT}
    ),
    Role.REVIEWER: frozenset(
        _EVERYBODY
        | {Permission.REVIEW_ENTRIES, Permission.PUBLISH, Permission.WORK_UNANSWERED, Permission.EXPORT}
        | {Permission.VIEW_CONVERSATIONS, Permission.SWITCH}
    ),
    Role.AGENT: frozenset(_EVERYBODY | {Permission.VIEW_CONVERSATIONS, Permission.WORK_TICKETS}),
    Role.ADMINISTRATOR: frozenset(
        _EVERYBODY
        | {Permission.EXPORT, Permission.VIEW_CONVERSATIONS, Permission.SWITCH}
        | {Permission.VIEW_AUDIT, Permission.MANAGE_PEOPLE}
    ),
}
"""An administrator manages people and switches and writes no law: who may publish is decided by the role 审核 alone."""


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that somebody with these roles may do."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
