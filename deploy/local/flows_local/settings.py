"""Settings of `flows demo`."""

from pathlib import Path

import platformdirs
from pydantic import Field

from flows_shared.settings import LogSettings

FRIENDLY_PORT = 8000


class DemoSettings(LogSettings):
    """`flows demo`."""

    demo_homes: int = Field(40, ge=1, le=5_000, description="homes in the community; those of an earlier start stay")
    demo_port: int | None = Field(
        None, ge=1, le=65_535, description=f"the gateway's port; unset: {FRIENDLY_PORT}, or a free one if it is taken"
    )
    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("flows"),
        description="what the demo keeps: data, logs, mails; unset: the user's folder for data",
    )
