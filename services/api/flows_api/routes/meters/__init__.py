"""/v1/meters: what is known of a meter, its reads and its writes, and what takes its place."""

from fastapi import APIRouter

from flows_api.routes.meters import exchange, readings, sync, values, writes

router = APIRouter(prefix="/v1/meters", tags=["meters"])
for part in (sync, writes, exchange, readings, values):
    router.include_router(part.router)
