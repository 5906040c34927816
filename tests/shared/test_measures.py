"""What `make measures` prints stays small."""

import ast

from measures import broad_excepts, count, medians, per_thousand


def test_less_than_three_of_a_thousand_lines_of_services_say_any() -> None:
    assert per_thousand(count("Any", ast.Name, ast.alias)) < 3


def test_less_than_one_of_three_thousand_lines_of_services_catches_whatever_comes() -> None:
    assert per_thousand(broad_excepts()) < 0.3


def test_half_of_the_functions_have_at_most_6_lines_and_half_of_the_files_at_most_100() -> None:
    function, file = medians()
    assert function <= 6
    assert file <= 100
