"""Roles: what somebody is to the grid, and what that lets him do."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """What a route lets somebody do."""

    READ = "read measurements, topology and findings"
    DOWNLOAD = "download files"
    DELIVER = "deliver readings and analyses"
    OPERATE = "run the grid's data: decisions, topology, dead letters, retention"
    MANAGE = "manage a company's clients, certificates and delegations"
    REVIEW = "review applications, agreements and rights"
    CONFIRM = "confirm and revoke certificates"
    AUDIT = "read the whole trail"


class Role(StrEnum):
    """What a client is. Rights say of which lines; roles say for what."""

    READER = "reader"
    DOWNLOADER = "downloader"
    ADMINISTRATOR = "administrator"
    GATEWAY = "gateway"
    OPERATOR = "operator"
    COMMERCIAL = "commercial"
    SECURITY = "security"
    AUDITOR = "auditor"

    @property
    def tasks(self) -> frozenset[Task]:
        """What the role may do."""
        return _TASKS[self]

    @property
    def is_staff(self) -> bool:
        """Say whether the grid's operator alone gives this role, to people of his own."""
        return self in _STAFF


_TASKS = {
    Role.READER: frozenset({Task.READ}),
    Role.DOWNLOADER: frozenset({Task.READ, Task.DOWNLOAD}),
    Role.ADMINISTRATOR: frozenset({Task.READ, Task.DOWNLOAD, Task.MANAGE}),
    Role.GATEWAY: frozenset({Task.DELIVER}),
    Role.OPERATOR: frozenset({Task.READ, Task.DOWNLOAD, Task.DELIVER, Task.OPERATE}),
    Role.COMMERCIAL: frozenset({Task.REVIEW}),
    Role.SECURITY: frozenset({Task.CONFIRM}),
    Role.AUDITOR: frozenset({Task.AUDIT}),
}
_STAFF = frozenset({Role.OPERATOR, Role.COMMERCIAL, Role.SECURITY, Role.AUDITOR})
