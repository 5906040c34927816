"""What the billing service's routes share: its settings, and whom the caller acts for."""

import json
from typing import Annotated

from fastapi import Depends, Request

from flows_billing.settings import BillingSettings
from flows_shared.auth import Claims
from flows_shared.db import Connection


async def get_settings(request: Request) -> BillingSettings:
    settings: BillingSettings = request.app.state.settings
    return settings


Settings = Annotated[BillingSettings, Depends(get_settings)]


async def act_for(transaction: Connection, claims: Claims) -> None:
    """The audit log names whom the gateway acts for."""
    await transaction.execute("SELECT set_config('request.jwt.claims', $1, true)", json.dumps(claims.all))
