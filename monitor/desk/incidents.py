"""The pages of incidents: look at one, answer it, and acknowledge it by the link of an alert.

A GET changes nothing, whoever makes it: mail gateways and chat programs follow links. The forms of
the incident page are posted from the page itself or not at all. Does not render (`incidentpage`)
nor decide what an answer or a repair does (`core.answers`, `core.repairs`).
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.core.answers import Answer
from monitor.core.dossier import Dossier
from monitor.core.duties import is_answered, raised_at
from monitor.core.recovery import Recovery
from monitor.core.repairs import Joining, Wish
from monitor.core.settings import AlertSettings
from monitor.core.tickets import InvalidTicket, Purpose, Ticket, sealed, unsealed
from monitor.core.types import Incident
from monitor.desk.bodies import body_of
from monitor.desk.forms import (
    REPAIRS,
    VERBS,
    actor_of,
    answer_of,
    clicked,
    fields,
    wish_of,
)
from monitor.desk.guard import is_foreign
from monitor.desk.incidentpage import (
    BLANK,
    Draft,
    Frame,
    click_page,
    form_policy,
    incident_page,
    notice_page,
    refusal_page,
)
from monitor.desk.once import Once
from monitor.errors import DatabaseError, InputError, MonitorError, NotFoundError
from monitor.ports import Clock

log = structlog.get_logger()

_FORM = "application/x-www-form-urlencoded"
_MOST = 2**63 - 1
_EXPIRED = "the page had been open for too long; this is how things stand now"
_NOT_WRITTEN = "the database could not be written; try again in a moment"
_STATUS = {InvalidTicket.FORGED: 404, InvalidTicket.EXPIRED: 410, InvalidTicket.EARLY: 403}


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentDesk:
    """What the pages ask of the rest of the program. All may raise `MonitorError`."""

    clock: Clock
    settings: Callable[[], AlertSettings]
    #: What links and forms are signed with.
    key: Callable[[], Awaitable[bytes]]
    #: `NotFoundError` if there is no such incident; `InputError` if the answer cannot be given.
    dossier: Callable[[int], Awaitable[Dossier]]
    #: Of the whole brand, day by day: too much to ask for where it is not shown.
    recovery: Callable[[int], Awaitable[Recovery]]
    take: Callable[[int, Answer], Awaitable[Incident]]
    #: Of the grouping, with the name of who wants it; raises as `take` does.
    repair: Callable[[int, Wish, str], Awaitable[None]]
    once: Once = field(default_factory=Once)

    def routes(self) -> list[Route]:
        return [
            Route("/incidents/{number:int}", self.show),
            Route("/incidents/{number:int}/{verb}", self.answer, methods=["POST"]),
            Route("/a/{ticket}", self.ask),
            Route("/a/{ticket}", self.click, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        try:
            return await self._page(_number(request))
        except MonitorError as e:
            return _refused(e, self.clock())

    async def answer(self, request: Request) -> Response:
        """One of the forms of the incident page."""
        try:
            return await self._answer(request, _number(request), request.path_params["verb"])
        except MonitorError as e:
            return _refused(e, self.clock())

    async def ask(self, request: Request) -> Response:
        """The link of an alert: shows what can be done, does nothing."""
        try:
            return await self._ask(request.path_params["ticket"])
        except MonitorError as e:
            return _refused(e, self.clock())

    async def click(self, request: Request) -> Response:
        """The button of that page."""
        try:
            return await self._click(request, request.path_params["ticket"])
        except MonitorError as e:
            return _refused(e, self.clock())

    async def _page(self, number: int, *, draft: Draft = BLANK, status: int = 200) -> Response:
        found = await self.dossier(number)
        found = replace(found, recovery=await self.recovery(number))
        now = self.clock()
        form = Ticket(
            purpose=Purpose.FORM,
            incident_id=number,
            raised_at=raised_at(found.incident),
            issued_at=now,
        )
        frame = _frame(now)
        page = incident_page(
            found,
            settings=self.settings(),
            frame=frame,
            token=sealed(await self.key(), form),
            draft=draft,
        )
        # With "no-referrer" browsers would hide from us that the form is our own.
        headers = {"Referrer-Policy": "same-origin"}
        return _html(page, frame, status=status, headers=headers)

    async def _answer(self, request: Request, number: int, verb: str) -> Response:
        if verb not in {*VERBS, *REPAIRS}:
            raise NotFoundError(f"there is no way to {verb[:20]} an incident")
        form = await _posted(request)
        if form is None or is_foreign(request.headers):
            return _foreign(self.clock())
        ticket = await self._unsealed(form.get("token", ""), Purpose.FORM)
        if ticket is InvalidTicket.EXPIRED:
            return await self._page(number, draft=_draft(verb, form, _EXPIRED), status=403)
        if isinstance(ticket, InvalidTicket) or ticket.incident_id != number:
            return _foreign(self.clock())
        return await self._taken(ticket, verb, form)

    async def _taken(self, ticket: Ticket, verb: str, form: Mapping[str, str]) -> Response:
        number = ticket.incident_id
        try:
            act = self._act(ticket, verb, form)
            with self.once.of(verb, form) as is_new:
                if is_new:
                    await act.carry_out()
                    log.info("answered", incident=number, verb=verb, by=act.actor)
        except InputError as e:
            return await self._page(number, draft=_draft(verb, form, str(e)), status=409)
        except DatabaseError as e:
            # It may be read all the same, as while somebody else writes.
            log.warning("answer not written", incident=number, verb=verb, error=str(e))
            return await self._page(number, draft=_draft(verb, form, _NOT_WRITTEN), status=503)
        return RedirectResponse(f"/incidents/{act.goes_on}", status_code=303)

    def _act(self, ticket: Ticket, verb: str, form: Mapping[str, str]) -> _Act:
        number = ticket.incident_id
        if verb in REPAIRS:
            actor, wish = actor_of(form), wish_of(verb, form)
            goes_on = wish.into if isinstance(wish, Joining) else number
            return _Act(actor, goes_on, partial(self.repair, number, wish, actor))
        answer = answer_of(verb, form, raised_at=ticket.raised_at, now=self.clock())
        return _Act(answer.actor, number, partial(self.take, number, answer))

    async def _ask(self, text: str) -> Response:
        ticket = await self._unsealed(text, Purpose.ACKNOWLEDGE)
        if isinstance(ticket, InvalidTicket):
            return _void(ticket, self.clock())
        incident = (await self.dossier(ticket.incident_id)).incident
        frame = _frame(self.clock())
        return _html(click_page(incident, waits=_waits(incident, ticket), frame=frame), frame)

    async def _click(self, request: Request, text: str) -> Response:
        form = await _posted(request)
        if form is None or is_foreign(request.headers, opaque=True):
            return _foreign(self.clock())
        ticket = await self._unsealed(text, Purpose.ACKNOWLEDGE)
        if isinstance(ticket, InvalidTicket):
            return _void(ticket, self.clock())
        answer = clicked(form, raised_at=ticket.raised_at)
        try:
            await self.take(ticket.incident_id, answer)
            log.info("acknowledged by link", incident=ticket.incident_id, by=answer.actor)
        except InputError as e:
            # Clicked twice, or too late: the page says how it stands.
            log.info("link without effect", incident=ticket.incident_id, why=str(e))
        return RedirectResponse(f"/a/{text}", status_code=303)

    async def _unsealed(self, text: str, purpose: Purpose) -> Ticket | InvalidTicket:
        return unsealed(await self.key(), text, purpose=purpose, now=self.clock())


@dataclass(frozen=True, slots=True)
class _Act:
    """What a form asks for."""

    actor: str
    #: The incident whose page is shown then.
    goes_on: int
    carry_out: Callable[[], Awaitable[object]]


def _waits(incident: Incident, ticket: Ticket) -> bool:
    if not incident.status.is_live or is_answered(incident):
        return False
    return ticket.raised_at == raised_at(incident)


def _draft(verb: str, form: Mapping[str, str], complaint: str) -> Draft:
    return Draft(verb=verb, fields=form, complaint=complaint)


def _number(request: Request) -> int:
    number: int = request.path_params["number"]
    if number > _MOST:
        raise NotFoundError("there is no such incident")
    return number


async def _posted(request: Request) -> Mapping[str, str] | None:
    """The fields of a form; None for anything that our pages do not send."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return None
    body = await body_of(request)
    return None if body is None else fields(body)


def _frame(now: datetime) -> Frame:
    return Frame(now=now, nonce=secrets.token_urlsafe(16))


def _html(
    page: str, frame: Frame, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    armour = {"Content-Security-Policy": form_policy(frame.nonce), **(headers or {})}
    return Response(page, status, media_type="text/html", headers=armour)


def _void(refusal: InvalidTicket, now: datetime) -> Response:
    frame = _frame(now)
    return _html(refusal_page(refusal, frame=frame), frame, status=_STATUS[refusal])


def _refused(error: MonitorError, now: datetime) -> Response:
    if isinstance(error, NotFoundError):
        return _notice(str(error), now, status=404)
    if isinstance(error, InputError):
        return _notice(str(error), now, status=400)
    log.warning("incident page without database", error=str(error))
    return _notice("the database did not answer", now, status=503)


def _foreign(now: datetime) -> Response:
    return _notice("this form did not come from the page; open it again", now, status=403)


def _notice(why: str, now: datetime, *, status: int) -> Response:
    frame = _frame(now)
    return _html(notice_page(why, frame=frame), frame, status=status)
