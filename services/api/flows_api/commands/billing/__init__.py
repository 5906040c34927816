"""/v1/billing: bill a month, see how it goes, look before it is done, check it afterwards, and record money."""

from fastapi import APIRouter

from flows_api.commands.billing import money, month_end, previews, runs

router = APIRouter(prefix="/v1/billing", tags=["billing"])
router.include_router(runs.router)
router.include_router(previews.router)
router.include_router(money.router)
router.include_router(month_end.router)
