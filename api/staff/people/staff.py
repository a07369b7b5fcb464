"""Who is signed in, as every page and service of the console knows them."""

from dataclasses import dataclass

from api.staff.permissions import Permission, Role, permissions_of
from api.storage.staff_models import StaffMember


@dataclass(frozen=True)
class Staff:
    """Somebody signed in. `csrf` must come with everything they send."""

    id: int
    username: str
    name: str
    roles: frozenset[Role]
    csrf: str
    must_change_password: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles allows it."""
        return permission in permissions_of(self.roles)


def staff_of(member: StaffMember, csrf: str) -> Staff:
    """The person of an account, in a session."""
    roles = frozenset(Role(role) for role in member.roles if role in set(Role))
    return Staff(member.id, member.username, member.name, roles, csrf, member.must_change_password)


SYSTEM = Staff(0, "system", "系统", frozenset(), "")
"""Who does what nobody asked for just then: publications at a set time, clean-ups."""
NOBODY = Staff(0, "", "未登录", frozenset(), "")
"""Who tried to sign in and could not."""
