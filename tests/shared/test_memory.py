import gc
import weakref

from flows_shared.memory import NEW_OBJECTS, collecting_rarely


class Knot:
    def __init__(self) -> None:
        self.itself = self


def test_what_holds_only_itself_goes_in_the_end() -> None:
    with collecting_rarely():
        knots = weakref.WeakSet[Knot]()
        for _ in range(3 * NEW_OBJECTS):
            knots.add(Knot())
        assert len(knots) < 2 * NEW_OBJECTS


def test_afterwards_all_is_as_it_was() -> None:
    before = gc.get_threshold()
    with collecting_rarely():
        assert gc.get_threshold() != before
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
