"""Words of the ledger and of money that is paid."""

from flows_shared.vocabulary.word import Word


class LedgerType(Word):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


class EntryKind(Word):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REFUND = "refund"
    TOPUP = "topup"
    SOLAR_CREDIT = "solar_credit"
    GIFT = "gift"
    WRITE_OFF = "write_off"


class PaymentStatus(Word):
    CREATED = "created"
    PENDING = "pending"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ReceivedBy(Word):
    """The way on which a payment came."""

    DIRECT_DEBIT = "direct_debit"
    CARD = "card"
    BANK_TRANSFER = "bank_transfer"
    CHEQUE = "cheque"
    CASH = "cash"


class RefundMethod(Word):
    CARD = "card"
    BANK_TRANSFER = "bank_transfer"
    CHEQUE = "cheque"
    CASH = "cash"


class TopupSource(Word):
    PAYMENT = "payment"
    GIFT = "gift"
    SOLAR_CREDIT = "solar_credit"
    ADJUSTMENT = "adjustment"


class TopupStatus(Word):
    PENDING = "pending"
    WAIT_TOKEN_FETCH = "wait_token_fetch"
    WAIT_TOKEN_PUSH = "wait_token_push"
    COMPLETED = "completed"
    FAILED_TOKEN_FETCH = "failed_token_fetch"
    FAILED_TOKEN_PUSH = "failed_token_push"
