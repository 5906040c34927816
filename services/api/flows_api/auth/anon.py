"""The key that portals and programs send before anyone logs in."""

from datetime import datetime, timedelta
from typing import Final

from flows_api.settings import ApiSettings
from flows_shared.tokens import secrets_ring, sign_token

LIFE: Final = timedelta(days=3652)


def anon_key(settings: ApiSettings, now: datetime) -> str:
    """A token of role `anon`, signed with the shared secret: no secret itself, and good until that is changed."""
    return sign_token(
        secrets_ring(settings).current,
        subject="anon",
        role="anon",
        lifetime=LIFE,
        now=now,
        audience=settings.api_token_audience,
        issuer=settings.api_token_issuer,
    )
