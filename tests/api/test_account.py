"""One's own login: made by an invite, recovered by a mail, its password changed, its sessions ended."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import ada_url
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from api.accounts import NEW, bearer, sign_up, verify
from api.community import PASSWORD, Community
from api.conftest import TokenFor
from api.logins import INVALID, log_in, refresh
from builders import Person, insert, make_customer
from flows_api.auth.passwords import hash_password
from flows_api.auth.redirects import allowed_redirect
from flows_api.auth.secret import hash_secret
from flows_shared.db import Connection, connect
from flows_shared.time import utc_now
from flows_shared.tokens import mailed_code, mailed_token

COMMON = ("1234567890", "0987654321", "aaaaaaaaaaaa", "Password123!", "p@ssw0rd2026", "qwertyuiop", "passwordpassword")


@pytest.fixture
async def db(module_database_url: str) -> AsyncIterator[Connection]:
    connection = await connect(module_database_url, name="tests")
    yield connection
    await connection.close()


async def make_login(db: Connection) -> Person:
    """A customer who logs in with `PASSWORD`."""
    person = await make_customer(db)
    await db.execute("UPDATE public.users SET password_hash = $1 WHERE id = $2", hash_password(PASSWORD), person.login)
    return person


@pytest.fixture
async def invited(db: Connection, community: Community) -> tuple[str, str]:
    """Email and invite of a customer who has no login yet."""
    email = f"{uuid4().hex}@example.org"
    customer = await insert(db, "public.customers", fullname="Dee", email=email, esco=community.lab)
    invite = await insert(db, "public.customer_invites", customer=customer["id"])
    return email, str(invite["invite_token"])


async def status_of(db: Connection, invite: str) -> object:
    return await db.fetchval(
        "SELECT status FROM public.customer_invites WHERE invite_token = flows.sealed($1)", UUID(invite)
    )


def refused(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error_code"]


async def test_invited_customer_signs_up_once_and_is_logged_in(
    client: httpx.AsyncClient, db: Connection, invited: tuple[str, str]
) -> None:
    email, invite = invited
    session = (await sign_up(client, email.upper(), invite)).json()
    assert (session["user"]["email"], session["user"]["role"]) == (email, "customer")
    customers = await client.get("/rest/v1/customers?select=email,status", headers=bearer(session))
    assert customers.json() == [{"email": email, "status": "preonboarding"}]
    assert (await log_in(client, email, NEW)).status_code == 200
    assert refused(await sign_up(client, email, invite)) == (403, "otp_expired")
    audited = await db.fetchrow(
        "SELECT actor, after FROM flows.audit_log WHERE table_name = 'public.users' AND row_id = $1",
        session["user"]["id"],
    )
    assert audited is not None
    assert audited["actor"] == session["user"]["id"]
    assert "argon2" not in str(audited["after"])


@pytest.mark.parametrize(
    ("change", "password", "answer"),
    [
        ({}, "short", (422, "weak_password")),
        *(({}, common, (422, "weak_password")) for common in COMMON),
        ({"email": "other@example.org"}, NEW, (400, "email_address_not_authorized")),
        ({"invite": None}, NEW, (422, "signup_disabled")),
        ({"invite": str(uuid4())}, NEW, (403, "otp_expired")),
        ({"invite": "nonsense"}, NEW, (403, "otp_expired")),
    ],
)
async def test_sign_up_without_the_right_invite_is_refused(
    client: httpx.AsyncClient,
    invited: tuple[str, str],
    change: dict[str, Any],
    password: str,
    answer: tuple[int, str],
) -> None:
    given = {"email": invited[0], "invite": invited[1], **change}
    assert refused(await sign_up(client, **given, password=password)) == answer


async def test_invite_ends_after_seven_days_and_is_no_way_around_a_login(
    client: httpx.AsyncClient, db: Connection, community: Community, invited: tuple[str, str]
) -> None:
    email, invite = invited
    life = await db.fetchval(
        "SELECT expires_at - created_at FROM public.customer_invites WHERE invite_token = flows.sealed($1)",
        UUID(invite),
    )
    assert life.days == 7
    ended = "UPDATE public.customer_invites SET expires_at = now() WHERE invite_token = flows.sealed($1)"
    await db.execute(ended, UUID(invite))
    assert refused(await sign_up(client, email, invite)) == (403, "otp_expired")
    assert await status_of(db, invite) == "expired"
    again = await insert(db, "public.customer_invites", customer=community.ann.customer)
    answer = await sign_up(client, community.ann.email, str(again["invite_token"]))
    assert refused(answer) == (403, "otp_expired")


@pytest.mark.parametrize("known", [True, False])
async def test_invite_tells_nobody_whose_address_has_a_login(
    client: httpx.AsyncClient, db: Connection, community: Community, known: bool
) -> None:
    """Another community's login: named by the customer's own address, or as one signs up."""
    taken_address = await db.fetchval("SELECT email FROM public.users WHERE id = $1", community.lab_admin)
    address = taken_address if known else None
    customer = await insert(db, "public.customers", fullname="Guess", email=address, esco=community.lab)
    made = await insert(db, "public.customer_invites", customer=customer["id"])
    invite = str(made["invite_token"])
    wrong = await sign_up(client, taken_address, str(uuid4()))
    taken = await sign_up(client, taken_address, invite)
    assert (taken.status_code, taken.json(), refused(taken)) == (403, wrong.json(), (403, "otp_expired"))
    assert await status_of(db, invite) == "expired"
    assert refused(await sign_up(client, f"{uuid4()}@example.org", invite)) == (403, "otp_expired")


async def test_row_of_an_invite_lets_nobody_in(
    client: httpx.AsyncClient, db: Connection, invited: tuple[str, str]
) -> None:
    email, invite = invited
    row = await db.fetchrow("SELECT * FROM public.customer_invites WHERE invite_token = flows.sealed($1)", UUID(invite))
    assert row is not None
    assert invite not in str(row)
    for kept in (str(row["invite_token"]), str(row["invite_token"]).upper()):
        assert refused(await sign_up(client, email, kept)) == (403, "otp_expired")
        assert refused(await verify(client, type="invite", token_hash=kept)) == (403, "otp_expired")
    assert (await sign_up(client, email, invite.upper())).status_code == 200


async def test_token_in_an_invites_mail_and_the_inserts_own_are_of_one_use(
    client: httpx.AsyncClient, db: Connection, invited: tuple[str, str]
) -> None:
    email, invite = invited
    mailed = uuid4()
    url = f"https://app.example.org/invites/{mailed}?token_hash={mailed}&type=invite"
    await db.execute(
        "UPDATE public.customer_invites SET status = 'sent', mailed_token = $2, invite_url = $3"
        " WHERE invite_token = flows.sealed($1)", UUID(invite), mailed, url,
    )  # fmt: skip
    row = await db.fetchrow("SELECT * FROM public.customer_invites WHERE invite_token = flows.sealed($1)", UUID(invite))
    assert row is not None
    assert str(mailed) not in str(row)
    assert row["invite_url"] == "https://app.example.org/invites/"
    assert (await sign_up(client, email, str(mailed))).status_code == 200
    for used in (invite, str(mailed)):
        assert refused(await sign_up(client, email, used)) == (403, "otp_expired")


async def test_admin_is_given_an_invites_token_once(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = {**as_user(community.lab_admin, "admin"), "Prefer": "return=representation"}
    body = {"customer": str(community.bob.customer)}
    [made] = (await client.post("/rest/v1/customer_invites", json=body, headers=headers)).json()
    listed = await client.get(f"/rest/v1/customer_invites?customer=eq.{body['customer']}", headers=headers)
    assert listed.status_code == 200
    assert made["invite_token"] not in listed.text
    kept = listed.json()[-1]["invite_token"]
    gone = await client.delete(f"/rest/v1/customer_invites?invite_token=eq.{kept}", headers=headers)
    assert [row["customer"] for row in gone.json()] == [body["customer"]]


async def test_two_invites_used_at_once_make_one_login(
    client: httpx.AsyncClient, db: Connection, invited: tuple[str, str]
) -> None:
    email, first = invited
    second = await db.fetchval(
        """INSERT INTO public.customer_invites (customer)
           SELECT customer FROM public.customer_invites WHERE invite_token = flows.sealed($1) RETURNING invite_token""",
        UUID(first),
    )
    answers = await asyncio.gather(*(sign_up(client, email, str(invite)) for invite in (first, second, first)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 403, 422}


async def test_link_of_an_invite_lets_in_and_then_the_password_is_chosen(
    client: httpx.AsyncClient, invited: tuple[str, str]
) -> None:
    email, invite = invited
    session = (await verify(client, type="invite", token_hash=invite)).json()
    assert (await log_in(client, email, NEW)).json() == INVALID
    changed = await client.put("/auth/v1/user", json={"password": NEW}, headers=bearer(session))
    assert changed.json()["email"] == email
    assert (await log_in(client, email, NEW)).status_code == 200


async def test_recovered_password_replaces_the_old_one_and_ends_other_sessions(
    client: httpx.AsyncClient, gateway: FastAPI, db: Connection
) -> None:
    person = await make_login(db)
    old = (await log_in(client, person.email)).json()
    for _ in range(2):
        answer = await client.post("/auth/v1/recover", json={"email": person.email, "gotrue_meta_security": {}})
        assert (answer.status_code, answer.json()) == (200, {})
    [recovery] = await db.fetch("SELECT * FROM flows.recoveries WHERE user_id = $1", person.login)
    queued = await db.fetch("SELECT arguments FROM flows.outbox WHERE job = 'send_recovery'")
    assert [row["arguments"] for row in queued] == [[str(recovery["id"])]]

    token = mailed_token(gateway.state.settings, "recovery", recovery["id"])
    session = (await verify(client, type="recovery", token_hash=token)).json()
    assert refused(await verify(client, type="recovery", token_hash=token)) == (403, "otp_expired")
    answer = await client.put("/auth/v1/user", json={"password": PASSWORD}, headers=bearer(session))
    assert refused(answer) == (422, "same_password")
    assert (await client.put("/auth/v1/user", json={"password": NEW}, headers=bearer(session))).status_code == 200
    assert (await log_in(client, person.email)).json() == INVALID
    assert (await log_in(client, person.email, NEW)).status_code == 200
    assert (await refresh(client, old["refresh_token"])).status_code == 400
    assert refused(await client.get("/auth/v1/user", headers=bearer(old))) == (403, "session_not_found")
    assert (await client.get("/auth/v1/user", headers=bearer(session))).status_code == 200
    actions = await db.fetch("SELECT action FROM flows.audit_log WHERE row_id = $1 ORDER BY id", str(person.login))
    assert {"recover", "update", "logout_others"} <= {row["action"] for row in actions}


async def test_recovery_of_an_unknown_address_looks_the_same(client: httpx.AsyncClient, db: Connection) -> None:
    before = await db.fetchval("SELECT count(*) FROM flows.recoveries")
    for email in ("nobody@example.org", "gone@example.org"):
        answer = await client.post("/auth/v1/recover", json={"email": email})
        assert (answer.status_code, answer.json()) == (200, {})
    assert await db.fetchval("SELECT count(*) FROM flows.recoveries") == before


async def test_expired_recovery_lets_nobody_in(client: httpx.AsyncClient, gateway: FastAPI, db: Connection) -> None:
    person = await make_customer(db)
    await client.post("/auth/v1/recover", json={"email": person.email})
    recovery = await db.fetchval(
        "UPDATE flows.recoveries SET expires_at = now() WHERE user_id = $1 RETURNING id", person.login
    )
    token = mailed_token(gateway.state.settings, "recovery", recovery)
    assert refused(await verify(client, type="recovery", token=token, email=person.email)) == (403, "otp_expired")
    assert refused(await verify(client, type="recovery")) == (400, "validation_failed")


@pytest.mark.parametrize(
    ("scope", "ended"),
    [("local", [True, False]), ("others", [False, True]), ("global", [True, True]), ("", [True, True])],
)
async def test_logout_ends_the_sessions_it_names_at_once(
    client: httpx.AsyncClient, scope: str, ended: list[bool]
) -> None:
    sessions = [(await log_in(client, "bob@example.org")).json() for _ in range(2)]
    answer = await client.post("/auth/v1/logout", params={"scope": scope} if scope else {}, headers=bearer(sessions[0]))
    assert (answer.status_code, answer.content) == (204, b"")
    for session, is_ended in zip(sessions, ended, strict=True):
        status = (await client.get("/rest/v1/invoices", headers=bearer(session))).status_code
        assert status == (401 if is_ended else 200)
        refreshed = await refresh(client, session["refresh_token"])
        assert refreshed.status_code == (400 if is_ended else 200)


async def test_logout_of_an_unknown_scope_or_without_a_token_is_refused(client: httpx.AsyncClient) -> None:
    session = (await log_in(client, "bob@example.org")).json()
    answer = await client.post("/auth/v1/logout?scope=all", headers=bearer(session))
    assert refused(answer) == (400, "validation_failed")
    assert refused(await client.post("/auth/v1/logout")) == (401, "no_authorization")


async def test_new_address_counts_once_its_mail_is_answered(
    client: httpx.AsyncClient, gateway: FastAPI, db: Connection
) -> None:
    person = await make_login(db)
    customer = await db.fetchval("SELECT customer FROM public.users WHERE id = $1", person.login)
    await db.execute("UPDATE public.customers SET email = $1 WHERE id = $2", person.email.upper(), customer)
    session, wanted = (await log_in(client, person.email)).json(), f"{uuid4().hex}@example.org"
    asked = await client.put("/auth/v1/user", json={"email": wanted.upper()}, headers=bearer(session))
    assert (asked.json()["email"], asked.json()["new_email"].lower()) == (person.email, wanted)
    assert (await log_in(client, wanted)).json() == INVALID
    [change] = await db.fetch("SELECT * FROM flows.email_changes WHERE user_id = $1", person.login)
    queued = await db.fetch("SELECT arguments FROM flows.outbox WHERE job = 'send_email_change'")
    assert [row["arguments"] for row in queued] == [[str(change["id"])]]

    token = mailed_token(gateway.state.settings, "email_change", change["id"])
    assert refused(await verify(client, type="recovery", token_hash=token)) == (403, "otp_expired")
    changed = (await verify(client, type="email_change", token_hash=token)).json()
    assert changed["user"]["email"] == wanted
    assert refused(await verify(client, type="email_change", token_hash=token)) == (403, "otp_expired")
    assert (await log_in(client, person.email)).json() == INVALID
    assert (await log_in(client, wanted)).status_code == 200
    assert await db.fetchval("SELECT email FROM public.customers WHERE id = $1", customer) == wanted
    audited = await db.fetch("SELECT action, actor FROM flows.audit_log WHERE row_id = $1", str(person.login))
    assert {"change_email", "update"} <= {row["action"] for row in audited}


async def test_address_that_cannot_be_ones_own_is_refused(client: httpx.AsyncClient, db: Connection) -> None:
    session = (await log_in(client, "bob@example.org")).json()

    async def ask(email: str) -> httpx.Response:
        return await client.put("/auth/v1/user", json={"email": email}, headers=bearer(session))

    assert refused(await ask("nonsense")) == (400, "validation_failed")
    same = await ask("BOB@example.org")
    assert (same.status_code, same.json()["new_email"]) == (200, None)
    assert (await ask("bobby@example.org")).status_code == 200
    hasty = await ask("bobbie@example.org")
    assert refused(hasty) == (429, "over_email_send_rate_limit")
    assert hasty.headers["Retry-After"] == "60"


async def test_address_that_someone_else_has_by_then_is_refused(
    client: httpx.AsyncClient, gateway: FastAPI, db: Connection
) -> None:
    session, wanted = (await log_in(client, "cid@example.org")).json(), f"{uuid4().hex}@example.org"
    await client.put("/auth/v1/user", json={"email": wanted}, headers=bearer(session))
    other = await make_customer(db)
    await db.execute("UPDATE public.users SET email = $1 WHERE id = $2", wanted, other.login)
    change = await db.fetchval("SELECT id FROM flows.email_changes WHERE new_email = $1", wanted)
    token = mailed_token(gateway.state.settings, "email_change", change)
    assert refused(await verify(client, type="email_change", token_hash=token)) == (422, "email_exists")
    assert (await client.get("/auth/v1/user", headers=bearer(session))).json()["email"] == "cid@example.org"


async def test_mail_leads_to_the_page_that_is_asked_for_only_where_that_is_allowed(
    client: httpx.AsyncClient, gateway: FastAPI, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowing = gateway.state.settings.model_copy(update={"api_redirect_urls": ("https://*.lab.example/**",)})
    monkeypatch.setattr(gateway.state, "settings", allowing)
    for page, allowed in {"https://app.lab.example/login?a=1": True, "https://evil.example/": False}.items():
        person = await make_customer(db)
        answer = await client.post("/auth/v1/recover", params={"redirect_to": page}, json={"email": person.email})
        assert (answer.status_code, answer.json()) == (200, {})
        kept = await db.fetchval("SELECT redirect_to FROM flows.recoveries WHERE user_id = $1", person.login)
        assert kept == (page if allowed else None)


async def test_new_address_does_not_tell_whether_someone_has_it(
    client: httpx.AsyncClient, gateway: FastAPI, db: Connection
) -> None:
    answers = []
    for wanted in ("Ann@example.org", f"{uuid4().hex}@example.org"):
        person = await make_login(db)
        session = (await log_in(client, person.email)).json()
        answer = await client.put("/auth/v1/user", json={"email": wanted}, headers=bearer(session))
        queued = await db.fetchval(
            """SELECT count(*) FROM flows.email_changes AS change
                 JOIN flows.outbox ON key = change.id::text WHERE user_id = $1""",
            person.login,
        )
        answers.append((answer.status_code, answer.json()["new_email"] == wanted, queued))
    assert answers == [(200, True, 1), (200, True, 1)]
    change = await db.fetchval("SELECT id FROM flows.email_changes WHERE new_email = 'ann@example.org'")
    token = mailed_token(gateway.state.settings, "email_change", change)
    assert refused(await verify(client, type="email_change", token_hash=token)) == (422, "email_exists")


@pytest.mark.parametrize("end", ["recovery", "email_change", "password", "logout"])
async def test_links_end_with_the_use_of_one_a_new_password_and_a_logout(
    client: httpx.AsyncClient, gateway: FastAPI, db: Connection, end: str
) -> None:
    person = await make_login(db)
    session = (await log_in(client, person.email)).json()
    recoveries = [uuid4(), uuid4()]
    tokens = [("recovery", mailed_token(gateway.state.settings, "recovery", recovery)) for recovery in recoveries]
    for recovery, (_, token) in zip(recoveries, tokens, strict=True):
        await insert(
            db,
            "flows.recoveries",
            id=recovery,
            user_id=person.login,
            token_hash=hash_secret(token),
            expires_at=utc_now() + timedelta(hours=1),
        )
    await client.put("/auth/v1/user", json={"email": f"{uuid4().hex}@example.org"}, headers=bearer(session))
    change = await db.fetchval("SELECT id FROM flows.email_changes WHERE user_id = $1", person.login)
    tokens.append(("email_change", mailed_token(gateway.state.settings, "email_change", change)))
    if end == "password":
        done = await client.put("/auth/v1/user", json={"password": NEW}, headers=bearer(session))
    elif end == "logout":
        done = await client.post("/auth/v1/logout?scope=local", headers=bearer(session))
    else:
        kind, token = next(link for link in tokens if link[0] == end)
        done = await verify(client, type=kind, token_hash=token)
    assert done.is_success
    for kind, token in tokens:
        assert refused(await verify(client, type=kind, token_hash=token)) == (403, "otp_expired")


async def test_new_address_ends_other_sessions_and_is_told_to_the_old_one(
    client: httpx.AsyncClient, gateway: FastAPI, db: Connection
) -> None:
    person = await make_login(db)
    session, wanted = (await log_in(client, person.email)).json(), f"{uuid4().hex}@example.org"
    await client.put("/auth/v1/user", json={"email": wanted}, headers=bearer(session))
    change = await db.fetchval("SELECT id FROM flows.email_changes WHERE user_id = $1", person.login)
    token = mailed_token(gateway.state.settings, "email_change", change)
    changed = (await verify(client, type="email_change", token_hash=token)).json()
    assert refused(await client.get("/auth/v1/user", headers=bearer(session))) == (403, "session_not_found")
    assert (await client.put("/auth/v1/user", json={"password": NEW}, headers=bearer(changed))).status_code == 200
    told = await db.fetch("SELECT kind, email FROM flows.login_mails WHERE user_id = $1", person.login)
    assert {tuple(row) for row in told} == {("email_changed", person.email), ("password_changed", wanted)}


async def test_day_after_its_login_a_session_changes_nothing_without_a_proof(
    client: httpx.AsyncClient, gateway: FastAPI, db: Connection
) -> None:
    person = await make_login(db)
    session = (await log_in(client, person.email)).json()
    await db.execute(
        "UPDATE flows.refresh_tokens SET logged_in_at = now() - interval '1 day' WHERE user_id = $1", person.login
    )
    session = (await refresh(client, session["refresh_token"])).json()

    async def ask(**body: Any) -> httpx.Response:
        return await client.put("/auth/v1/user", json=body, headers=bearer(session))

    assert refused(await ask(password=NEW)) == (400, "reauthentication_needed")
    assert refused(await ask(email="d@example.org")) == (400, "reauthentication_needed")
    assert refused(await ask(password=NEW, current_password="wrong")) == (400, "invalid_credentials")
    assert (await ask(password=NEW, current_password=PASSWORD)).status_code == 200

    assert refused(await ask(password=PASSWORD, nonce="12345678")) == (422, "reauthentication_not_valid")
    asked = await client.get("/auth/v1/reauthenticate", headers=bearer(session))
    assert (asked.status_code, asked.json()) == (200, {})
    hasty = await client.get("/auth/v1/reauthenticate", headers=bearer(session))
    assert refused(hasty) == (429, "over_email_send_rate_limit")
    mail = await db.fetchval(
        "SELECT id FROM flows.login_mails WHERE user_id = $1 AND used_at IS NULL AND kind = $2",
        person.login,
        "reauthentication",
    )
    nonce = mailed_code(gateway.state.settings, mail)
    assert (await ask(password=PASSWORD, nonce=nonce)).status_code == 200
    assert refused(await ask(password=NEW, nonce=nonce)) == (422, "reauthentication_not_valid")


async def test_token_of_no_session_needs_a_proof(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    answer = await client.put("/auth/v1/user", json={"password": NEW}, headers=as_user(community.bob.user))
    assert refused(answer) == (400, "reauthentication_needed")


@pytest.mark.parametrize(
    ("url", "allowed", "leads"),
    [
        ("https://a.example/b", ["https://a.example/b"], True),
        ("https://a.example/b", ["https://a.example/*"], True),
        ("https://a.example/b/c", ["https://a.example/*"], False),
        ("https://a.example/b/c", ["https://a.example/**"], True),
        ("https://x.a.example/", ["https://*.a.example/"], True),
        ("https://x.y.a.example/", ["https://*.a.example/"], False),
        ("https://evil.example/.a.example/", ["https://*.a.example/"], False),
        ("https://axexample/", ["https://a.example/"], False),
        ("flows://login", ["flows://**"], True),
        ("https://a.example/b1", ["https://a.example/b?"], True),
        ("https://a.example/#x", ["https://a.example/**"], False),
        ("https://a.example/\r\nX: 1", ["https://a.example/**"], False),
        ("//a.example/", ["**"], False),
        ("https://a.example/", [], False),
        ("", ["**"], False),
        ("https://evil.example?.a.example/", ["https://*.a.example/"], False),
        ("https://evil.example?x.a.example/", ["https://**.a.example/"], False),
        ("https://evil\\.a.example/", ["https://*.a.example/"], False),
        ("https://a:b@.a.example/", ["https://*.a.example/"], False),
        ("https://localhost:1/", ["https://localhost*/"], False),
        ("https://localhost:3000/", ["https://localhost:*/"], True),
        ("https://evil.example/.a.example/", ["https://**.a.example/"], False),
        ("https://x.y.a.example/", ["https://**.a.example/"], True),
        ("https:///evil.example/", ["https://*/**"], False),
        ("https://a.example/app/../b", ["https://a.example/app/**"], False),
        ("https://a.example/app/%2E%2e/b", ["https://a.example/*/*/*"], False),
        ("https://[::1/", ["https://**"], False),
        ("flows://login/a?b=c", ["flows://**"], True),
    ],
)
def test_only_named_pages_are_led_to(url: str, allowed: list[str], leads: bool) -> None:
    assert allowed_redirect(url, allowed) == (url if leads else None)


@given(
    host=st.text("ab.:@/\\?%2e[]#1", max_size=12),
    path=st.text("ab.:@/\\?%2e#", max_size=12),
    wildcard=st.sampled_from(["*", "**", "?"]),
)
def test_browser_goes_to_a_named_host_and_page_alone(host: str, path: str, wildcard: str) -> None:
    url = f"https://{host}.lab.example/app/{path}"
    if allowed_redirect(url, [f"https://{wildcard}.lab.example/app/**"]) and ada_url.check_url(url):
        seen = ada_url.URL(url)
        assert seen.hostname.endswith(".lab.example")
        assert seen.pathname.startswith("/app/")
        assert (seen.username, seen.port) == ("", "")


async def test_nothing_else_is_changed_here(client: httpx.AsyncClient) -> None:
    session = (await log_in(client, "bob@example.org")).json()
    for body in ({"data": {"name": "Bob"}}, {"phone": "1"}):
        answer = await client.put("/auth/v1/user", json=body, headers=bearer(session))
        assert refused(answer) == (400, "validation_failed")


async def test_client_learns_what_there_is(client: httpx.AsyncClient) -> None:
    settings = (await client.get("/auth/v1/settings")).json()
    assert (settings["external"]["email"], settings["disable_signup"]) == (True, False)
    assert (await client.get("/auth/v1/health")).json()["name"] == "flows"
    assert (await client.get("/auth/v1/.well-known/jwks.json")).json() == {"keys": []}


async def test_admin_invites_their_own_customers_alone(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.lab_admin, "admin")
    for home, status in ((community.bob, 201), (community.cid, 404)):
        answer = await client.post("/v1/invites", json={"customer": str(home.customer)}, headers=headers)
        assert answer.status_code == status
    customer = await client.post(
        "/v1/invites", json={"customer": str(community.ann.customer)}, headers=as_user(community.ann.user)
    )
    assert customer.status_code == 403
