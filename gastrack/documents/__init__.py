"""The documents that are generated from code, one function each: `python -m gastrack.documents` writes them all.

A test fails when one of them is stale.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from deploy.edge.examples import envoy_example, nginx_example
from deploy.kubernetes import alerts, edge, kafka
from deploy.monitoring.boards.board import BOARDS, board
from gastrack.documents.alert_list import alert_list
from gastrack.documents.events import events
from gastrack.documents.interfaces import INTERFACES, interface
from gastrack.documents.metrics import metrics
from gastrack.documents.reason_codes import reason_codes
from gastrack.documents.rules import rules
from gastrack.documents.schemas import (
    analysis_schema,
    application_schema,
    decision_schema,
    telegram_schema,
    topology_schema,
)
from gastrack.documents.settings import settings

COMPONENTS = "deploy/kustomize/components"
DOCUMENTS: dict[str, Callable[[], str]] = {
    "deploy/compose/envoy.yaml": edge.envoy_in_compose,
    "deploy/edge/envoy.yaml": envoy_example,
    "deploy/edge/nginx.conf": nginx_example,
    f"{COMPONENTS}/envoy-gateway/routes.yaml": edge.routes,
    f"{COMPONENTS}/nginx-edge/nginx.conf": edge.nginx_in_kubernetes,
    f"{COMPONENTS}/prometheus-operator/alerts.yaml": alerts.rules,
    f"{COMPONENTS}/strimzi/identities.yaml": kafka.identities,
    f"{COMPONENTS}/strimzi/topics.yaml": kafka.topics,
    f"{COMPONENTS}/strimzi/users.yaml": kafka.users,
    **{f"deploy/monitoring/grafana/dashboards/{name}.json": partial(board, name) for name in BOARDS},
    "docs/events.md": events,
    "docs/metrics.md": metrics,
    **{f"docs/openapi/{service}.json": interface(service) for service in INTERFACES},
    "docs/reason-codes.md": reason_codes,
    "docs/rules.md": rules,
    "docs/alerts.md": alert_list,
    "docs/schemas/analysis.schema.json": analysis_schema,
    "docs/schemas/application.schema.json": application_schema,
    "docs/schemas/decision.schema.json": decision_schema,
    "docs/schemas/telegram.schema.json": telegram_schema,
    "docs/schemas/topology.schema.json": topology_schema,
    "docs/settings.md": settings,
}
"""Where each document lies in the project, and what it says."""


def write(root: Path) -> None:
    """Write all documents under the project's root."""
    for name, text in DOCUMENTS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8")
