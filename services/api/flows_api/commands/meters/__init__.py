"""/v1/meters: what is known of a meter, its reads and its writes."""

from fastapi import APIRouter

from flows_api.commands.meters import sync, values, writes

router = APIRouter(prefix="/v1/meters", tags=["meters"])
for part in (sync, writes, values):
    router.include_router(part.router)
