"""A broker that lets in who has a password, and lets him do what its access control lists say."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest

from deploy.local import kafka_jars
from deploy.local.kafka import Kafka
from deploy.local.ports import LOOPBACK, free_ports
from shared.events.acls import Acl, Operation, Pattern, Resource

ADMINISTRATOR = "administrator"
UNNAMED = "ANONYMOUS"
"""Who comes by the listener without passwords: a service of ours, with the permissions of its name."""
_RESOURCE = {Resource.TOPIC: 2, Resource.GROUP: 3, Resource.TRANSACTIONAL_ID: 5}
_PATTERN = {Pattern.LITERAL: 3, Pattern.PREFIXED: 4}
_OPERATION = {
    Operation.READ: 3,
    Operation.WRITE: 4,
    Operation.CREATE: 5,
    Operation.DELETE: 6,
    Operation.DESCRIBE: 8,
}
_ALLOW = 3


class SecuredKafka(Kafka):
    """One node with two listeners: one for users with passwords, made at this moment, and one for our service."""

    def __init__(self, folder: Path, users: Iterable[str]) -> None:
        plain, controller, secured = free_ports(3)
        super().__init__(folder / "kafka", folder / "kafka.log", (plain, controller), kafka_jars.class_path())
        self.secured = f"{LOOPBACK}:{secured}"
        self._passwords = {user: secrets.token_urlsafe(16) for user in (ADMINISTRATOR, *users)}

    def properties(self) -> dict[str, object]:
        """The broker's properties: whoever has a password is a user, and nothing is allowed that no list allows."""
        users = "".join(f' user_{user}="{password}"' for user, password in self._passwords.items())
        own = f'username="{ADMINISTRATOR}" password="{self._passwords[ADMINISTRATOR]}"'
        login = f"org.apache.kafka.common.security.plain.PlainLoginModule required {own}{users};"
        open_to_all = super().properties()
        return {
            **open_to_all,
            "listeners": f"{open_to_all['listeners']},USERS://{self.secured}",
            "advertised.listeners": f"{open_to_all['advertised.listeners']},USERS://{self.secured}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,USERS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "inter.broker.listener.name": "USERS",
            "sasl.enabled.mechanisms": "PLAIN",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.users.plain.sasl.jaas.config": login,
            "listener.name.controller.plain.sasl.jaas.config": login,
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:{ADMINISTRATOR}",
            "allow.everyone.if.no.acl.found": "false",
        }

    def as_user(self, user: str) -> dict[str, Any]:
        """Return what a client of aiokafka needs to come as a user."""
        return {
            "bootstrap_servers": self.secured,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": user,
            "sasl_plain_password": self._passwords[user],
        }

    async def allow(self, acls: Iterable[Acl]) -> None:
        """Give permissions, as whoever installs the broker does."""
        admin = AIOKafkaAdminClient(**self.as_user(ADMINISTRATOR))
        await admin.start()
        try:
            for acl in acls:
                answer = await admin._send_request(_creation(acl))
                assert [code for code, _ in answer.creation_responses] == [0], answer
        finally:
            await admin.close()


def _creation(acl: Acl) -> CreateAclsRequest:
    where = _RESOURCE[acl.resource], acl.name, _PATTERN[acl.pattern]
    return CreateAclsRequest(*where, f"User:{acl.principal}", "*", _OPERATION[acl.operation], _ALLOW)
