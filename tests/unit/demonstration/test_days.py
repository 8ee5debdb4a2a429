from datetime import date

import pytest

from demonstration.days import easter_sunday, is_bank_day, latest_month


@pytest.mark.parametrize(
    ("year", "easter"), [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5))]
)
def test_easter_is_where_the_church_puts_it(year: int, easter: date) -> None:
    assert easter_sunday(year) == easter


@pytest.mark.parametrize("closed", ["2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25", "2026-11-21", "2027-01-01"])
def test_target_is_closed(closed: str) -> None:
    assert not is_bank_day(date.fromisoformat(closed))


def test_target_works_on_armistice_day() -> None:
    assert is_bank_day(date(2026, 11, 11))


def test_the_month_is_the_latest_whose_bank_days_have_passed() -> None:
    assert latest_month(date(2026, 11, 12)).period == "2026-10"
    assert latest_month(date(2026, 11, 11)).period == "2026-09"
    assert latest_month(date(2026, 1, 5)).period == "2025-11"


def test_three_bank_days_lead_to_the_due_date_and_two_follow() -> None:
    month = latest_month(date(2026, 11, 23))
    assert month.due_date == date(2026, 11, 10)
    assert [day.day for day in month.bank_days] == [6, 9, 10, 11, 12]


def test_earlier_months_cross_the_year() -> None:
    month = latest_month(date(2026, 1, 31)).earlier(2)
    assert (month.period, month.due_date) == ("2025-10", date(2025, 11, 10))
