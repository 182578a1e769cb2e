"""An application's way: who decides, in which order, and what nobody may do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.access.acting import Acting
from shared.access.application import Application, Asked, Grant, State
from shared.access.caller import Caller
from shared.access.company import Agreement, Company
from shared.access.refused import ChangeRefusedError, Kind
from shared.access.roles import Role, Task
from tests.registered import NOW, YEARS, a_key, fingerprint_of

SIGNED = Agreement("A-1", *YEARS)
ACME = Company("ACME", "Acme NV", (SIGNED, Agreement("OLD", date(2019, 1, 1), date(2020, 1, 1))))
STAFF = {
    "carla": frozenset({Role.COMMERCIAL}),
    "sven": frozenset({Role.SECURITY}),
    "both": frozenset({Role.COMMERCIAL, Role.SECURITY}),
    "anna": frozenset({Role.ADMINISTRATOR}),
}
GRANT = Grant(YEARS, YEARS, node="N", lines=True)


def applied() -> Application:
    """Return a new application."""
    asked = Asked("Acme NV", SIGNED, Role.GATEWAY, nodes=("N",), stations=("BE-0042",))
    return Application("1", asked, a_key("anna"), NOW)


class Applications(RuleBasedStateMachine):
    """Anybody tries anything in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.application = applied()

    @rule(who=st.sampled_from(["carla", "both"]))
    def review(self, who: str) -> None:
        """Somebody of the commercial role accepts."""
        self._try(lambda one: one.reviewed(Acting(who, NOW), ACME, "A-1", [GRANT]), State.APPLIED)

    @rule(who=st.sampled_from(["sven", "both"]))
    def confirm(self, who: str) -> None:
        """Somebody of the security role accepts."""
        self._try(lambda one: one.confirmed(Acting(who, NOW), fingerprint_of("anna"), ACME, "c"), State.REVIEWED)

    @rule(who=st.sampled_from(sorted(STAFF)))
    def refuse(self, who: str) -> None:
        """Anybody refuses."""
        caller = Caller(who, STAFF[who])
        self._try(lambda one: one.refused(caller, NOW, "why"), State.APPLIED, State.REVIEWED)

    def _try(self, step: Callable[[Application], Application], *states: State) -> None:
        before = self.application
        if before.state in states:
            with suppress(ChangeRefusedError):
                self.application = step(before)
                assert self.application.steps[: len(before.steps)] == before.steps
            return
        with pytest.raises(ChangeRefusedError, match="STATE") as caught:
            step(before)
        assert caught.value.kind is Kind.CONFLICT

    @invariant()
    def two_people_let_somebody_in(self) -> None:
        """Each step was taken by somebody whose task it was; whoever is confirmed was seen by two."""
        reached = [step.state for step in self.application.steps]
        assert reached in (
            *([], [State.REVIEWED], [State.REVIEWED, State.CONFIRMED]),
            *([State.REFUSED], [State.REVIEWED, State.REFUSED]),
        )
        assert self.application.state is (reached[-1] if reached else State.APPLIED)
        tasks = (Task.REVIEW, Task.CONFIRM)
        for step, task in zip(self.application.steps, tasks, strict=False):
            assert Caller(step.by, STAFF[step.by]).may(task)
        if self.application.state is State.CONFIRMED:
            assert len({step.by for step in self.application.steps}) == 2


Applications.TestCase.settings = settings(max_examples=200, stateful_step_count=6)
TestApplications = Applications.TestCase


def test_the_same_person_does_not_do_both() -> None:
    """Whatever roles he has."""
    both = Acting("both", NOW)
    reviewed = applied().reviewed(both, ACME, "A-1", [])
    with pytest.raises(ChangeRefusedError, match="SAME_PERSON") as caught:
        reviewed.confirmed(both, fingerprint_of("anna"), ACME, "c")
    assert caught.value.kind is Kind.CONFLICT


def test_the_fingerprint_must_be_the_one_that_was_read_out() -> None:
    """Somebody who confirms without looking is stopped."""
    reviewed = applied().reviewed(Acting("carla", NOW), ACME, "A-1", [])
    with pytest.raises(ChangeRefusedError, match="FINGERPRINT"):
        reviewed.confirmed(Acting("sven", NOW), fingerprint_of("bart"), ACME, "c")


def test_what_ended_meanwhile_is_not_confirmed() -> None:
    """The certificate, or the agreement."""
    reviewed = applied().reviewed(Acting("carla", NOW), ACME, "A-1", [])
    late = Acting("sven", reviewed.key.not_after + timedelta(seconds=1))
    with pytest.raises(ChangeRefusedError, match="CERTIFICATE_EXPIRED"):
        reviewed.confirmed(late, fingerprint_of("anna"), ACME, "c")
    over = Company("ACME", "Acme NV", (Agreement("A-1", YEARS[0], date(2026, 11, 23)),))
    with pytest.raises(ChangeRefusedError, match="AGREEMENT_ENDED"):
        reviewed.confirmed(Acting("sven", NOW), fingerprint_of("anna"), over, "c")


@pytest.mark.parametrize(("agreement", "code"), [("NOPE", "UNKNOWN_AGREEMENT"), ("OLD", "AGREEMENT_ENDED")])
def test_nothing_is_reviewed_without_an_agreement(agreement: str, code: str) -> None:
    """It is the company's, and not over."""
    with pytest.raises(ChangeRefusedError, match=code):
        applied().reviewed(Acting("carla", NOW), ACME, agreement, [])


@pytest.mark.parametrize(
    ("who", "state"), [("anna", State.APPLIED), ("sven", State.APPLIED), ("carla", State.REVIEWED)]
)
def test_who_does_not_decide_does_not_refuse(who: str, state: State) -> None:
    """Each step is refused by whoever would take it."""
    application = applied()
    if state is State.REVIEWED:
        application = application.reviewed(Acting("both", NOW), ACME, "A-1", [])
    with pytest.raises(ChangeRefusedError) as caught:
        application.refused(Caller(who, STAFF[who]), NOW, "why")
    assert caught.value.kind is Kind.ROLE


def test_who_is_confirmed_is_a_client_with_what_was_granted() -> None:
    """With his role, his stations, his agreement, and a right for each grant, for him alone."""
    reviewed = applied().reviewed(Acting("carla", NOW), ACME, "A-1", [GRANT])
    confirmed = reviewed.confirmed(Acting("sven", NOW), fingerprint_of("anna"), ACME, "c")
    client = confirmed.as_client(NOW)
    assert (client.id, client.company, client.agreement, client.roles) == (
        "c",
        "ACME",
        "A-1",
        frozenset({Role.GATEWAY}),
    )
    assert client.stations == {"BE-0042"}
    (right,) = confirmed.as_rights(["r"])
    assert (right.company, right.client, right.node, right.lines, right.agreement) == ("ACME", "c", "N", True, "A-1")
