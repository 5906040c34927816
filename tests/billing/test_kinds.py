"""Each kind of line answers what is asked of it."""

from flows_billing.rating.kinds import KINDS
from flows_shared.vocabulary.billing import LineKind


def test_every_kind_of_line_is_described() -> None:
    assert set(KINDS) == set(LineKind)


def test_a_kind_that_multiplies_a_price_can_be_proven() -> None:
    unproven = {kind for kind, each in KINDS.items() if each.has_price and not each.proven_rate}
    assert unproven == {LineKind.SOLAR_CREDIT}  # whose sums are proven by installation
