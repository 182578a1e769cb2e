"""All routes that query offers to programs: what is served, and what the interface's document tells."""

from __future__ import annotations

from services.query.access.applications_api import applications_api
from services.query.access.clients_api import clients_api
from services.query.access.companies_api import companies_api
from services.query.api import api
from services.query.feed.api import feed_api
from services.query.measured_api import measured_api
from services.query.tokens.api import tokens_api
from services.query.topology_api import topology_api
from services.query.trail.api import trail_api

ROUTES = (
    api,
    measured_api,
    topology_api,
    feed_api,
    tokens_api,
    applications_api,
    companies_api,
    clients_api,
    trail_api,
)
