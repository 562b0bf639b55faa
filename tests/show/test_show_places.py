"""Names of points in a plane: clear of each other, of marks, and inside."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.show.places import Box, Name, leader, place_names
from analysis.show.plane import apart

AREA = Box(0, 0, 400, 250)
POINTS = st.lists(
    st.tuples(st.floats(10, 390), st.floats(10, 240), st.floats(20, 120)), min_size=1, max_size=10
)


@settings(max_examples=25, deadline=None)
@given(POINTS)
def test_no_name_covers_another_or_a_mark_or_leaves_the_area(points):
    names = [Name(*point) for point in points]
    placed = [box for box in place_names(names, AREA) if box is not None]
    for i, box in enumerate(placed):
        assert box.left >= AREA.left
        assert box.right <= AREA.right
        assert box.top >= AREA.top
        assert box.bottom <= AREA.bottom
        assert not any(box.overlap(other) for other in placed[:i])
        assert not any(box.overlap(Box(n.x - 5, n.y - 5, n.x + 5, n.y + 5)) for n in names)


@settings(max_examples=10, deadline=None)
@given(POINTS)
def test_the_same_points_have_the_same_places(points):
    names = [Name(*point) for point in points]
    assert place_names(names, AREA) == place_names(names, AREA)


def test_a_name_alone_stands_to_the_right_of_its_point_without_a_line():
    name = Name(100, 100, 50)
    box = place_names([name], AREA)[0]
    assert box.left > 105
    assert (box.top + box.bottom) / 2 == 100
    assert leader(name, box) is None


def test_what_is_kept_clear_stays_clear():
    name, corner = Name(100, 100, 50), Box(100, 80, 200, 120)
    box = place_names([name], AREA, keep_clear=[corner])[0]
    assert box.overlap(corner) == 0


def test_heights_that_are_apart_already_stay():
    assert apart([10, 30, 60], 11) == [10, 30, 60]
    moved = apart([50, 51, 52, 20], 11)
    assert sorted(moved)[0] == 20
    assert all(b - a >= 11 - 1e-9 for a, b in zip(sorted(moved), sorted(moved)[1:], strict=False))
