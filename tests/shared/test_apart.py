import asyncio

import asyncpg
import pytest

from flows_shared.apart import attempt, whatever


def test_error_about_the_data_of_one_is_noted_and_the_others_go_on() -> None:
    with attempt() as tried:
        raise ValueError("no such tariff")
    assert str(tried.error) == "no such tariff"


def test_what_went_well_has_no_error() -> None:
    with attempt() as tried:
        pass
    assert tried.error is None


@pytest.mark.parametrize(
    "error", [OSError(), MemoryError(), asyncpg.InterfaceError("closed"), asyncpg.CannotConnectNowError()]
)
def test_what_would_stop_the_others_too_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)), attempt():
        raise error


def test_nobody_who_goes_on_whatever_comes_outlives_a_cancellation() -> None:
    with pytest.raises(asyncio.CancelledError), attempt(whatever):
        raise asyncio.CancelledError
