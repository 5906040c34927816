"""The jobs of every service. Those that nobody in Python asks for are asked for by the database."""

from collections.abc import Mapping
from typing import TypeAlias

from flows_shared.contracts.corrections import CorrectionRequest
from flows_shared.contracts.job import Job
from flows_shared.db import JSON

Ids: TypeAlias = list[str]


class CorrectionWork(CorrectionRequest):
    """A correction that was confirmed, and by whom."""

    requested_by: str


BILL_MONTH = Job[[str]]("billing", "bill_month")
RENDER_INVOICES = Job[[Ids]]("billing", "render_invoices")
RENDER_CREDIT_NOTES = Job[[Ids]]("billing", "render_credit_notes")
# `CorrectionWork`, and the claims for which it acts.
CORRECT_MONTH = Job[[dict[str, JSON], Mapping[str, JSON]]]("billing", "correct_month")
SUM_COSTS = Job[[str]]("billing", "sum_costs")
REFRESH_REPORTS = Job[[]]("billing", "refresh_reports")

# Meters, metrics (all that are switched on where there are none), and whether a person asks.
SYNC_METERS = Job[[Ids, list[str] | None, bool]]("meter-sync", "sync_meters")
SEND_COMMAND = Job[[str]]("meter-sync", "send_command")
PUSH_TOPUP = Job[[str]]("meter-sync", "push_topup")
SEND_TARIFFS = Job[[]]("meter-sync", "send_tariffs")
CORRECT_CLOCKS = Job[[]]("meter-sync", "correct_clocks")
FOLLOW_SOURCE = Job[[str]]("meter-sync", "follow_source")
PREPARE_TIME = Job[[]]("meter-sync", "prepare_time")
# Meters, and half hours from the first moment until before the last.
CHECK_READINGS = Job[[Ids, str, str]]("meter-sync", "check_readings")
ESTIMATE_READINGS = Job[[Ids, str, str, str]]("meter-sync", "estimate_readings")

SEND_INVOICES = Job[[Ids]]("notify", "send_invoices")
SEND_CREDIT_NOTES = Job[[Ids]]("notify", "send_credit_notes")
SEND_INVITES = Job[[str]]("notify", "send_invites")
SEND_RECOVERY = Job[[str]]("notify", "send_recovery")
SEND_EMAIL_CHANGE = Job[[str]]("notify", "send_email_change")
SEND_LOGIN_MAIL = Job[[str]]("notify", "send_login_mail")
