"""Every route of the API."""

from __future__ import annotations

from quitus.web.routes import description, exports, files, landlords, leases, payments, plans, reports, shares, spreads
from quitus.web.routing import Route

ROUTES: tuple[Route, ...] = (
    *description.ROUTES,
    *landlords.ROUTES,
    *leases.ROUTES,
    *plans.ROUTES,
    *spreads.ROUTES,
    *shares.ROUTES,
    *payments.ROUTES,
    *files.ROUTES,
    *reports.ROUTES,
    *exports.ROUTES,
)
