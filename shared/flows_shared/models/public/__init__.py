"""Schema `public`: people and their homes, prices, bills and money."""

from flows_shared.models.public.accounts import (
    Account,
    AccountEvent,
    Contract,
    ContractSignature,
    ContractTerms,
    ContractTermsEsco,
    CustomerAccount,
)
from flows_shared.models.public.billing import (
    BillingRun,
    BillingRunAccount,
    Document,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
)
from flows_shared.models.public.homes import Meter, Property, RegisteredProprietor, Wallet
from flows_shared.models.public.ledger import LedgerAccount, LedgerEntry, LedgerPosting
from flows_shared.models.public.messages import Message
from flows_shared.models.public.payments import (
    Gift,
    Payment,
    PaymentEvent,
    Topup,
    TopupEvent,
    TopupGift,
    TopupPayment,
    TopupSolarCredit,
)
from flows_shared.models.public.people import (
    ApiKey,
    CorporateBody,
    CorporateBodyMember,
    Customer,
    CustomerInvite,
    User,
    UserEsco,
)
from flows_shared.models.public.reports import ReportRefresh
from flows_shared.models.public.solar import (
    MonthlySolarCredit,
    SolarCreditAllocation,
    SolarCreditTariff,
    SolarInstallation,
)
from flows_shared.models.public.tariffs import (
    BenchmarkTariff,
    CustomerTariff,
    MicrogridTariff,
    MonthlyCosts,
    MonthlyUsage,
    RateBand,
    RateProfile,
    TariffComponent,
)
from flows_shared.models.public.vat import VatRegistration, VatStatus

__all__ = [
    "Account",
    "AccountEvent",
    "ApiKey",
    "BenchmarkTariff",
    "BillingRun",
    "BillingRunAccount",
    "Contract",
    "ContractSignature",
    "ContractTerms",
    "ContractTermsEsco",
    "CorporateBody",
    "CorporateBodyMember",
    "Customer",
    "CustomerAccount",
    "CustomerInvite",
    "CustomerTariff",
    "Document",
    "Gift",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerPosting",
    "Message",
    "Meter",
    "MicrogridTariff",
    "MonthlyCosts",
    "MonthlySolarCredit",
    "MonthlyUsage",
    "Payment",
    "PaymentEvent",
    "Property",
    "RateBand",
    "RateProfile",
    "RegisteredProprietor",
    "ReportRefresh",
    "SolarCreditAllocation",
    "SolarCreditTariff",
    "SolarInstallation",
    "TariffComponent",
    "Topup",
    "TopupEvent",
    "TopupGift",
    "TopupPayment",
    "TopupSolarCredit",
    "User",
    "UserEsco",
    "VatRegistration",
    "VatStatus",
    "Wallet",
]
