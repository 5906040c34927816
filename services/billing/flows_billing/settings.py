"""Settings of the billing service."""

from typing import Final, Literal

from pydantic import Field

from flows_shared.settings import DatabaseSettings, ServiceSettings

SERVICE: Final = "billing"


class RunSettings(DatabaseSettings):
    """What a billing run needs, also where the command line executes it."""

    billing_batch_accounts: int = Field(
        2_000, ge=1, le=50_000, description="accounts whose bills are committed at once"
    )
    billing_render_slice: int = Field(50, ge=1, le=1_000, description="invoices whose PDFs one job makes")
    billing_work_mem_mb: int = Field(256, ge=4, le=8_192, description="MB of memory for summing half hours")
    billing_usage_source: Literal["half_hours", "roll_ups"] = Field(
        "half_hours", description="what usage is summed from; roll_ups takes sums by day and band where they are whole"
    )


class BillingSettings(ServiceSettings, RunSettings):
    """The app and the worker of billing."""

    billing_cron_hour: int = Field(
        6, ge=0, le=23, description="local hour of the 1st from which the month that ended is billed"
    )
    billing_ledger_sum_seconds: int = Field(
        300, ge=1, le=86_400, description="seconds between two sums over the ledger, which the metrics show"
    )
