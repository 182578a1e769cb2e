"""All routes of the export service."""

from __future__ import annotations

from services.export.api import api
from services.export.deliveries.api import deliveries_api
from services.export.jobs.api import jobs_api
from services.export.jobs.result_api import result_api
from services.export.manifests.api import api as manifests_api
from services.export.schedules.api import schedules_api

ROUTES = (api, jobs_api, result_api, schedules_api, deliveries_api, manifests_api)
"""In the order in which they are told."""
