"""Mails that let one in: invites, however they are made, and password recoveries."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from builders import insert, make_admin, make_customer, make_esco
from flows_shared.db import Database
from flows_shared.tokens import mailed_code, mailed_invite, mailed_token
from mail_server import MailServer
from notify.conftest import Notify

BEGIN = "SELECT flows.begin_recovery($1, $2, $3, now() + interval '1 hour')"


@pytest.fixture
async def customer(db: Database) -> AsyncIterator[UUID]:
    async with db.connection() as connection:
        esco = await make_esco(connection, name="Water Lane Energy", app_url="https://water-lane.example/")
        row = await insert(connection, "public.customers", fullname="Ada Brown", email="ada@example.org", esco=esco)
        yield row["id"]


async def invite(db: Database, customer: UUID, **values: object) -> UUID:
    async with db.connection() as connection:
        row = await insert(connection, "public.customer_invites", customer=customer, **values)
        return UUID(str(row["invite_token"]))


async def run_queued(notify: Notify, job: str) -> None:
    """What a change has put into the outbox for notify."""
    async with notify.db.connection() as connection:
        queued = await connection.fetch("SELECT id FROM flows.outbox WHERE service = 'notify' AND job = $1", job)
    for row in queued:
        await notify.run(row["id"])


async def test_invite_is_mailed_once_with_its_link(
    notify: Notify, db: Database, customer: UUID, mail_server: MailServer
) -> None:
    token = await invite(db, customer)
    await run_queued(notify, "send_invites")
    [mail] = mail_server.received
    assert mail["To"] == "Ada Brown <ada@example.org>"
    assert mail["Subject"] == "Your login for Water Lane Energy"
    async with db.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM public.customer_invites")
    assert row is not None
    mailed = mailed_invite(notify.worker.settings, row["invite_token"])
    link = f"https://water-lane.example/auth/confirm?token_hash={mailed}&type=invite"
    assert link in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert link.replace("&", "&amp;") in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert (row["status"], row["invite_url"]) == ("sent", "https://water-lane.example/auth/confirm")
    assert not {str(token), str(mailed)} & set(str(row).split("'"))
    async with db.connection() as connection:
        accepted = "SELECT outcome FROM flows.accept_invite($1, NULL, NULL)"
        outcomes = [await connection.fetchval(accepted, each) for each in (row["mailed_token"], mailed, token)]
    assert outcomes == ["unknown", "accepted", "unknown"]
    await invite(db, customer, status="sent")  # by a tool that mails by itself
    await run_queued(notify, "send_invites")
    assert len(mail_server.received) == 1


async def test_invite_waits_for_a_mail_server_that_is_away(
    notify: Notify, db: Database, customer: UUID, mail_server: MailServer
) -> None:
    await invite(db, customer)
    mail_server.stop()
    await run_queued(notify, "send_invites")
    async with db.connection() as connection:
        assert await connection.fetchval("SELECT status FROM public.customer_invites") == "pending"
    mail_server.start()
    await run_queued(notify, "send_invites")
    assert mail_server.recipients() == ["ada@example.org"]


async def test_expired_invite_is_not_mailed(
    notify: Notify, db: Database, customer: UUID, mail_server: MailServer
) -> None:
    await invite(db, customer)
    async with db.connection() as connection:
        await connection.execute("UPDATE public.customer_invites SET expires_at = now()")
    await run_queued(notify, "send_invites")
    assert mail_server.received == []


async def test_recovery_is_mailed_once_with_a_token_that_is_stored_nowhere(
    notify: Notify, db: Database, mail_server: MailServer
) -> None:
    recovery = uuid4()
    async with db.connection() as connection:
        esco = await make_esco(connection, app_url="https://water-lane.example")
        person = await make_customer(connection, esco)
        await connection.execute(
            "SELECT flows.begin_recovery($1, $2, $3, now() + interval '1 hour')",
            recovery,
            person.email.upper(),
            b"hash",
        )
    for _ in range(2):
        await run_queued(notify, "send_recovery")
    [mail] = mail_server.received
    assert mail["To"].addresses[0].addr_spec == person.email
    token = mailed_token(notify.worker.settings, "recovery", recovery)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"https://water-lane.example/auth/confirm?token_hash={token}&type=recovery" in text
    async with db.connection() as connection:
        assert await connection.fetchval("SELECT sent_at IS NOT NULL FROM flows.recoveries WHERE id = $1", recovery)


async def test_link_that_cannot_be_made_fails_the_job_and_says_why(
    notify: Notify, db: Database, mail_server: MailServer
) -> None:
    async with db.connection() as connection:
        await make_admin(connection)
        email = await connection.fetchval("SELECT email FROM public.users WHERE role = 'admin'")
        await connection.execute(BEGIN, uuid4(), email, b"hash")
    await run_queued(notify, "send_recovery")
    async with db.connection() as connection:
        error = await connection.fetchval("SELECT last_error FROM flows.outbox WHERE failed_at IS NOT NULL")
    assert "FLOWS_NOTIFY_PORTAL_URL is not set" in error
    assert mail_server.received == []


async def test_new_address_is_mailed_a_link_and_the_page_that_was_asked_for(
    notify: Notify, db: Database, mail_server: MailServer
) -> None:
    page = "https://app.water-lane.example/settings?tab=login"
    changes = {uuid4(): None, uuid4(): page}
    async with db.connection() as connection:
        esco = await make_esco(connection, app_url="https://water-lane.example")
        for number, (change, redirect_to) in enumerate(changes.items()):
            person = await make_customer(connection, esco)
            outcome = await connection.fetchval(
                "SELECT flows.begin_email_change($1, $2, $3, $4, now() + interval '1 hour', $5)",
                change,
                person.login,
                f"New{number}@example.org",
                str(change).encode(),
                redirect_to,
            )
            assert outcome == "begun"
    for _ in range(2):
        await run_queued(notify, "send_email_change")
    assert sorted(mail_server.recipients()) == ["new0@example.org", "new1@example.org"]
    texts = "".join(mail.get_body(("plain",)).get_content() for mail in mail_server.received)  # type: ignore[union-attr]
    for change, redirect_to in changes.items():
        token = mailed_token(notify.worker.settings, "email_change", change)
        start = f"{redirect_to}&" if redirect_to else "https://water-lane.example/auth/confirm?"
        assert f"{start}token_hash={token}&type=email_change" in texts
    async with db.connection() as connection:
        assert await connection.fetchval("SELECT bool_and(sent_at IS NOT NULL) FROM flows.email_changes")


async def test_taken_address_is_not_mailed(notify: Notify, db: Database, mail_server: MailServer) -> None:
    async with db.connection() as connection:
        esco = await make_esco(connection, app_url="https://water-lane.example")
        person, other = await make_customer(connection, esco), await make_customer(connection, esco)
        begun = await connection.fetchval(
            "SELECT flows.begin_email_change($1, $2, $3, $4, now() + interval '1 hour', NULL)",
            uuid4(),
            person.login,
            other.email,
            b"hash",
        )
    await run_queued(notify, "send_email_change")
    assert (begun, mail_server.received) == ("begun", [])


async def test_owner_is_told_of_changes_and_mailed_codes(notify: Notify, db: Database, mail_server: MailServer) -> None:
    asked = uuid4()
    async with db.connection() as connection:
        person = await make_customer(connection, await make_esco(connection, name="Water Lane Energy"))
        for _ in range(2):  # the first password is no change
            await connection.execute("SELECT flows.set_password($1, 'hash')", person.login)
        await connection.execute(
            "SELECT flows.mail_login($1, $2, 'email_changed', 'old@example.org', now() + interval '1 day')",
            uuid4(),
            person.login,
        )
        begin = "SELECT flows.begin_reauthentication($1, $2, now() + interval '1 hour')"
        assert await connection.fetchval(begin, asked, person.login) == "begun"
    for _ in range(2):
        await run_queued(notify, "send_login_mail")
    told = sorted((mail["To"].addresses[0].addr_spec, str(mail["Subject"])) for mail in mail_server.received)
    assert told == sorted(
        [
            (person.email, "Your password for Water Lane Energy has changed"),
            ("old@example.org", "Your email address for Water Lane Energy has changed"),
            (person.email, "Your code for Water Lane Energy"),
        ]
    )
    [mail] = [mail for mail in mail_server.received if "code" in str(mail["Subject"])]
    code = mailed_code(notify.worker.settings, asked)
    assert code in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
