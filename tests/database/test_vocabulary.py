"""The words that code knows are those that the database takes."""

from collections.abc import Iterable
from typing import Final

from flows_shared.db import Connection
from flows_shared.vocabulary import billing, meters, money, people
from flows_shared.vocabulary.word import Word

# Of every CHECK of one column that lists words, as `= ANY (ARRAY['a'::text, 'b'::text])` or `<@ '{a,b}'::text[]`.
CHECKED: Final = r"""
    SELECT format('%s.%s', conrelid::regclass, attribute.attname) AS place,
           ARRAY(SELECT found[1] FROM regexp_matches(listed, '\w+', 'g') AS found) AS words
      FROM pg_constraint
      JOIN pg_attribute AS attribute ON attribute.attrelid = conrelid AND attribute.attnum = conkey[1]
     CROSS JOIN regexp_replace(pg_get_constraintdef(pg_constraint.oid), '::text(\[\])?', '', 'g') AS definition
     CROSS JOIN substring(definition, '^CHECK \(+\w+ (?:= ANY \(+ARRAY\[|<@ ''{)([^]}]*)') AS listed
     WHERE contype = 'c' AND cardinality(conkey) = 1 AND listed IS NOT NULL
"""
PLACES: Final[dict[str, Iterable[Word]]] = {
    "account_events.history_type": people.AccountEventType,
    "accounts.payment_method": people.PaymentMethod,
    "accounts.status": people.AccountStatus,
    "accounts.type": people.AccountType,
    "api_keys.role": people.KeyRole,
    "benchmark_tariffs.payment_method": billing.BenchmarkPayment,
    "benchmark_tariffs.rate_type": billing.RateType,
    "bill_holds.reason": billing.HoldReason,
    "billing_run_accounts.outcome": billing.Outcome,
    "billing_runs.status": billing.RunStatus,
    "closing_reads.source": billing.ReadSource,
    "contract_terms.subtype": people.ContractSubtype,
    "contract_terms.type": people.AccountType,
    "contracts.type": people.AccountType,
    "credit_notes.causes": billing.CorrectionCause,
    "customer_accounts.role": people.PartyRole,
    "customer_invites.status": people.InviteStatus,
    "customers.status": people.CustomerStatus,
    "direct_debit_mandates.status": people.MandateStatus,
    "flows.circuits.type": meters.Nature,
    "flows.escos.vat_use": billing.SupplyUse,
    "flows.login_mails.kind": people.LoginMailKind,
    "flows.meter_commands.kind": meters.WriteKind,
    "flows.meter_commands.status": meters.WriteStatus,
    "flows.meter_metrics.run_frequency": meters.RunFrequency,
    "flows.meter_registers.element": meters.Element,
    "flows.meter_registers.nature": meters.Nature,
    "flows.meter_registers.status": meters.RegisterStatus,
    "flows.meter_registry.installation_status": meters.InstallationStatus,
    "flows.meter_registry.mode": meters.MeterMode,
    "flows.meter_shadows.health": meters.Health,
    "flows.own_meter_metrics.run_frequency": meters.RunFrequency,
    "flows.register_interval_estimates.method": meters.EstimationMethod,
    "flows.register_interval_sources.source": meters.IntervalSource,
    "flows.seals.kind": billing.SealKind,
    "flows.service_head_registry.type": meters.ServiceHeadType,
    "invoice_lines.element": meters.Element,
    "invoice_lines.kind": billing.LineKind,
    "invoice_lines.unit": billing.Unit,
    "invoice_reads.closing_source": billing.ReadSource,
    "invoice_reads.opening_source": billing.ReadSource,
    "invoices.status": billing.InvoiceStatus,
    "ledger_accounts.type": money.LedgerType,
    "ledger_entries.kind": money.EntryKind,
    "messages.channel": people.MessageChannel,
    "messages.status": people.MessageStatus,
    "payments.method": money.ReceivedBy,
    "payments.status": money.PaymentStatus,
    "properties.tenure": people.Tenure,
    "rate_bands.days": billing.DayKind,
    "refunds.method": money.RefundMethod,
    "registered_proprietors.ownership": people.Ownership,
    "sharing_meters.role": billing.SharingMeterRole,
    "sharing_terms.method": billing.SharingMethod,
    "stale_invoices.cause": set(billing.ChangeCause) - {billing.ChangeCause.READINGS},
    "tariff_components.element": meters.Element,
    "tariff_components.kind": billing.ComponentKind,
    "tariff_components.threshold_period": billing.ThresholdPeriod,
    "topups.source": money.TopupSource,
    "topups.status": money.TopupStatus,
    "users.role": people.UserRole,
    "vat_statuses.use": billing.SupplyUse,
    "wallets.balance_enum": people.WalletBalance,
    "wallets.payment_timing": people.PaymentTiming,
}


async def test_words_of_the_code_are_those_that_the_database_takes(tx: Connection) -> None:
    taken = {row["place"]: set(row["words"]) for row in await tx.fetch(CHECKED)}
    assert taken == {place: {str(word) for word in words} for place, words in PLACES.items()}
