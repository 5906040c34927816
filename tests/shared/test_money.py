from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows_shared.money import cut_rate, cut_to_pence, format_pounds, pence, pounds, round_to_pence

amounts = st.decimals(min_value=-(10**6), max_value=10**6, places=7)


def test_rate_is_cut_to_five_decimals_and_not_rounded() -> None:
    assert cut_rate(Decimal("0.248659")) == Decimal("0.24865")


@pytest.mark.parametrize(("pounds", "expected"), [("0.005", 1), ("0.0049999", 0), ("-0.005", -1), ("12.345", 1235)])
def test_half_a_penny_rounds_away_from_zero(pounds: str, expected: int) -> None:
    assert round_to_pence(Decimal(pounds)) == expected


@given(amounts)
def test_rounding_is_never_off_by_more_than_half_a_penny(amount: Decimal) -> None:
    assert abs(pounds(round_to_pence(amount)) - amount) <= Decimal("0.005")
    assert abs(pounds(cut_to_pence(amount))) <= abs(amount)


@given(st.integers(-(10**9), 10**9))
def test_pence_and_pounds_are_each_others_inverse(amount_pence: int) -> None:
    assert pence(pounds(amount_pence)) == amount_pence


def test_fraction_of_a_penny_is_not_an_amount() -> None:
    with pytest.raises(ValueError, match=r"0\.015 GBP is not a whole number of pence"):
        pence(Decimal("0.015"))


@pytest.mark.parametrize(
    ("amount_pence", "text"), [(0, "£0.00"), (5, "£0.05"), (-5, "-£0.05"), (123456, "£1,234.56"), (-100, "-£1.00")]
)
def test_pounds_are_written_as_people_read_them(amount_pence: int, text: str) -> None:
    assert format_pounds(amount_pence) == text
