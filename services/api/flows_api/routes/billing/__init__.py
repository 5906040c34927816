"""/v1/billing: bill a month, look before it is done, check and correct it afterwards, and record money."""

from fastapi import APIRouter

from flows_api.routes.billing import closings, corrections, holds, money, month_end, previews, reports, runs, sharing

router = APIRouter(prefix="/v1/billing", tags=["billing"])
for part in (runs, previews, corrections, closings, holds, sharing, reports, money, month_end):
    router.include_router(part.router)
