"""Verifications, previews and payments of a community."""

from billing.community import OCTOBER, Community, Home
from flows_billing.bills.preview import Preview, preview_run
from flows_billing.invoices.documents import PrintedInvoice, printed_invoice
from flows_billing.proof.finding import Finding
from flows_billing.proof.invoices import verify_invoices
from flows_billing.settings import RunSettings
from flows_billing.stores.communities import find_escos
from flows_shared.time import utc_now


async def preview(community: Community) -> Preview:
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
    return await preview_run(community.billing, esco, OCTOBER, RunSettings(), utc_now().date())


async def findings(community: Community) -> list[Finding]:
    async with community.billing.connection() as connection:
        return list((await verify_invoices(connection)).findings)


async def printed(community: Community, number: str = "WLCE-000001") -> PrintedInvoice:
    async with community.billing.connection() as connection:
        invoice = await printed_invoice(connection, number)
    assert invoice
    return invoice


async def pay(community: Community, home: Home, pence: int) -> None:
    """As the ledger records a payment."""
    await community.execute(
        f"""DO $$
        DECLARE
            bank uuid; receivable uuid; made uuid;
        BEGIN
            INSERT INTO public.ledger_accounts (esco, code, name, type)
            VALUES ('{community.esco}', 'bank', 'Bank', 'asset') RETURNING id INTO bank;
            SELECT id INTO receivable FROM public.ledger_accounts WHERE account = '{home.account}';
            INSERT INTO public.ledger_entries (esco, entry_date, kind, reference, description)
            VALUES ('{community.esco}', '2026-11-10', 'payment', gen_random_uuid()::text, 'Paid')
            RETURNING id INTO made;
            INSERT INTO public.ledger_postings (entry, ledger_account, amount_pence)
            VALUES (made, bank, {pence}), (made, receivable, -{pence});
        END
        $$"""
    )
