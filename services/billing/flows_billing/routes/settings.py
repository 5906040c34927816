"""The service's settings, for routes."""

from typing import Annotated

from fastapi import Depends, Request

from flows_billing.settings import BillingSettings


async def get_settings(request: Request) -> BillingSettings:
    settings: BillingSettings = request.app.state.settings
    return settings


Settings = Annotated[BillingSettings, Depends(get_settings)]
