"""The catalogue's part about access: what its operations answer, and their parameters."""

from __future__ import annotations

from http import HTTPStatus

from pydantic import BaseModel

from services.query.access import told
from shared.runtime.documented import Answer, Operation, Parameter

ACCESS = "Access"
ACCESS_WORDS = "Who may come in, with which certificate, and what is open to him: applications, companies, rights."
_MISSING = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_CHANGED = (*_MISSING, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


def _list(form: type[BaseModel]) -> Operation:
    return Operation(ACCESS, {200: Answer("A page, in the order of the ids.", form)}, (HTTPStatus.FORBIDDEN,))


def _one(form: type[BaseModel], *problems: HTTPStatus) -> Operation:
    return Operation(ACCESS, {200: Answer("As it stands.", form)}, problems or _MISSING)


def _changed(form: type[BaseModel]) -> Operation:
    return Operation(ACCESS, {200: Answer("As it stands now.", form)}, _CHANGED)


def _made(form: type[BaseModel], **headers: str) -> Operation:
    return Operation(ACCESS, {201: Answer("It is written.", form, headers=headers)}, _CHANGED)


OPERATIONS = {
    "post_applications": _made(told.ApplicationMade, Location="Where those who decide see it."),
    "post_application_state": _one(told.ApplicationState, HTTPStatus.NOT_FOUND),
    "get_applications": _list(told.Applications),
    "get_application": _one(told.ApplicationTold),
    "post_application_review": _changed(told.ApplicationDecided),
    "post_application_confirm": _changed(told.ApplicationDecided),
    "post_application_refuse": _changed(told.ApplicationDecided),
    "post_companies": _made(told.CompanyTold),
    "get_companies": _list(told.Companies),
    "get_company": _one(told.CompanyTold),
    "put_agreement": _changed(told.CompanyTold),
    "get_rights": _list(told.RightsTold),
    "post_rights": _made(told.RightTold),
    "post_right_revoke": _changed(told.RightTold),
    "post_delegations": _made(told.RightTold),
    "post_delegation_revoke": _changed(told.RightTold),
    "get_clients": _list(told.Clients),
    "get_client": _one(told.ClientTold),
    "post_client_end": _changed(told.ClientTold),
    "post_certificate_revoke": _changed(told.ClientTold),
    "get_me": _one(told.OwnAccount, HTTPStatus.FORBIDDEN),
    "post_certificates": _made(told.ClientTold),
    "post_erasures": Operation(ACCESS, {204: Answer("It is erased.")}, _CHANGED),
    "get_events": _list(told.Events),
}
PARAMETERS = {
    "application": Parameter("From its list.", "5b2f0c9a7d114e38"),
    "company": Parameter("A company's id.", "ACME"),
    "agreement": Parameter("Its number.", "A-2026-17", {"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}),
    "right": Parameter("From its list.", "9d0c6f5b2a417e83"),
    "client": Parameter("A client's id.", "ACME-9f86d081"),
    "fingerprint": Parameter("SHA-256 of the public key, in hex.", "9f86d081884c7d65"),
    "reason": Parameter("Why; stands in the event.", "key_exposed"),
    "of": Parameter("An id.", "ACME"),
}
