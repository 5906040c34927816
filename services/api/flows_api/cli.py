"""The gateway's part of the `flows` command: keys of programs, and who may log in.

It acts as an admin whom `--as` names, so that row level security decides and the audit log knows who it was.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Annotated, NoReturn, TypeVar
from uuid import UUID, uuid4

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from flows_api.auth.acting import acting_as
from flows_api.auth.api_keys import ApiKey, KeyWish, list_keys, make_key, revoke_key
from flows_api.auth.inviting import MadeInvite, make_invite
from flows_api.auth.principal import principal_of
from flows_api.auth.users import find_login
from flows_shared.command_line import command_database, command_settings
from flows_shared.db import Connection, connected
from flows_shared.errors import FlowsError
from flows_shared.numbers import whole_option
from flows_shared.settings import DatabaseSettings, ServiceSettings, load_settings
from flows_shared.time import utc_now

LINK_LIFE = timedelta(days=7)

commands = typer.Typer(no_args_is_help=True)
key = typer.Typer(help="Keys with which programs use the API.", no_args_is_help=True)
user = typer.Typer(help="Who may log in.", no_args_is_help=True)
commands.add_typer(key, name="key")
commands.add_typer(user, name="user")

T = TypeVar("T")
Admin = Annotated[str, typer.Option("--as", help="Email of the admin who asks.", show_default=False)]


class CommandRefused(FlowsError):
    """What was asked cannot be done."""

    code = "command.refused"


@key.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What it is for, such as 'Meter mediator'.", show_default=False)],
    admin: Admin,
    scopes: Annotated[
        list[str], typer.Option("--scope", help="read, write, write:SCHEMA or write:SCHEMA.TABLE; can be repeated.")
    ],
    role: Annotated[str, typer.Option(help="admin, service or reporting.")] = "admin",
    esco: Annotated[str | None, typer.Option(help="Code of the only community that it reaches.")] = None,
    days: Annotated[int, typer.Option(parser=whole_option(least=1, most=1098), help="Its life.")] = 365,
) -> None:
    """Make a key and print it, once."""

    async def make(db: Connection) -> tuple[UUID, str]:
        community = await _community(db, esco) if esco else None
        wish = KeyWish(name, role, scopes, community, utc_now() + timedelta(days=days))
        try:
            return await make_key(db, wish)
        except asyncpg.InsufficientPrivilegeError:
            raise CommandRefused(f"{admin} may not make a key of role {role} for {esco or 'all communities'}") from None
        except asyncpg.CheckViolationError as error:
            raise CommandRefused(f"role, scopes and community do not fit together: {error}") from None

    made, secret = _run(admin, make)
    typer.echo(f"{made}\n{secret}")


@key.command("list")
def index(admin: Admin) -> None:
    """List the keys of the admin's communities."""
    table = Table("id", "name", "begins", "role", "scopes", "expires", "last used", "revoked")
    for found in _run(admin, list_keys):
        table.add_row(*_row(found))
    Console().print(table)


@key.command("revoke")
def revoke(key_id: Annotated[UUID, typer.Argument(metavar="ID", show_default=False)], admin: Admin) -> None:
    """Revoke a key, for good."""
    found = _run(admin, lambda db: revoke_key(db, key_id))
    typer.echo(f"{found.name} is revoked")


@key.command("signing")
def signing(algorithm: Annotated[str, typer.Argument(help="ES256 or RS256.")] = "ES256") -> None:
    """Make a key that signs logins, for FLOWS_API_TOKEN_KEYS, and print it as a JSON Web Key."""
    from flows_shared.tokens import generate_jwk

    if algorithm not in ("ES256", "RS256"):
        raise typer.BadParameter("ES256 or RS256")
    typer.echo(json.dumps(generate_jwk(algorithm)))


@key.command("anon")
def anon() -> None:
    """Print the key that every Supabase client is made with: it reads what nobody need log in for.

    It needs the gateway's environment, and is good until FLOWS_JWT_SECRET is changed, for ten years at most.
    """
    from flows_api.auth.anon import anon_key
    from flows_api.settings import ApiSettings

    typer.echo(anon_key(load_settings(ApiSettings), utc_now()))


@user.command("invite")
def invite(
    email: Annotated[str, typer.Argument(help="The customer's email.", show_default=False)], admin: Admin
) -> None:
    """Mail a customer an invite to make their login; it holds for seven days."""

    async def make(db: Connection) -> MadeInvite:
        return await make_invite(db, await _customer(db, email))

    made = _run(admin, make)
    typer.echo(f"{email} is invited until {made.expires_at:%Y-%m-%d %H:%M}Z")


@user.command("add-admin")
def add_admin(
    email: Annotated[str, typer.Argument(help="The new admin's email.", show_default=False)],
    escos: Annotated[list[str] | None, typer.Option("--esco", help="Code of a community; can be repeated.")] = None,
    every: Annotated[bool, typer.Option("--all", help="An admin of every community.")] = False,
) -> None:
    """Make the login of an admin, and mail them a link to choose a password.

    This is how the first one gets in: FLOWS_DATABASE_URL names the role that migrates, and FLOWS_JWT_SECRET is needed.
    """
    from flows_api.auth.invites import begin_recovery

    if bool(escos) == every:
        raise typer.BadParameter("name the communities with --esco, or give --all")
    settings = command_settings(ServiceSettings)

    async def add() -> None:
        async with connected(settings.database_url.get_secret_value(), name="flows command") as db, db.transaction():
            await _add_admin(db, email, every, [await _community(db, code) for code in escos or []])
            await begin_recovery(db, settings, email, utc_now() + LINK_LIFE)

    try:
        asyncio.run(add())
    except asyncpg.UniqueViolationError:
        raise CommandRefused(f"{email} has a login already") from None
    except asyncpg.InsufficientPrivilegeError:
        raise CommandRefused("only the role that migrates may make admins: see FLOWS_DATABASE_URL") from None
    typer.echo(f"{email} is an admin; the mail holds for {LINK_LIFE.days} days")


def _run(admin: str, work: Callable[[Connection], Awaitable[T]]) -> T:
    settings = command_settings(DatabaseSettings)

    async def run() -> T:
        async with command_database(settings, "flows command") as db:
            async with db.connection() as connection:
                login = await find_login(connection, admin)
            if login is None or login.disabled_at is not None:
                raise CommandRefused(f"{admin} may not log in")
            async with acting_as(db, principal_of(login.id, "admin")) as transaction:
                return await work(transaction)

    return asyncio.run(run())


async def _add_admin(db: Connection, email: str, every: bool, communities: Sequence[UUID]) -> None:
    from flows_shared.models.public import User, UserEsco
    from flows_shared.models.statements import add
    from flows_shared.vocabulary.people import UserRole

    made = User(id=uuid4(), email=email.lower(), role=UserRole.ADMIN, all_escos=every)
    await add(db, made, *(UserEsco(user_id=made.id, esco=community) for community in communities))


async def _community(db: Connection, code: str) -> UUID:
    from sqlmodel import func, select

    from flows_shared.models.flows import Esco
    from flows_shared.models.statements import find

    found = await find(db, select(Esco.id).where(func.upper(Esco.code) == code.upper()))
    return found or _missing("community", code)


async def _customer(db: Connection, email: str) -> UUID:
    from sqlmodel import func, select

    from flows_shared.models.public import Customer
    from flows_shared.models.statements import find

    found = await find(db, select(Customer.id).where(func.lower(Customer.email) == email.lower()))
    return found or _missing("customer", email)


def _missing(kind: str, name: str) -> NoReturn:
    raise CommandRefused(f"there is no {kind} {name!r}, or not one of this admin's")


def _row(found: ApiKey) -> list[str]:
    moments = (found.expires_at, found.last_used_at, found.revoked_at)
    dates = [f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in moments]
    return [str(found.id), found.name, found.hint, found.role, " ".join(found.scopes), *dates]
