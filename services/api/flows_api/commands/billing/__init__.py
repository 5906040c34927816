from fastapi import APIRouter

from flows_api.commands.billing import closings, corrections, money, month_end, previews, runs, sharing

router = APIRouter(prefix="/v1/billing", tags=["billing"])
for part in (runs, previews, corrections, closings, sharing, money, month_end):
    router.include_router(part.router)
