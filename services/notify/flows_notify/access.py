"""Mails that let one in: invites, password recoveries and new addresses. What becomes of each is kept with its row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from asyncpg import Record

from flows_notify.channels.channel import Outgoing
from flows_notify.rendering import render
from flows_notify.settings import NotifySettings
from flows_shared.db import Connection
from flows_shared.errors import FlowsError
from flows_shared.tokens import mailed_code, mailed_invite, mailed_token

OWN_NAME = "Flows"

# Locked while the mail is on its way: another worker that has it too waits, and then finds it sent.
INVITES = """
    SELECT invite.invite_token, invite.expires_at, customer.fullname AS name, customer.email,
           esco.name AS community, esco.app_url
      FROM public.customer_invites AS invite
      JOIN public.customers AS customer ON customer.id = invite.customer
      LEFT JOIN flows.escos AS esco ON esco.id = customer.esco
     WHERE invite.customer = $1 AND invite.status = 'pending' AND invite.expires_at > now()
     ORDER BY invite.created_at
       FOR UPDATE OF invite
"""
INVITE_SENT = """
    UPDATE public.customer_invites SET status = 'sent', invite_url = $2, mailed_token = $3 WHERE invite_token = $1
"""
RECOVERY = """
    SELECT recovery.id, recovery.expires_at, recovery.redirect_to, login.email,
           coalesce(customer.fullname, login.email) AS name, esco.name AS community, esco.app_url
      FROM flows.recoveries AS recovery
      JOIN public.users AS login ON login.id = recovery.user_id
      LEFT JOIN public.customers AS customer ON customer.id = login.customer
      LEFT JOIN flows.escos AS esco ON esco.id = customer.esco
     WHERE recovery.id = $1 AND recovery.sent_at IS NULL AND recovery.used_at IS NULL AND recovery.expires_at > now()
       FOR UPDATE OF recovery
"""
EMAIL_CHANGE = """
    SELECT change.id, change.expires_at, change.redirect_to, change.new_email AS email,
           coalesce(customer.fullname, login.email) AS name, esco.name AS community, esco.app_url
      FROM flows.email_changes AS change
      JOIN public.users AS login ON login.id = change.user_id
      LEFT JOIN public.customers AS customer ON customer.id = login.customer
      LEFT JOIN flows.escos AS esco ON esco.id = customer.esco
     WHERE change.id = $1 AND change.sent_at IS NULL AND change.used_at IS NULL AND change.expires_at > now()
       AND NOT EXISTS (SELECT FROM public.users AS other WHERE other.email = change.new_email)
       FOR UPDATE OF change
"""
LOGIN_MAIL = """
    SELECT mail.id, mail.kind, mail.email, mail.expires_at, coalesce(customer.fullname, login.email) AS name,
           coalesce(esco.name, $2) AS community
      FROM flows.login_mails AS mail
      JOIN public.users AS login ON login.id = mail.user_id
      LEFT JOIN public.customers AS customer ON customer.id = login.customer
      LEFT JOIN flows.escos AS esco ON esco.id = customer.esco
     WHERE mail.id = $1 AND mail.sent_at IS NULL AND mail.used_at IS NULL AND mail.expires_at > now()
       FOR UPDATE OF mail
"""
LOGIN_MAIL_SENT = "UPDATE flows.login_mails SET sent_at = clock_timestamp() WHERE id = $1"
EMAIL_CHANGE_SENT = "UPDATE flows.email_changes SET sent_at = clock_timestamp() WHERE id = $1"
RECOVERY_SENT = "UPDATE flows.recoveries SET sent_at = clock_timestamp() WHERE id = $1"


class PortalUnknown(FlowsError):
    code = "notify.portal_unknown"

    def __init__(self, community: str | None) -> None:
        place = f"the community {community} has no app_url" if community else "this login is of no community"
        super().__init__(f"no link can be made: {place}, and FLOWS_NOTIFY_PORTAL_URL is not set")


@dataclass(frozen=True)
class Invitation:
    invite: UUID
    token: UUID
    url: str
    mail: Outgoing


async def invitations(db: Connection, settings: NotifySettings, customer: UUID) -> Sequence[Invitation]:
    """Mails for a customer's invites that are to be sent; none where the customer has no address."""
    rows = await db.fetch(INVITES, customer)
    return [_invitation(settings, **row) for row in rows if (row["email"] or "").strip()]


async def note_invited(db: Connection, invitation: Invitation) -> None:
    await db.execute(INVITE_SENT, invitation.invite, invitation.url, invitation.token)


async def recovery_mail(db: Connection, settings: NotifySettings, recovery: UUID) -> Outgoing | None:
    """None when it was sent, or came too late."""
    return _asked_for(settings, "recovery", await db.fetchrow(RECOVERY, recovery))


async def note_recovery_sent(db: Connection, recovery: UUID) -> None:
    await db.execute(RECOVERY_SENT, recovery)


async def email_change_mail(db: Connection, settings: NotifySettings, change: UUID) -> Outgoing | None:
    """To the new address. None when it was sent, came too late, another one was asked for since, or someone has it."""
    return _asked_for(settings, "email_change", await db.fetchrow(EMAIL_CHANGE, change))


async def note_email_change_sent(db: Connection, change: UUID) -> None:
    await db.execute(EMAIL_CHANGE_SENT, change)


async def login_mail(db: Connection, settings: NotifySettings, mail: UUID) -> Outgoing | None:
    """That the password or address changed, to the address of before, or the code of a reauthentication."""
    row = await db.fetchrow(LOGIN_MAIL, mail, OWN_NAME)
    if row is None:
        return None
    code = mailed_code(settings, mail) if row["kind"] == "reauthentication" else None
    rendered = render(
        row["kind"],
        name=row["name"],
        email=row["email"],
        community=row["community"],
        code=code,
        expires_at=row["expires_at"],
    )
    recipient = row["name"], row["email"]
    return Outgoing(uuid5(mail, "mail"), row["community"], *recipient, rendered.subject, rendered.text, rendered.html)


async def note_login_mail_sent(db: Connection, mail: UUID) -> None:
    await db.execute(LOGIN_MAIL_SENT, mail)


def _asked_for(settings: NotifySettings, kind: str, row: Record | None) -> Outgoing | None:
    if row is None:
        return None
    token = mailed_token(settings, kind, row["id"])
    url = _link(settings, row["app_url"], row["community"], token, kind, row["redirect_to"])
    return _mail(kind, row["id"], row["name"], row["email"], row["community"], url, row["expires_at"])


def _invitation(
    settings: NotifySettings,
    invite_token: UUID,
    expires_at: datetime,
    name: str,
    email: str,
    community: str | None,
    app_url: str | None,
) -> Invitation:
    token = mailed_invite(settings, invite_token)
    url = _link(settings, app_url, community, str(token), "invite")
    return Invitation(invite_token, token, url, _mail("invite", invite_token, name, email, community, url, expires_at))


def _link(
    settings: NotifySettings,
    app_url: str | None,
    community: str | None,
    token: str,
    kind: str,
    redirect_to: str | None = None,
) -> str:
    """To the page that was asked for, or to the portal: the path and the names are those of Supabase's auth."""
    if redirect_to:
        return f"{redirect_to}{'&' if '?' in redirect_to else '?'}token_hash={token}&type={kind}"
    base = settings.notify_portal_url or app_url
    if not base:
        raise PortalUnknown(community)
    return f"{base.rstrip('/')}/auth/confirm?token_hash={token}&type={kind}"


def _mail(
    template: str, row: UUID, name: str, email: str, community: str | None, url: str, expires_at: datetime
) -> Outgoing:
    sender = community or OWN_NAME
    rendered = render(template, name=name, email=email, community=sender, url=url, expires_at=expires_at)
    return Outgoing(uuid5(row, "mail"), sender, name, email.strip(), rendered.subject, rendered.text, rendered.html)
