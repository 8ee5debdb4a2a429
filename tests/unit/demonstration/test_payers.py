from unit.demonstration.scenes import a_scene

from demonstration.estate import FEWEST_LEASES, estate
from demonstration.payers import Habit, payments, stories

ALWAYS = set(Habit) - {Habit.UNPAID, Habit.SHARES, Habit.CATCH_UP}


def test_every_case_comes_at_least_once_however_small_the_landlord() -> None:
    assert set(stories(a_scene(FEWEST_LEASES).payments)) >= ALWAYS
    assert set(stories(a_scene().payments)) == set(Habit) - {Habit.UNPAID}


def test_a_payment_is_positive_and_on_a_bank_day() -> None:
    scene = a_scene()
    assert all(payment.cents > 0 and payment.day in scene.month.bank_days for payment in scene.payments)


def test_bank_references_are_never_used_twice() -> None:
    references = [payment.bank_reference for payment in a_scene().payments]
    assert len(set(references)) == len(references)


def test_exact_payers_pay_what_the_month_asks() -> None:
    scene = a_scene()
    asked = scene.called.of_month()
    exact = [payment for payment in scene.payments if payment.habit is Habit.EXACT]
    assert exact
    assert all(payment.cents == asked[payment.lease_id] for payment in exact)


def test_co_tenants_pay_the_whole_between_them() -> None:
    scene = a_scene()
    paid: dict[str, int] = {}
    for payment in scene.payments:
        if payment.habit is Habit.SHARES:
            paid[payment.lease_id] = paid.get(payment.lease_id, 0) + payment.cents
    asked = scene.called.of_month()
    assert paid == {lease_id: asked[lease_id] for lease_id in paid}


def test_the_twin_of_a_payment_has_its_amount_and_another_day() -> None:
    twins = [payment for payment in a_scene().payments if payment.habit is Habit.DOUBLE]
    first, second = [payment for payment in twins if payment.lease_id == twins[0].lease_id]
    assert first.cents == second.cents
    assert first.day < second.day


def test_some_instant_payments_are_announced() -> None:
    announced = [payment for payment in a_scene().payments if payment.announced]
    assert announced
    assert {payment.habit for payment in announced} == {Habit.INSTANT}


def test_the_same_seed_pays_the_same() -> None:
    scene = a_scene()
    again = estate(1, 200, scene.month.due_date)
    assert tuple(payments(1, again, scene.called)) == scene.payments
