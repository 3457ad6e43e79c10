"""The reviewer's desk full screen: queue, request, votes signed with the reviewer's key; works over ssh."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, DataTable, Footer, Header, Input, Label, Static

from maskgate.base.errors import MaskgateError
from maskgate.crypto import signing
from maskgate.reviewer.desk import Desk, entry_of, sign_act, sign_bulk, sign_vote
from maskgate.reviewer.text import render, render_page

_VERBS = {"approve": "Approve", "deny": "Deny", "retract": "Take back your vote on"}
_HELP = """\
 j k ↑ ↓   next, previous request
 Enter     show the request
 x         mark it for one signed bulk decision
 w         all that would leave, page by page (n p: next, previous page)
 a d       approve, deny: what is marked, else what is shown
 t         take your own vote back on what is shown, while nothing is decided
 m         only what you may decide, or everything open
 r         look again now (it looks by itself every two seconds)
 q         leave

 A decision is signed with your key after you press Ctrl+S in the dialog. Enter alone signs nothing."""


class Help(ModalScreen[None]):
    """The keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        yield Vertical(Label("Keys", classes="title"), Static(_HELP), classes="box")


class Confirm(ModalScreen[str | None]):
    """Asks for the reason; Ctrl+S signs, Escape goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "sign", "Sign"), Binding("escape", "back", "Back")]

    def __init__(self, what: str, listing: str, must_say: bool) -> None:
        super().__init__()
        self._what, self._listing, self._must_say = what, listing, must_say

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Label(self._what, classes="title")
            yield Static(Text(self._listing))
            yield Input(placeholder="Reason, without personal data", id="why", max_length=2000)
            yield Label("", id="problem")
            with Horizontal(classes="row"):
                yield Button("Back  Esc", id="back")
                yield Button("Sign  Ctrl+S", id="sign", variant="primary")

    def on_mount(self) -> None:
        self.query_one("#why").focus()

    def on_input_submitted(self) -> None:
        self.query_one("#back").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "sign":
            self.action_sign()
        else:
            self.action_back()

    def action_sign(self) -> None:
        reason = self.query_one("#why", Input).value.strip()
        if self._must_say and not reason:
            self.query_one("#problem", Label).update("Say why: the requester reads it.")
            return
        self.dismiss(reason)

    def action_back(self) -> None:
        self.dismiss(None)


class Whole(ModalScreen[None]):
    """All that would leave of one request, page by page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "turn(1)", "Next page"),
        Binding("p", "turn(-1)", "Previous page"),
        Binding("escape,w,q", "back", "Back"),
    ]

    def __init__(self, desk: Desk, request_id: str) -> None:
        super().__init__()
        self._desk, self._request_id = desk, request_id
        self._page = self._pages = 1

    def compose(self) -> ComposeResult:
        with Vertical(classes="page"):
            with VerticalScroll(id="scroll"):
                yield Static("looking …", id="page")
            yield Label("n next page   p previous page   Esc back", classes="keys")

    def on_mount(self) -> None:
        self.query_one("#scroll").focus()
        self._load(1)

    @work(thread=True, exclusive=True, group="page")
    def _load(self, page: int) -> None:
        try:
            told = self._desk.whole(self._request_id, page)
            self._page, self._pages = int(told["page"]), int(told["pages"])
            text = render_page(told)
        except MaskgateError as error:
            text = str(error)
        self.app.call_from_thread(self._draw, text)

    def _draw(self, text: str) -> None:
        self.query_one("#page", Static).update(Text(text))
        self.query_one("#scroll", VerticalScroll).scroll_home(animate=False)

    def action_turn(self, by: int) -> None:
        if 1 <= self._page + by <= self._pages:
            self._load(self._page + by)

    def action_back(self) -> None:
        self.dismiss(None)


class DeskApp(App[None]):
    """Queue on the left, request on the right."""

    TITLE = "maskgate"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (136, "-wide")]  # noqa: RUF012  (Textual has it on the instance)
    CSS = """
    #both { layout: horizontal; height: 1fr; }
    #queue { width: 46%; border-right: solid $surface-lighten-2; }
    #detail { padding: 0 2; }
    .-narrow #both { layout: vertical; }
    .-narrow #queue { width: 100%; height: 40%; border-right: none; border-bottom: solid $surface-lighten-2; }
    .box { width: 84; max-width: 95%; height: auto; max-height: 80%; padding: 1 2; }
    .box { background: $surface; border: round $primary; }
    .page { width: 96%; height: 94%; padding: 1 2; background: $surface; border: round $primary; }
    .page #scroll { height: 1fr; }
    .keys { color: $text-muted; margin-top: 1; }
    .title { text-style: bold; margin-bottom: 1; }
    .row { height: auto; align-horizontal: right; margin-top: 1; }
    .row Button { margin-left: 2; }
    #problem { color: $error; }
    ModalScreen { align: center middle; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "vote('approve')", "Approve"),
        Binding("d", "vote('deny')", "Deny"),
        Binding("t", "vote('retract')", "Take back"),
        Binding("x", "mark", "Mark"),
        Binding("w", "whole", "Whole"),
        Binding("m", "mine", "Mine/all"),
        Binding("r", "reload", "Look again"),
        Binding("j", "down", "Next", show=False),
        Binding("k", "up", "Previous", show=False),
        Binding("question_mark", "help", "Keys", key_display="?"),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(self, desk: Desk, signer: signing.Signer | None, every_s: float = 2.0) -> None:
        super().__init__()
        self._desk, self._signer, self._every_s = desk, signer, every_s
        self._rows: list[dict[str, Any]] = []
        self._marked: set[str] = set()
        self._mine = False
        self._shown = ""
        self._detail: dict[str, Any] | str = ""
        self._fitted = (0, 0)

    def compose(self) -> ComposeResult:
        yield Header(show_clock=True)
        with Container(id="both"):
            yield DataTable(id="queue", cursor_type="row", zebra_stripes=True)
            with VerticalScroll(id="detail"):
                yield Static("", id="text")
        yield Footer()

    def on_mount(self) -> None:
        self.sub_title = "looking …"
        self.action_reload()
        self.set_interval(self._every_s, self.action_reload)

    def on_resize(self) -> None:
        self.set_timer(0.1, self._fit)  # once the screen is laid out anew

    def _fit(self) -> None:
        """Give what is asked for the width that is left: tier, votes and time are never cut off."""
        if self._fitted == (self._table.size.width, self.size.width):
            return
        self._fitted = (self._table.size.width, self.size.width)
        tier = max([4, *(min(len(str(r["tier"])), 14) for r in self._rows)])
        columns = {"": 1, "Tier": tier, "What": 0, "Votes": 5, "Left": 11}
        columns["What"] = max(10, self._table.size.width - sum(columns.values()) - 2 * len(columns) - 2)
        self._table.clear(columns=True)
        for name, width in columns.items():
            self._table.add_column(name, width=width)
        self._fill(self._rows)
        self._draw()

    @property
    def _table(self) -> DataTable[Any]:
        return self.query_one("#queue", DataTable)

    # ── looking ──
    @work(thread=True, exclusive=True, group="list")
    def action_reload(self) -> None:
        try:
            rows = self._desk.list(state="open", mine=self._mine, limit=200)
        except MaskgateError as error:
            self.call_from_thread(self.notify, str(error), severity="error")
            return
        self.call_from_thread(self._fill, rows)

    def _fill(self, rows: list[dict[str, Any]]) -> None:
        chosen = self._at
        if {r["tier"] for r in rows} - {r["tier"] for r in self._rows}:
            self._fitted = (0, 0)
            self.set_timer(0.1, self._fit)  # once the screen is laid out anew
        self._rows = rows
        self._marked &= {r["request_id"] for r in rows}
        table = self._table
        if not table.columns:
            return
        at = table.cursor_row
        table.clear()
        for r in rows:
            mark = "●" if r["request_id"] in self._marked else ""
            left = r["left"]["text"].removesuffix(" left") if r["left"] else ""
            cells = (mark, r["tier"], _short(r), f"{r['approved_n']}/{r['needed_n']}", left)
            table.add_row(*(Text(str(c)) for c in cells), key=r["request_id"])
        ids = [r["request_id"] for r in rows]
        if ids:
            table.move_cursor(row=ids.index(chosen) if chosen in ids else min(at, len(ids) - 1))
        what = "may be decided by you" if self._mine else "open"
        self.sub_title = f"{len(rows)} {what}" + (f", {len(self._marked)} marked" if self._marked else "")
        if not rows:
            self._detail = "Nothing waits for a decision."
            self._draw()

    def on_data_table_row_highlighted(self) -> None:
        at = self._at  # where the cursor is now: the event may be of a row that was there before a reload
        if at and at != self._shown:
            self._shown = at
            self._show(at)

    @work(thread=True, exclusive=True, group="detail")
    def _show(self, request_id: str) -> None:
        try:
            self._detail = self._desk.show(request_id)
        except MaskgateError as error:
            self._detail = str(error)
        self.call_from_thread(self._draw)

    def _draw(self) -> None:
        """The request in the width that there is."""
        told, width = self._detail, max(30, self.query_one("#detail").size.width - 6)
        self.query_one("#text", Static).update(Text(told if isinstance(told, str) else render(told, width)))

    def action_down(self) -> None:
        self._table.action_cursor_down()

    def action_up(self) -> None:
        self._table.action_cursor_up()

    def action_mine(self) -> None:
        self._mine = not self._mine
        self.action_reload()

    def action_whole(self) -> None:
        if at := self._at:
            self.push_screen(Whole(self._desk, at))

    def action_help(self) -> None:
        self.push_screen(Help())

    @property
    def _at(self) -> str:
        """The request under the cursor; the one that is shown may lag behind fast keys."""
        row = self._table.cursor_row
        return str(self._rows[row]["request_id"]) if 0 <= row < len(self._rows) else ""

    def action_mark(self) -> None:
        if at := self._at:
            self._marked ^= {at}
            self._fill(self._rows)

    # ── deciding ──
    def action_vote(self, decision: str) -> None:
        marked = set() if decision == "retract" else self._marked
        chosen = [r for r in self._rows if r["request_id"] in (marked or {self._at})]
        if not chosen:
            return
        if not marked and (isinstance(self._detail, str) or self._detail["request_id"] != self._at):
            self.notify("This request is not on the screen yet; look at it first.", severity="warning")
            return
        if self._signer is None:
            self.notify("Start with --key FILE to vote.", severity="warning")
            return
        listing = "\n".join(f"{r['short']}  {r['title']}" for r in chosen[:12])
        listing += f"\n… and {len(chosen) - 12} more" if len(chosen) > 12 else ""
        ids = [r["request_id"] for r in chosen]
        title = f"{_VERBS[decision]} {'this request' if len(ids) == 1 else f'these {len(ids)} requests'}"

        def decided(reason: str | None) -> None:
            if reason is not None:
                self._cast(ids, decision, reason)

        self.push_screen(Confirm(title, listing, decision == "deny"), decided)

    @work(thread=True)
    def _cast(self, ids: list[str], decision: str, reason: str) -> None:
        assert self._signer is not None
        try:
            me = self._desk.me()
            reason = self._desk.masked(given := reason.strip())
            if reason != given:
                self.call_from_thread(self.notify, f"Signed with the reason: {reason}", severity="warning", timeout=8)
            desk = self._desk if decision == "approve" else None
            requests = [entry_of(self._desk.show(i), desk).request for i in ids]
            if decision == "retract":
                raw = sign_act(me, self._signer, requests[0], decision, reason, channel="tui")
            elif len(requests) == 1:
                raw = sign_vote(me, self._signer, requests[0], decision, reason, channel="tui")
            else:
                raw = sign_bulk(me, self._signer, requests, decision, reason)
            told = self._desk.submit(raw)
        except MaskgateError as error:
            self.call_from_thread(self.notify, str(error), severity="error", timeout=8)
            return
        self.call_from_thread(self._told, told)

    def _told(self, told: dict[str, Any]) -> None:
        if told["outcome"] == "refused":
            self.notify(f"{told['code']}: {told['message']}", title="Refused", severity="error", timeout=8)
        elif told["outcome"] == "accepted":
            self.notify(told.get("message") or "Your signature counts.", title="Accepted", timeout=8)
        elif told["outcome"] == "unchanged":
            self.notify(told["message"], title="Unchanged", severity="warning", timeout=8)
        else:
            self.notify("Stored; the gate has not read it yet.", severity="warning")
        self._marked.clear()
        self._shown = ""
        self.action_reload()


def _short(r: dict[str, Any]) -> str:
    """What is asked for in half a line."""
    where = f"{r['rule'] or r['verb']} → {r['destination'] or r['resource'] or '–'}"
    return f"{where}: {r['purpose']}" if r["purpose"] else where


def run(desk: Desk, signer: signing.Signer | None) -> None:
    """Run until the reviewer leaves."""
    DeskApp(desk, signer).run()
