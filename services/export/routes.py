"""All routes of the export service."""

from __future__ import annotations

from services.export.api import api
from services.export.deliveries_api import deliveries_api
from services.export.jobs_api import jobs_api
from services.export.manifests_api import api as manifests_api
from services.export.result_api import result_api
from services.export.schedules_api import schedules_api

ROUTES = (api, jobs_api, result_api, schedules_api, deliveries_api, manifests_api)
"""In the order in which they are told."""
