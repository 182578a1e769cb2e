"""All pages of access."""

from __future__ import annotations

from services.query.access.pages.account_page import account_pages
from services.query.access.pages.apply_pages import apply_pages
from services.query.access.pages.client_pages import client_pages
from services.query.access.pages.company_pages import company_pages
from services.query.access.pages.deciding import deciding
from services.query.access.pages.review_pages import review_pages
from services.query.access.pages.taking_back import taking_back

ACCESS_PAGES = (apply_pages, account_pages, company_pages, taking_back, client_pages, review_pages, deciding)
