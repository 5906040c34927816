"""/v1/billing: bill a month, see how it goes, look before it is done, check it afterwards, and put it right."""

from fastapi import APIRouter

from flows_api.commands.billing import closings, corrections, previews, runs

router = APIRouter(prefix="/v1/billing", tags=["billing"])
router.include_router(runs.router)
router.include_router(previews.router)
router.include_router(corrections.router)
router.include_router(closings.router)
