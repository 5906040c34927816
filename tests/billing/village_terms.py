"""What is agreed in a village: who lives there, shares and pays, at which price, VAT and time of day."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from billing.community import Community, insert
from billing.corrections import esco_of
from billing.village import JANUARY, Household, Tenancy, Village, blocks, component
from flows_billing.closings.final import Closing, final_bill
from flows_billing.payments.record import record_payment
from flows_billing.settings import RunSettings
from flows_shared.contracts.money import PaymentArguments


@dataclass(frozen=True)
class Agreements:
    village: Village

    @property
    def community(self) -> Community:
        return self.village.community

    async def join(self, household: Household, day: date) -> None:
        """Or leave, where it takes part on that day."""
        property = await self.village.group.property(household.home)
        ended = await self.community.value(
            """UPDATE public.sharing_members SET end_date = $2::date
                WHERE property = $1 AND start_date <= $2 AND coalesce(end_date, 'infinity') >= $2 RETURNING id""",
            property,
            day,
        )
        if not ended:
            await self.village.group.member(household.home, start_date=day, coefficient="0.3", surplus_ratio="0.2")

    async def share_by(self, method: str, day: date, rate: str) -> None:
        await self.village.group.terms(method, rate, "0.04000", period_start=day, redistribute=method == "fixed")

    async def reprice(self, day: date, kind: str) -> None:
        """A version of the community's price: flat, or with blocks, a minimum, bands or export credits."""
        columns: dict[str, Any] = {"period_start": day, "includes_vat": kind == "minimum"}
        if kind == "bands":
            columns["rate_profile"] = profile = await insert(
                self.community.db, "public.rate_profiles", esco=self.community.esco, name=str(uuid4())
            )
            night: dict[str, Any] = {"band": "night", "starts_at": time(23), "ends_at": time(6, 30)}
            await insert(self.community.db, "public.rate_bands", profile=profile, position=1, **night)
        price = await self.community.tariff("0.22000", "0.45000", **columns)
        if kind == "blocks":
            await blocks(self.community, price)
        elif kind == "daily blocks":
            await blocks(self.community, price, "5.5", "day")
        elif kind == "minimum":
            await component(self.community, price, "minimum_charge", "90")
        elif kind == "bands":
            await component(self.community, price, "unit_rate", "0.12000", band="night")

    async def correct_price(self, rate: Decimal) -> None:
        await self.community.execute(
            """SELECT public.correct_tariff(id, 'It was wrong.', $2) FROM public.microgrid_tariffs
                WHERE esco = $1 AND superseded_by IS NULL ORDER BY period_start DESC LIMIT 1""",
            self.community.esco,
            rate,
        )

    async def tax(self, household: Household, day: date, use: str) -> None:
        mixed: dict[str, Any] = {"qualifying_percent": Decimal(40), "certificate": "C", "certificate_from": JANUARY}
        columns: dict[str, Any] = {
            "property": await self.village.group.property(household.home),
            "valid_from": day,
            "use": use,
        }
        if use == "mixed":
            columns |= mixed
        await insert(self.community.db, "public.vat_statuses", **columns)

    async def register_for_vat(self, customer: UUID, day: date, number: str | None) -> None:
        columns: dict[str, Any] = {"customer": customer, "valid_from": day, "vat_number": number}
        await insert(self.community.db, "public.vat_registrations", **columns)

    async def change_supplier(self, household: Household, day: date, name: str | None) -> None:
        account = household.accounts[-1].account
        if len(household.accounts) == 1:
            columns: dict[str, Any] = {"account": account, "valid_from": day, "supplier": name}
            await insert(self.community.db, "public.account_suppliers", **columns)
            household.suppliers[day] = name

    async def change_payer(self, household: Household, day: date) -> None:
        """Another occupier from a day on, in the same account."""
        tenancy = household.accounts[-1]
        account = tenancy.account
        if day == tenancy.start or not tenancy.covers(day):
            return
        changed = await self.community.value(
            """UPDATE public.customer_accounts SET end_date = $2
                WHERE account = $1 AND role = 'occupier' AND end_date IS NULL
                  AND coalesce(start_date, '-infinity') <= $2
            RETURNING id""",
            account,
            day - timedelta(days=1),
        )
        if changed:
            customer = await self.community.customer()
            columns: dict[str, Any] = {"customer": customer, "account": account, "role": "occupier", "start_date": day}
            await insert(self.community.db, "public.customer_accounts", **columns)
            household.payers[account] = customer

    async def move_out(self, household: Household, last_day: date) -> None:
        tenancy = household.accounts[-1]
        if tenancy.end is None and tenancy.covers(last_day):
            closing = Closing(tenancy.number, last_day, {}, "a test")
            household.accounts[-1] = tenancy._replace(end=last_day)
            await final_bill(
                self.community.billing,
                await esco_of(self.community),
                closing,
                RunSettings(),
                self.village.now,
            )

    async def move_in(self, household: Household, day: date) -> None:
        end = household.accounts[-1].end
        if end is None or day <= end:
            return
        columns: dict[str, Any] = {
            "property": await self.village.group.property(household.home),
            "type": "supply",
            "status": "open",
        }
        account = await insert(self.community.db, "public.accounts", start_date=day, **columns)
        customer = await self.community.customer()
        party: dict[str, Any] = {"customer": customer, "account": account, "role": "occupier"}
        await insert(self.community.db, "public.customer_accounts", **party)
        number = await self.community.value("SELECT account_number FROM public.accounts WHERE id = $1", account)
        household.accounts.append(Tenancy(account, number, day))
        household.payers[account] = customer

    async def move_zone(self, zone: str) -> None:
        await self.community.execute("UPDATE flows.escos SET time_zone = $2 WHERE id = $1", self.community.esco, zone)
        await self.community.execute("SELECT flows.extend_calendar($1, '2025-09-01', '2025-12-31')", zone)
        self.village.zone = ZoneInfo(zone)

    async def except_days(self, household: Household, day: date, days: int) -> None:
        columns: dict[str, Any] = {
            "account": household.accounts[-1].account,
            "period_start": day,
            "period_end": day + timedelta(days=days),
        }
        await insert(self.community.db, "public.back_bill_exceptions", reason="R", approved_by="B", **columns)

    async def pay(self, household: Household, pence: int) -> None:
        asked = PaymentArguments(amount_pence=pence, method="cash")
        async with self.community.billing.transaction() as transaction:
            await record_payment(transaction, household.accounts[0].account, str(uuid4()), asked)
