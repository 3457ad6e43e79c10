"""`maskgate approvals`: the reviewer's desk on the command line; what counts is signed here with the reviewer's key."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from maskgate.base import config
from maskgate.base.errors import RefusedError, WorldError
from maskgate.cli._group import Group
from maskgate.cli.way import Way
from maskgate.client import Client
from maskgate.reviewer.text import render, render_page

_Command = TypeVar("_Command", bound=Callable[..., object])
_SHARED = [
    click.option("--key", "key_file", envvar="MASKGATE_KEY", help="Your key: FILE.pem, agent:FILE.pub, or agent:."),
    click.option("--url", envvar="MASKGATE_URL", help="Address of the console (default: from the configuration)."),
    click.option(
        "--kafka", "direct", is_flag=True, help="Read and write Kafka yourself instead of asking the console."
    ),
    click.option("--json", "as_json", is_flag=True, help="As JSON."),
]


def shared(function: Any) -> Any:
    """The options that every command here has."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


@click.group("approvals", cls=Group)
def command() -> None:
    """Review what is held: list, show, approve, deny, …"""


def _desk(way: Way) -> Any:
    """The API where it answers to this caller, else Kafka."""
    from maskgate.reviewer.desk import ApiDesk, KafkaDesk

    if way.direct:
        return KafkaDesk(way.settings, way.signer)
    client = Client(way.url, key=way.signer)
    click.get_current_context().call_on_close(client.close)
    try:
        client.get_json("/requests?limit=1")
    except RefusedError as error:
        if way.signer is not None or error.code != "not_signed_in":
            raise
        return KafkaDesk(way.settings, None)
    return ApiDesk(client)


@command.command("list")
@click.option("--state", default="open", help="open, all, or states with commas.")
@click.option("--tier", help="Only this tier.")
@click.option("--requester", help="Only requesters whose account has this text.")
@click.option("--mine", is_flag=True, help="Only what you may still decide (needs --key).")
@click.option("--expiring", help="Only what expires within this time, for example 30m.")
@click.option("--search", default="", help="Words in requester, destination, purpose, rule or id.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@shared
@click.pass_obj
def list_(
    config_file: str | None,
    state: str,
    tier: str | None,
    requester: str | None,
    mine: bool,
    expiring: str | None,
    search: str,
    limit: int,
    key_file: str | None,
    url: str | None,
    direct: bool,
    as_json: bool,
) -> None:
    """List requests, most urgent first."""
    way = Way(config_file, key_file, url, direct)
    within = _duration(expiring) if expiring else 0
    rows = _desk(way).list(
        state=state, tier=tier, requester=requester, mine=mine, expiring=within or "", text=search, limit=limit
    )
    if as_json:
        click.echo(json.dumps([_flat(r) for r in rows], ensure_ascii=False, indent=2))
    elif not rows:
        click.echo("Nothing.", err=True)
    else:
        _table(rows)


def _duration(text: str) -> float:
    try:
        return float(config.parse_duration(text))
    except (ValueError, TypeError):
        raise click.BadParameter(
            f"not a duration: {text!r}; write it like 30m or 2h", param_hint="--expiring"
        ) from None


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    out = {k: v for k, v in row.items() if k not in ("id", "short", "dots", "open", "title", "left", "mine_voted")}
    out["requester"] = row["requester"]["name"]
    out["requester_account"] = {k: row["requester"][k] for k in ("iss", "sub", "kind", "assurance")}
    out["expires_in_s"] = round((row["expires_at"] - time.time() * 1000) / 1000) if row["open"] else None
    return out


def _table(rows: list[dict[str, Any]]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Request", "State", "Tier", "What", "Requester", "Votes", "Time left"):
        table.add_column(name, no_wrap=name in ("Request", "State", "Tier", "Votes", "Time left"), overflow="fold")
    for r in rows:
        left = r["left"]["text"].removesuffix(" left") if r["left"] else ""
        counted = (
            f"{r['approved_n']}/{r['needed_n']}" + (f" −{r['denied_n']}" if r["denied_n"] else "") if r["open"] else ""
        )
        what = r["title"] + (f" — {r['purpose']}" if r["purpose"] else "")
        cells = (r["short"], r["state"], r["tier"], what, r["requester"]["name"], counted, left)
        table.add_row(*(Text(str(c)) for c in cells))
    Console(soft_wrap=False, width=None if sys.stdout.isatty() else 160).print(table)


@command.command("show")
@click.argument("request_id")
@click.option("--whole", is_flag=True, help="All that would leave: key, headers and value of every record, uncut.")
@click.option("--page", type=click.IntRange(1), help="Only this page of it.")
@shared
@click.pass_obj
def show(
    config_file: str | None,
    request_id: str,
    whole: bool,
    page: int | None,
    key_file: str | None,
    url: str | None,
    direct: bool,
    as_json: bool,
) -> None:
    """Show one request: who, what, why, the masked preview, the difference to the last approved, votes, time left."""
    desk = _desk(Way(config_file, key_file, url, direct))
    told = desk.show(request_id)
    if whole or page:
        _show_pages(desk, told["request_id"], page, as_json)
        return
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else render(told, _width()))


def _show_pages(desk: Any, request_id: str, wanted: int | None, as_json: bool) -> None:
    page = wanted or 1
    while True:
        told = desk.whole(request_id, page)
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else render_page(told))
        if wanted or page >= told["pages"]:
            return
        page += 1


def _width() -> int:
    """Columns of the terminal; 0 where the output is no terminal and lines stay whole."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def _reason(help_text: str, needed: bool) -> Callable[[_Command], _Command]:
    if needed:
        return click.option("--reason", "-m", help=help_text, required=True)
    return click.option("--reason", "-m", help=help_text, default="")


def _vote(name: str, decision: str, help_text: str, reason_needed: bool) -> None:
    @command.command(name, help=help_text)
    @click.argument("request_ids", nargs=-1, required=True)
    @_reason("What you checked, or why not.", reason_needed)
    @click.option("--item", "items", multiple=True, help="Only these items (a part of the id is enough).")
    @click.option("--mask", "masked", multiple=True, metavar="POINTER", help="Also mask this path before it leaves.")
    @click.option("--yes", is_flag=True, help="Do not show the request and ask first.")
    @shared
    @click.pass_obj
    def vote(
        config_file: str | None,
        request_ids: tuple[str, ...],
        reason: str,
        items: tuple[str, ...],
        masked: tuple[str, ...],
        yes: bool,
        key_file: str | None,
        url: str | None,
        direct: bool,
        as_json: bool,
    ) -> None:
        if len(request_ids) > 1 and (items or masked):
            raise click.UsageError("--item and --mask are for one request")
        way = Way(config_file, key_file, url, direct)
        signer, desk = way.must_sign(), _desk(way)
        reason = _masked(desk, reason)
        if len(request_ids) > 1:
            told = _bulk(desk, signer, request_ids, decision, reason, yes)
        else:
            told = _one(desk, signer, request_ids[0], (decision, reason, items, masked), yes)
        finish([told], as_json)


def _masked(desk: Any, reason: str) -> str:
    """The reason without personal data and secrets, as every door has it; where that changes it, it is shown."""
    masked = str(desk.masked(reason))
    if masked != reason.strip():
        click.echo(f"maskgate: signed with the reason: {masked}", err=True)
    return masked


_Ballot = tuple[str, str, tuple[str, ...], tuple[str, ...]]


def _one(desk: Any, signer: Any, request_id: str, ballot: _Ballot, yes: bool) -> dict[str, Any]:
    from maskgate.reviewer.desk import entry_of, scoped, sign_vote

    decision, reason, items, masked = ballot
    told = desk.show(request_id)
    entry = entry_of(told, desk if decision == "approve" else None)
    scope = scoped(entry, items)
    fields: dict[str, Any] = {"scope": scope}
    text = render(told, _width())
    if masked:
        fields["result"], previews = desk.masked_further(entry.request.request_id, masked, scope)
        fields["masking"] = masked
        text += "\n\n── with this masked as well, it leaves like this\n" + "\n".join(previews)
    _confirm(text, decision, yes)
    raw = sign_vote(desk.me(), signer, entry.request, decision, reason, **fields)
    return dict(desk.submit(raw)) | {"request_id": entry.request.request_id}


def _bulk(
    desk: Any, signer: Any, request_ids: tuple[str, ...], decision: str, reason: str, yes: bool
) -> dict[str, Any]:
    """One signed list: what arrives later never joins, and tiers are not mixed."""
    from maskgate.reviewer.desk import entry_of, sign_bulk

    told = [desk.show(i) for i in request_ids]
    raw = sign_bulk(desk.me(), signer, [entry_of(t, desk).request for t in told], decision, reason)
    listing = "\n".join(f"{t['short']}  {t['title']} — {t['purpose']}" for t in told)
    _confirm(listing, f"{decision} {len(told)} requests", yes)
    return dict(desk.submit(raw))


def _confirm(text: str, what: str, yes: bool) -> None:
    """Bare Enter never approves: on a terminal the word has to be typed."""
    if yes or not sys.stdin.isatty():
        return
    click.echo(text, err=True)
    word = what.split(maxsplit=1)[0]
    if click.prompt(f"\nType '{word}' to sign ({what})", default="", show_default=False, err=True).strip() != word:
        raise click.Abort


def finish(results: list[dict[str, Any]], as_json: bool) -> None:
    """Print what became of it; a refusal is exit 1 with its code, silence of the gate exit 3."""
    if as_json:
        click.echo(json.dumps(results[0] if len(results) == 1 else results, ensure_ascii=False))
    for told in results:
        if told["outcome"] == "refused":
            raise RefusedError(told["code"], f"refused: {told['code']}: {told['message']}")
        if told["outcome"] == "pending":
            raise WorldError("stored, but the gate has not read it yet; it counts by the time it was stored")
        if told["outcome"] == "unchanged":
            raise RefusedError("unchanged", told["message"])
        if not as_json:
            click.echo(f"accepted: {told['message']}" if told.get("message") else "accepted")
        if not_counted := told.get("refused"):
            codes = ", ".join(f"{r['request_id'][-8:]} {r['code']}" for r in not_counted)
            raise RefusedError(not_counted[0]["code"], f"refused: {codes}")


_vote("approve", "approve", "Approve: sign that exactly these bytes may go to this destination.", False)
_vote("deny", "deny", "Deny, with a reason.", True)
_vote("abstain", "abstain", "Abstain: seen, but decided by others.", False)


def _act(verb: str, help_text: str, reason_needed: bool = True) -> None:
    @command.command(verb.replace("_", "-"), help=help_text)
    @click.argument("request_id")
    @_reason("Why. Personal data in it is masked before it is signed.", reason_needed)
    @click.option("--item", "items", multiple=True, help="Only these items.")
    @shared
    @click.pass_obj
    def act(
        config_file: str | None,
        request_id: str,
        reason: str,
        items: tuple[str, ...],
        key_file: str | None,
        url: str | None,
        direct: bool,
        as_json: bool,
    ) -> None:
        way = Way(config_file, key_file, url, direct)
        signer, desk = way.must_sign(), _desk(way)
        from maskgate.reviewer.desk import entry_of, scoped, sign_act

        entry = entry_of(desk.show(request_id))
        raw = sign_act(desk.me(), signer, entry.request, verb, _masked(desk, reason), scoped(entry, items))
        finish([desk.submit(raw) | {"request_id": entry.request.request_id}], as_json)


_act("retract", "Take your own vote back while nothing is decided; a denial stays.", False)
_act("revoke", "Take an approval back before it is released.")
_act("recall", "Recall what was released: a tombstone, a notice, and the list of known readers.")
_act("withdraw", "Withdraw a request of your own.")
_act("break_glass", "Release without the quorum, as one of the named persons; a review is due afterwards.")
_act("ratify", "Say afterwards that breaking the glass was right.")
_act("condemn", "Say afterwards that breaking the glass was wrong.")


@command.command("watch")
@click.option("--once", is_flag=True, help="Stop after the first change.")
@click.option("--interval", default=1.0, show_default=True, help="Seconds between two looks.")
@shared
@click.pass_obj
def watch(
    config_file: str | None,
    once: bool,
    interval: float,
    key_file: str | None,
    url: str | None,
    direct: bool,
    as_json: bool,
) -> None:
    """Print every change of every request as it happens, one line each, until Ctrl-C."""
    desk = _desk(Way(config_file, key_file, url, direct))
    known: dict[str, tuple[str, int, int]] = {}
    first = True
    while True:
        rows = desk.list(state="all", limit=200)
        changed = [
            r for r in reversed(rows) if known.get(r["request_id"]) != (r["state"], r["approved_n"], r["denied_n"])
        ]
        known.update({r["request_id"]: (r["state"], r["approved_n"], r["denied_n"]) for r in rows})
        for r in changed if not first else []:
            _tell(r, as_json)
        if once and changed and not first:
            return
        first = False
        time.sleep(interval)


def _tell(r: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_flat(r), ensure_ascii=False))
    else:
        counted = f"{r['approved_n']}/{r['needed_n']}"
        click.echo(f"{time.strftime('%H:%M:%S')}  {r['short']}  {r['state']:<10} {counted}  {r['title']}")


@command.command("stats")
@shared
@click.pass_obj
def stats(config_file: str | None, key_file: str | None, url: str | None, direct: bool, as_json: bool) -> None:
    """Latency percentiles, and how often and how fast each reviewer approves."""
    told = _desk(Way(config_file, key_file, url, direct)).figures()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo("states    " + ", ".join(f"{name} {n}" for name, n in sorted(told["states"].items())))
    click.echo(
        "latency   " + (", ".join(f"{name} {ms / 1000:.1f} s" for name, ms in told["latency_ms"].items()) or "–")
    )
    for r in told["reviewers"]:
        click.echo(
            f"reviewer  {r['name']}: {r['votes']} votes, {r['approve_rate']:.0%} approved, "
            f"median {r['median_ms'] / 1000:.1f} s, {r['hasty']} within 5 s of first seeing it"
        )
    for r in told["refused"]:
        click.echo(f"refused   {r['code']}: {r['n']}")


@command.command("tui")
@shared
@click.pass_obj
def tui(config_file: str | None, key_file: str | None, url: str | None, direct: bool, as_json: bool) -> None:
    """Queue and requests full screen; keys j k Enter a d x ?; works over ssh."""
    from maskgate.reviewer.tui import run

    way = Way(config_file, key_file, url, direct)
    run(_desk(way), way.signer)
