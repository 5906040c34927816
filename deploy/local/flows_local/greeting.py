"""What a demo says when it is ready."""

from pathlib import Path

from flows_local.seed.seed import Login, Seeded


def greet(gateway_url: str, data: Path, mails: Path, mail_count: int, seeded: Seeded, anon: str) -> str:
    """Addresses, logins, and commands that can be copied to a shell."""
    commands = "\n\n".join(f"  {command}" for command in commands_to_try(gateway_url, seeded))
    return f"""
Flows is ready

  Gateway    {gateway_url}
  API docs   {gateway_url}/docs
  Data       {data}
  Mails      {mails} ({mail_count} so far)

  Customer   {_login(seeded.customer)}
  Admin      {_login(seeded.admin)}
  Anon key   {anon}

Log in as the customer, read the bill, read the latest half hours:

{commands}

Ctrl-C ends it; the data stays for the next start.
"""


def _login(login: Login) -> str:
    return f"{login.email:30} {login.password}"


def commands_to_try(gateway_url: str, seeded: Seeded) -> list[str]:
    login = f'{{"email": "{seeded.customer.email}", "password": "{seeded.customer.password}"}}'
    return [
        f"TOKEN=$(curl -s '{gateway_url}/auth/v1/token?grant_type=password' -H 'Content-Type: application/json' "
        f'-d \'{login}\' | sed \'s/.*"access_token":"\\([^"]*\\)".*/\\1/\')',
        f'curl -s -H "Authorization: Bearer $TOKEN" \'{gateway_url}/rest/v1/invoices'
        "?select=number,period_start,period_end,total_pence,due_date'",
        "curl -s -H \"Authorization: Bearer $TOKEN\" -H 'Accept-Profile: flows' "
        f"'{gateway_url}/rest/v1/register_interval_hh?select=register_id,timestamp,kwh&order=timestamp.desc&limit=5'",
    ]
