"""For whom a transaction acts: the audit log and the rows themselves name them."""

import json
from collections.abc import Mapping
from typing import Any

from flows_shared.db import Connection

ACT_FOR = "SELECT set_config('request.jwt.claims', $1, true)"


async def act_for(transaction: Connection, claims: Mapping[str, Any]) -> None:
    """Of a token, or of a person at the command line."""
    await transaction.execute(ACT_FOR, json.dumps(dict(claims)))
