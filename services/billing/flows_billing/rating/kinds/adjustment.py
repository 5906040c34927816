"""What is not charged because it was used too long ago: `back_bill.py` adds it to a bill that is done."""

from flows_billing.rating.kinds.kind import Kind
from flows_shared.vocabulary.billing import LineKind

ADJUSTMENT = Kind(LineKind.ADJUSTMENT, None, has_price=False)
