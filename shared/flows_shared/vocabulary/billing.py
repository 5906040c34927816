"""Words of prices, shared energy, bills and their corrections."""

from flows_shared.vocabulary.word import Word


class RateType(Word):
    SINGLE = "single"
    MULTI = "multi"


class BenchmarkPayment(Word):
    """The ways to pay for which the regulator names a cap."""

    DIRECT_DEBIT = "direct_debit"
    STANDARD_CREDIT = "standard_credit"
    PREPAY = "prepay"


class ComponentKind(Word):
    """What a price has beside its flat rates."""

    UNIT_RATE = "unit_rate"
    EXPORT_CREDIT = "export_credit"
    MINIMUM_CHARGE = "minimum_charge"


class ThresholdPeriod(Word):
    DAY = "day"
    MONTH = "month"


class DayKind(Word):
    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class SupplyUse(Word):
    """How premises or a customer use their supply."""

    DOMESTIC = "domestic"
    CHARITY = "charity"
    BUSINESS = "business"
    MIXED = "mixed"


class SharingMethod(Word):
    FIXED = "fixed"
    PROPORTIONAL = "proportional"
    PRIORITY = "priority"


class SharingMeterRole(Word):
    GENERATION = "generation"
    BOUNDARY_IMPORT = "boundary_import"
    BOUNDARY_EXPORT = "boundary_export"


class RunStatus(Word):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class Outcome(Word):
    """What becomes of an account in a billing run."""

    BILLED = "billed"
    SKIPPED = "skipped"
    FAILED = "failed"


class InvoiceStatus(Word):
    DRAFT = "draft"
    ISSUED = "issued"
    PART_PAID = "part_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    VOID = "void"


class LineKind(Word):
    ENERGY = "energy"
    STANDING_CHARGE = "standing_charge"
    EXPORT_CREDIT = "export_credit"
    MINIMUM_CHARGE = "minimum_charge"
    SHARED_ENERGY = "shared_energy"
    SOLAR_CREDIT = "solar_credit"
    ADJUSTMENT = "adjustment"


class Unit(Word):
    KWH = "kWh"
    DAY = "day"
    ITEM = "item"


class ReadSource(Word):
    METER = "meter"
    CUSTOMER = "customer"
    ESTIMATED = "estimated"


class SealKind(Word):
    INVOICE = "invoice"
    LINES = "lines"
    CREDIT_NOTE = "credit_note"
    DOCUMENT = "document"


class HoldReason(Word):
    SPIKE = "spike"
    READS_DIFFER = "reads_differ"
    CLOSING_READ_DIFFERS = "closing_read_differs"


class ChangeCause(Word):
    """What of an invoice's sources changed after it was issued. All but readings are noted with the invoice."""

    READINGS = "readings"
    TARIFF = "tariff"
    VAT = "vat"
    PAYER = "payer"
    DAYS = "days"
    SHARING = "sharing"


class CorrectionCause(Word):
    """Why a correction differs, by what differs: other shares of energy show as other readings."""

    READINGS = "readings"
    TARIFF = "tariff"
    VAT = "vat"
    PAYER = "payer"
    DAYS = "days"
