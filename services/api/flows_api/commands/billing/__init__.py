"""/v1/billing: bill a month, look before it is done, check it and put it right afterwards, and record money."""

from fastapi import APIRouter

from flows_api.commands.billing import closings, corrections, money, month_end, previews, runs

router = APIRouter(prefix="/v1/billing", tags=["billing"])
router.include_router(runs.router)
router.include_router(previews.router)
router.include_router(corrections.router)
router.include_router(closings.router)
router.include_router(money.router)
router.include_router(month_end.router)
