"""Who may see what: the caller of a call, the requests that they see, the permit that is theirs."""

from __future__ import annotations

from fastapi import Request

from maskgate.base.errors import RefusedError
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.gate.view import View, open_permit


def must_know(request: Request) -> Caller:
    """The caller.

    Raises:
        RefusedError: nobody signed in and nobody signed the call.
    """
    caller: Caller | None = request.state.caller
    if caller is None:
        raise RefusedError("not_signed_in", "Sign the call with an enrolled key, or sign in.")
    return caller


def may_read(context: Context, request: Request) -> Caller | None:
    """The caller if reading is allowed."""
    caller: Caller | None = request.state.caller
    return caller if caller is not None or context.settings.console.public_read else must_know(request)


def may_read_figures(context: Context, request: Request) -> Caller | None:
    """The caller if they may see who reviews and how: an agent has no use for it but to choose whom to talk round.

    Raises:
        RefusedError: codes ``not_signed_in``, ``forbidden``.
    """
    caller = may_read(context, request)
    if caller is not None and not caller.person_id:
        raise RefusedError("forbidden", "This is for people; a program sees its own requests.")
    return caller


def may_read_metrics(context: Context, request: Request) -> None:
    """Refuse strangers, unless the settings say that figures are for everybody (``console.public_figures``).

    Raises:
        RefusedError: code ``not_signed_in``.
    """
    if not context.settings.console.public_figures:
        must_know(request)


def sees(caller: Caller | None, view: View) -> bool:
    """Reviewers see every request, a program only its own."""
    if caller is None or caller.person_id:
        return True
    who = view.entry.request.requester
    return caller.principal in (who.principal, who.owner)


def find(context: Context, request_id: str, caller: Caller | None) -> View:
    """The request of an id or of an unambiguous part of it.

    Raises:
        RefusedError: code ``not_found``.
    """
    view = context.index.get(request_id)
    if view is None:
        ids = context.index.resolve(request_id)
        view = context.index.get(ids[0]) if len(ids) == 1 else None
    if view is None or not sees(caller, view):
        raise RefusedError("not_found", "There is no such request, or it is not yours to see.")
    return view


def permit_for(context: Context, caller: Caller | None, view: View) -> str:
    """The permit, for who asked and nobody else, opened for this answer: it lies nowhere in the clear."""
    asked = caller is not None and caller.principal == view.entry.request.requester.principal
    return open_permit(view, context.intake) if asked else ""


def voting_groups(context: Context, caller: Caller) -> tuple[str, ...]:
    """Groups a person decides for, their own and lent ones."""
    lent = context.registry.people.lent_to(caller.person_id, int(context.clock() * 1000))
    return tuple(dict.fromkeys([*caller.groups, *(g for d in lent for g in d.groups)]))
