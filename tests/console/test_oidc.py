"""Signing in with a real OpenID provider: who gets in, what it gives, and every token that must not be taken."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterator
from typing import Any

import fake_office as office
import gate_world
import oidc_provider
import pytest
from fake_console import ORIGIN, Site
from oidc_provider import OidcProvider
from starlette.testclient import TestClient

from maskgate.kafka import topics
from maskgate.people.changes import build_change

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(oidc_provider.missing()), reason=oidc_provider.missing() or "here"),
]
LOGOUT = {"http://schemas.openid.net/event/backchannel-logout": {}}
Make = Callable[..., Site]


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    """One process for all that do not end it."""
    made = OidcProvider(ORIGIN)
    yield made
    made.close()


@pytest.fixture
def desk(make_site: Make, provider: OidcProvider) -> Site:
    """A console on the wall's time; anna and ben have accounts at the provider, mallory has one and is nobody."""
    return enrolled(make_site, provider.settings())


def enrolled(make_site: Make, *providers: dict[str, Any]) -> Site:
    made = make_site(console={"public_read": False, "providers": providers}, now=time.time_ns() // 1_000_000)
    for person in ("anna", "ben"):
        for one in providers[:1]:
            link(made, person, one["issuer"], person)
    return made


def link(site: Site, person: str, issuer: str, sub: str) -> None:
    body = {"person": person, "account": {"iss": issuer, "sub": sub}}
    signers = [office.key("admin"), office.key(person)]
    site.send(topics.PEOPLE, build_change("account", body, signers=signers, now_ms=site.world.broker.now))
    site.sync()


def set_clock(site: Site) -> None:
    """The provider lives at the wall's time, so the console's clock follows it."""
    site.world.broker.now = max(site.world.broker.now, time.time_ns() // 1_000_000)


def sign_in(site: Site, provider: OidcProvider, who: str, *, start: str = "", amr: Any = ()) -> tuple[TestClient, Any]:
    """A browser, and what the console answered when it came back from the provider."""
    browser = site.browser()
    browser.get("/signin")
    gone = browser.get(start or f"/signin/with/{provider.name}?next=/people")
    assert gone.status_code == 303, gone.text
    back = provider.signs_in(gone.headers["location"], who, amr)
    set_clock(site)
    return browser, browser.get(back, headers={"accept": "application/json"})


def is_in(browser: TestClient) -> bool:
    return browser.get("/people").status_code == 200


def groups_of(site: Site, person: str) -> set[str]:
    now = int(site.context.clock() * 1000)
    return {g for g in site.context.registry.people.groups_of(person, now) if g.startswith("oidc:")}


def test_two_persons_sign_in_and_are_who_the_registry_says(desk: Site, provider: OidcProvider) -> None:
    """Code, PKCE, state and nonce with a real provider; the account is matched by issuer and subject."""
    for who, name in (("anna", "Anna Example"), ("ben", "Ben Example")):
        browser, answer = sign_in(desk, provider, who)
        assert (answer.status_code, answer.headers["location"]) == (303, "/people")
        assert f'data-person="{who}"' in browser.get("/").text
        assert name in browser.get("/").text


def test_the_groups_that_the_provider_names_hold_with_their_prefix(desk: Site, provider: OidcProvider) -> None:
    """They are signed by the console, logged by the gate, replaced by the next sign-in, and over with the session."""
    assert groups_of(desk, "anna") == set()
    sign_in(desk, provider, "anna")
    assert groups_of(desk, "anna") == {"oidc:privacy", "oidc:staff"}
    desk.world.broker.now += 9 * 3_600_000
    assert groups_of(desk, "anna") == set()


def test_groups_are_given_by_the_names_of_the_settings_alone(make_site: Make, provider: OidcProvider) -> None:
    """With a list, a group of the provider that is not on it gives nothing."""
    site = enrolled(make_site, provider.settings(groups={"privacy": "dpo"}))
    sign_in(site, provider, "anna")
    assert groups_of(site, "anna") == {"oidc:dpo"}


def test_somebody_whom_nobody_enrolled_does_not_get_in(desk: Site, provider: OidcProvider) -> None:
    """The answer has the command with which an administrator links the account."""
    browser, answer = sign_in(desk, provider, "mallory")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_enrolled")
    assert f"--account {provider.issuer} mallory" in answer.json()["message"]
    assert not is_in(browser)


def test_a_sign_in_is_no_vote(make_site: Make, provider: OidcProvider) -> None:
    """Even where the console may sign votes for who signed in with a key, it signs none for a provider's word."""
    made = make_site(
        console={"public_read": False, "allow_session_votes": True, "providers": [provider.settings()]},
        policy=office_policy_with_session_votes(),
        now=time.time_ns() // 1_000_000,
    )
    link(made, "anna", provider.issuer, "anna")
    request = made.hold()
    browser, _ = sign_in(made, provider, "anna")
    draft = made.post(browser, f"/r/{request.request_id}/draft", {"decision": "approve"})
    assert draft.status_code == 200 and draft.json()["session"] is False
    keyed = made.post(made.signed_in("anna"), f"/r/{request.request_id}/draft", {"decision": "approve"}).json()
    assert keyed["session"] is True
    cast = made.post(browser, f"/r/{request.request_id}/session-vote", {"session": keyed["payload"]})
    assert (cast.status_code, cast.json()["code"]) == (403, "forbidden")
    assert not made.context.index.get(request.request_id).entry.votes


def office_policy_with_session_votes() -> dict[str, Any]:
    import gate_world

    tree = {**gate_world.POLICY, "approvals": dict(gate_world.POLICY["approvals"])}
    tree["approvals"] |= {"session_votes": True}
    tree["approvals"]["tiers"] = {
        name: {**tier, "session_votes": True} for name, tier in tree["approvals"]["tiers"].items()
    }
    return tree


BAD_TOKENS = [
    pytest.param({"claims": {"iss": "https://evil.example"}}, id="another issuer"),
    pytest.param({"claims": {"aud": "another client"}}, id="another audience"),
    pytest.param({"claims": {"aud": ["console", "another client"]}}, id="two audiences and nobody authorised"),
    pytest.param({"claims": {"azp": "another client"}}, id="authorised for another client"),
    pytest.param({"claims": {"nonce": "of another sign-in"}}, id="another nonce"),
    pytest.param({"without": ["nonce"]}, id="no nonce"),
    pytest.param({"claims": {"exp": 1_700_000_000}}, id="expired"),
    pytest.param({"claims": {"exp": "tomorrow"}}, id="an expiry that is no number"),
    pytest.param({"claims": {"exp": 10**30}}, id="an expiry that is no time"),
    pytest.param({"without": ["exp"]}, id="no expiry"),
    pytest.param({"claims": {"iat": 1_700_000_000}}, id="issued long ago"),
    pytest.param({"claims": {"iat": 4_000_000_000, "exp": 4_000_000_100}}, id="issued in the future"),
    pytest.param({"claims": {"nbf": 4_000_000_000}}, id="not valid yet"),
    pytest.param({"without": ["sub"]}, id="no subject"),
    pytest.param({"claims": {"sub": ""}}, id="an empty subject"),
    pytest.param({"claims": {"sub": ["anna"]}}, id="a list of subjects"),
    pytest.param({"claims": {"amr": "mfa"}}, id="methods that are no list"),
    pytest.param({"header": {"kid": "nobody's"}}, id="an unknown key id"),
    pytest.param({"header": {"typ": "at+jwt"}}, id="an access token"),
    pytest.param({"header": {"typ": "logout+jwt"}}, id="a logout token"),
    pytest.param({"payload": True, "claims": {"sub": "ben"}}, id="changed after it was signed"),
    pytest.param({"none": True}, id="not signed"),
    pytest.param({"key": "second"}, id="signed by another key under this id"),
    pytest.param({"key": "public", "header": {"alg": "HS256"}}, id="signed with the public key as a secret"),
    pytest.param({"replay": "not.a.token"}, id="not a token"),
    pytest.param({"replay": "é.e.e"}, id="not even text of a token"),
]


@pytest.mark.parametrize("how", BAD_TOKENS)
def test_a_bad_token_lets_nobody_in(desk: Site, provider: OidcProvider, how: dict[str, Any]) -> None:
    """Each is signed with the provider's own key unless that is what is wrong with it."""
    how = dict(how)
    if how.get("key") == "second":
        how["key"] = oidc_provider.signing_key("second") | {"kid": "first"}
    if how.get("key") == "public":
        how["key"] = {"kty": "oct", "k": provider.key["n"]}
    provider.spoil_next(**how)
    browser, answer = sign_in(desk, provider, "anna")
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token"), answer.text
    assert not is_in(browser)
    assert groups_of(desk, "anna") == set()


def test_the_bad_tokens_are_refused_for_what_is_wrong_with_them(desk: Site, provider: OidcProvider) -> None:
    """The same road with nothing changed lets the person in: signing anew is not what they are refused for."""
    provider.spoil_next(claims={"groups": ["privacy"]})
    browser, answer = sign_in(desk, provider, "anna")
    assert answer.status_code == 303, answer.text
    assert is_in(browser)


def test_a_replayed_token_lets_nobody_in(desk: Site, provider: OidcProvider) -> None:
    """An ID token of an earlier sign-in, as good as it was, does not fit the nonce of the next."""
    now = int(time.time())
    earlier = {"iss": provider.issuer, "aud": "console", "sub": "ben", "iat": now, "exp": now + 300, "nonce": "earlier"}
    provider.spoil_next(replay=provider.sign(earlier))
    _, answer = sign_in(desk, provider, "anna")
    assert answer.json()["code"] == "bad_token"


def test_an_answer_is_taken_once_and_by_the_browser_that_asked(desk: Site, provider: OidcProvider) -> None:
    """The address that the provider sends back is worth nothing in another browser, later, or with another state."""
    first, other = desk.browser(), desk.browser()
    gone = first.get(f"/signin/with/{provider.name}").headers["location"]
    other.get(f"/signin/with/{provider.name}")
    back = provider.signs_in(gone, "anna")
    head = {"accept": "application/json"}
    assert desk.browser().get(back, headers=head).json()["code"] == "stale_challenge"
    assert other.get(back, headers=head).json()["code"] == "stale_challenge"
    kept = dict(first.cookies)
    assert first.get(back, headers=head).status_code == 303
    first.cookies.update(kept)
    provider.spoil_next(again=True)
    assert first.get(back, headers=head).json()["code"] == "stale_challenge", "even where the provider takes it twice"
    desk.world.broker.now += 700_000
    late = desk.browser()
    late.cookies.update(kept)
    assert late.get(back, headers=head).json()["code"] == "stale_challenge"


def test_two_providers_with_the_same_subject_are_two_accounts(make_site: Make, provider: OidcProvider) -> None:
    """The subject 'anna' of one provider is not 'anna' of the other, and no answer of one is taken for the other's."""
    other = OidcProvider(ORIGIN, name="other", key="second")
    try:
        groups = {"privacy": "privacy"}
        site = enrolled(make_site, provider.settings(groups=groups), other.settings(groups=groups))
        browser, answer = sign_in(site, other, "anna")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_enrolled")
        assert not is_in(browser)
        browser = site.browser()
        gone = browser.get(f"/signin/with/{provider.name}").headers["location"]
        code = provider.signs_in(gone, "anna")
        crossed = browser.get(code.replace("/back/local", "/back/other"), headers={"accept": "application/json"})
        assert crossed.json()["code"] == "stale_challenge"
        mixed = code.replace(f"localhost%3A{provider.port}", f"localhost%3A{other.port}")
        assert mixed != code
        assert browser.get(mixed, headers={"accept": "application/json"}).json()["code"] == "sign_in_refused"
        other.spoil_next(claims={"iss": provider.issuer})  # signed by the other's key, in the name of the first
        _, answer = sign_in(site, other, "anna")
        assert answer.json()["code"] == "bad_token"
    finally:
        other.close()


def test_keys_are_changed_and_a_provider_that_is_down_ends_nothing(make_site: Make) -> None:
    """A new key is fetched when its id turns up; while nothing answers whoever is signed in goes on."""
    first = OidcProvider(ORIGIN)
    site = enrolled(make_site, first.settings())
    browser, answer = sign_in(site, first, "anna")
    assert answer.status_code == 303, answer.text
    first.close()
    site.world.broker.now += 11_000
    second = OidcProvider(ORIGIN, port=first.port, key="second")
    try:
        set_clock(site)
        late, answer = sign_in(site, second, "ben")
        assert answer.status_code == 303, answer.text
        assert is_in(late)
        gone = site.browser()
        begun = gone.get("/signin/with/local").headers["location"]
        back = second.signs_in(begun, "anna")
    finally:
        second.close()
    down = gone.get(back, headers={"accept": "application/json"})
    assert down.status_code == 503
    assert "does not answer" in down.json()["message"]
    assert is_in(browser) and is_in(late)


def test_a_provider_that_never_answered_is_said_so(make_site: Make, provider: OidcProvider) -> None:
    """The page says what still works, and the console starts without it."""
    gone = provider.settings(issuer="http://localhost:1/nobody")
    answer = make_site(console={"providers": [gone]}).browser().get("/signin/with/local")
    assert answer.status_code == 503
    assert "your own key or passkey still lets you in" in answer.text.replace("\n", " ")


def back_channel(site: Site, token: str, name: str = "local") -> Any:
    set_clock(site)
    return site.browser().post(f"/api/v1/providers/{name}/ended", data={"logout_token": token})


def logout_claims(provider: OidcProvider, **more: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": provider.issuer, "aud": "console", "iat": now, "exp": now + 120, "jti": f"{now}.{len(more)}",
        "events": LOGOUT,
    } | more  # fmt: skip


def test_the_back_channel_ends_a_session_and_its_groups(desk: Site, provider: OidcProvider) -> None:
    """The provider says an account is gone: its sessions end, its groups with them; others go on."""
    anna, _ = sign_in(desk, provider, "anna")
    ben, _ = sign_in(desk, provider, "ben")
    token = provider.sign(logout_claims(provider, sub="anna", jti="one"), typ="logout+jwt")
    answer = back_channel(desk, token)
    assert (answer.status_code, answer.json()) == (200, {"ended": 1})
    assert not is_in(anna)
    assert groups_of(desk, "anna") == set()
    assert is_in(ben)
    assert groups_of(desk, "ben") == {"oidc:security"}
    assert back_channel(desk, token).json()["code"] == "bad_token"


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        pytest.param({"nonce": "n"}, {}, id="with a nonce: an ID token"),
        pytest.param({"events": {}}, {}, id="of no event"),
        pytest.param({"events": "logout"}, {}, id="of an event that is none"),
        pytest.param({"aud": "another client"}, {}, id="for another client"),
        pytest.param({"iss": "https://evil.example"}, {}, id="of another issuer"),
        pytest.param({"iat": 1_700_000_000}, {}, id="of long ago"),
        pytest.param({"sub": None, "sid": None}, {}, id="that names nobody"),
        pytest.param({"jti": ""}, {}, id="without an id"),
        pytest.param({}, {"kid": "nobody's"}, id="of an unknown key"),
    ],
)
def test_a_bad_logout_token_ends_nothing(
    desk: Site, provider: OidcProvider, claims: dict[str, Any], header: dict[str, Any]
) -> None:
    """Whoever can post to the console cannot sign people out."""
    anna, _ = sign_in(desk, provider, "anna")
    answer = back_channel(desk, provider.sign(logout_claims(provider, sub="anna", jti="two") | claims, **header))
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token"), answer.text
    assert is_in(anna)


def test_signing_out_ends_the_session_here_and_offers_the_providers(desk: Site, provider: OidcProvider) -> None:
    """The page that follows links to the provider's own sign-out."""
    anna, _ = sign_in(desk, provider, "anna")
    token = anna.get("/").text.split('data-csrf="')[1].split('"')[0]
    out = anna.post("/signout", data={"csrf": token}, headers={"origin": ORIGIN})
    assert (out.status_code, out.headers["location"]) == (303, "/signin?out=local")
    assert not is_in(anna)
    assert "/signin/over/local" in anna.get("/signin?out=local").text
    over = anna.get("/signin/over/local").headers["location"]
    assert over.startswith(f"{provider.issuer}/session/end?client_id=console")


def test_a_revoked_person_is_out_at_once(desk: Site, provider: OidcProvider) -> None:
    """The session is looked up in the registry at every call."""
    anna, _ = sign_in(desk, provider, "anna")
    change = build_change(
        "revoke_person", {"person": "anna"}, signers=[office.key("admin")], now_ms=desk.world.broker.now
    )
    desk.send(topics.PEOPLE, change)
    assert not is_in(anna)


def test_where_the_sign_in_leads_is_a_page_of_ours(desk: Site, provider: OidcProvider) -> None:
    """An address that somebody put into the link is not followed."""
    _, answer = sign_in(desk, provider, "anna", start="/signin/with/local?next=//evil.example/")
    assert answer.headers["location"] == "/"


STRONG = {"groups": {"privacy": "privacy-strong"}, "amr": ["mfa", "otp"], "within": "10m"}


def test_a_second_factor_gives_its_groups_for_its_time(make_site: Make, provider: OidcProvider) -> None:
    """A tier that asks for the group of a second factor is met by a fresh, strong sign-in and by nothing else."""
    site = enrolled(make_site, provider.settings(step_up=STRONG, groups={"staff": "staff"}))
    sign_in(site, provider, "anna", amr=["pwd", "otp"])
    assert groups_of(site, "anna") == {"oidc:staff"}, "a sign-in that did not ask for it gives none"
    again = "/signin/with/local?again=true"
    _, weak = sign_in(site, provider, "anna", start=again, amr=["pwd"])
    assert (weak.status_code, weak.json()["code"]) == (403, "sign_in_refused")
    assert groups_of(site, "anna") == {"oidc:staff"}
    _, strong = sign_in(site, provider, "anna", start=again, amr=["pwd", "otp"])
    assert strong.status_code == 303, strong.text
    assert groups_of(site, "anna") == {"oidc:staff", "oidc:privacy-strong"}
    site.world.broker.now += 601_000
    assert groups_of(site, "anna") == set()


def test_an_old_authentication_gives_no_group_of_a_second_factor(make_site: Make, provider: OidcProvider) -> None:
    """The provider may answer from a session of its own: then auth_time is old, or missing."""
    site = enrolled(make_site, provider.settings(step_up=STRONG))
    for how in ({"claims": {"auth_time": int(time.time()) - 7200}}, {"without": ["auth_time"]}):
        provider.spoil_next(**how)
        _, answer = sign_in(site, provider, "anna", start="/signin/with/local?again=true", amr=["otp"])
        assert answer.json()["code"] == "bad_token"
    assert groups_of(site, "anna") == set()


def test_a_request_that_waits_for_a_second_factor_leads_there(make_site: Make, provider: OidcProvider) -> None:
    """Its page offers the fresh sign-in to whom it may help, back to the request, and votes after it."""
    policy = {**gate_world.POLICY, "approvals": dict(gate_world.POLICY["approvals"])}
    strong = {"quorum": {"all_of": [{"group": "oidc:privacy-strong"}]}}
    policy["approvals"]["tiers"] = {**policy["approvals"]["tiers"], "strong": strong}
    console = {"public_read": False, "providers": [provider.settings(step_up=STRONG)]}
    site = make_site(console=console, policy=policy, now=time.time_ns() // 1_000_000)
    link(site, "anna", provider.issuer, "anna")
    page = f"/r/{site.hold(tier='strong').request_id}"
    again = f"/signin/with/local?again=true&next={page}"
    browser, _ = sign_in(site, provider, "anna")
    offered = html.unescape(browser.get(page).text).replace("%2F", "/")
    assert f'href="{again}"' in offered and 'data-decision="approve"' not in offered
    plain = site.hold(tier="standard").request_id
    assert "again=true" not in browser.get(f"/r/{plain}").text
    browser, answer = sign_in(site, provider, "anna", start=again, amr=["pwd", "otp"])
    assert answer.headers["location"] == page
    met = browser.get(page).text
    assert "again=true" not in met and 'data-decision="approve"' in met
