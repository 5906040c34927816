"""/v1/billing: bill a month, see how it goes, look before it is done, and check it afterwards."""

from fastapi import APIRouter

from flows_api.commands.billing import previews, reports, runs

router = APIRouter(prefix="/v1/billing", tags=["billing"])
router.include_router(runs.router)
router.include_router(previews.router)
router.include_router(reports.router)
