"""Parameters: typed, bounded, frozen, with errors that say what to write."""

import copy
import dataclasses
import json
import math
import pickle
import re
from typing import Literal

import numpy as np
import pytest

from sluice import Param, Strategy, close
from sluice.domain.errors import ParamError, StrategyError
from sluice.strategy.declaration import parse_param
from sluice.strategy.load import load


class Cross(Strategy):
    fast: int = Param(12, ge=2, le=100)
    slow: int = Param(48, ge=10, le=400)
    weight: float = Param(0.10, gt=0, lt=0.25)
    kind: str = Param("sma", choices=("sma", "ema"))
    flip: bool = Param(False)

    def check(self):
        assert self.fast < self.slow, "fast must be below slow"

    def signals(self):
        return close > 0


class Narrower(Cross):
    fast: int = Param(5, ge=2, le=10)
    extra: int = Param(1)


class Chosen(Strategy):
    side: Literal["long", "short"] = Param("long")


def test_defaults_stand_where_nothing_is_given():
    assert Cross().params == {
        "fast": 12,
        "slow": 48,
        "weight": 0.10,
        "kind": "sma",
        "flip": False,
    }


def test_an_int_is_accepted_for_a_float_and_becomes_one():
    class Wide(Strategy):
        weight: float = Param(1, gt=0)

    assert type(Wide().weight) is float
    assert type(Wide(weight=2).weight) is float


def test_numpy_numbers_become_plain_ones():
    strategy = Cross(fast=np.int64(10), weight=np.float64(0.2))
    assert type(strategy.fast) is int
    assert type(strategy.weight) is float


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"fast": 1}, "at least 2"),
        ({"fast": 101, "slow": 200}, "at most 100"),
        ({"weight": 0}, "above 0"),
        ({"weight": 0.25}, "below 0.25"),
        ({"fast": True}, "whole number, not bool"),
        ({"fast": 10.0}, "whole number, not float"),
        ({"fast": "12"}, "whole number, not str"),
        ({"weight": "0.1"}, "a number, not str"),
        ({"weight": math.nan}, "finite"),
        ({"weight": math.inf}, "finite"),
        ({"weight": True}, "not bool"),
        ({"flip": 1}, "True or False"),
        ({"kind": "wma"}, "one of 'sma', 'ema'"),
        ({"fats": 10}, "no parameter 'fats'; did you mean 'fast'?"),
        ({"zzz": 10}, "it has fast, slow, weight, kind, flip"),
        ({"fast": 60}, "fast must be below slow"),
    ],
)
def test_a_wrong_value_is_refused_with_the_reason(given, words):
    with pytest.raises(ParamError, match=re.escape(words)):
        Cross(**given)


def test_positional_arguments_are_refused():
    with pytest.raises(TypeError):
        Cross(10)


def test_a_strategy_is_frozen_and_says_where_memory_belongs():
    strategy = Cross()
    with pytest.raises(dataclasses.FrozenInstanceError, match="replace"):
        strategy.fast = 3
    with pytest.raises(AttributeError, match=r"ctx\.state"):
        strategy.count = 3
    with pytest.raises(AttributeError):
        del strategy.fast


def test_replace_checks_anew_and_leaves_the_original():
    strategy = Cross()
    assert strategy.replace(fast=20).fast == 20
    assert strategy.fast == 12
    with pytest.raises(ParamError):
        strategy.replace(fast=90)


def test_equal_parameters_of_one_class_are_equal_and_hash_alike():
    assert Cross(fast=10) == Cross(fast=10)
    assert hash(Cross(fast=10)) == hash(Cross(fast=10))
    assert Cross(fast=10) != Cross(fast=11)
    assert Narrower(fast=5) != Cross(fast=5)


def test_a_subclass_inherits_parameters_and_may_narrow_them():
    assert list(Narrower().params) == ["fast", "slow", "weight", "kind", "flip", "extra"]
    assert Narrower().fast == 5
    assert Cross().fast == 12
    with pytest.raises(ParamError, match="at most 10"):
        Narrower(fast=11)


def test_a_literal_annotation_is_a_choice():
    assert Chosen(side="short").side == "short"
    with pytest.raises(ParamError, match="one of 'long', 'short'"):
        Chosen(side="both")


def test_the_repr_can_be_typed_back():
    assert repr(Cross(fast=10)) == "Cross(fast=10, slow=48, weight=0.1, kind='sma', flip=False)"
    assert eval(repr(Cross(fast=10))) == Cross(fast=10)


def test_the_declaration_is_serializable():
    assert json.loads(json.dumps(Cross().to_json()))["params"]["fast"] == 12


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("fast=10", 10),
        ("weight=0.2", 0.2),
        ("weight=1e-1", 0.1),
        ("flip=true", True),
        ("kind=ema", "ema"),
        (" fast = 7", 7),
    ],
)
def test_the_command_line_converts_by_the_annotation(text, value):
    name, parsed = parse_param(Cross, text)
    assert Cross(**{name: parsed}).params[name] == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize("text", ["fast", "fast=ten", "fast=1.5", "fats=1", "flip=maybe", "fast=1"])
def test_the_command_line_refuses_what_does_not_read(text):
    with pytest.raises(ParamError):
        parse_param(Cross, text)


def test_a_default_outside_its_bounds_stops_at_the_class():
    with pytest.raises(StrategyError, match="the default of parameter n=1 must be at least 2"):

        class Wrong(Strategy):
            n: int = Param(1, ge=2)


def test_a_field_that_is_no_parameter_stops_at_the_class():
    with pytest.raises(StrategyError, match="Param"):

        class Wrong(Strategy):
            n: int = 3


def test_a_parameter_without_a_type_stops_at_the_class():
    with pytest.raises(StrategyError, match="needs a type"):

        class Wrong(Strategy):
            n = Param(3)


def test_a_parameter_of_another_type_stops_at_the_class():
    with pytest.raises(StrategyError, match="int, float, bool, str"):

        class Wrong(Strategy):
            n: list = Param([1])


def test_a_plain_value_that_hides_a_parameter_stops_at_the_class():
    with pytest.raises(StrategyError, match="hides an inherited parameter"):

        class Wrong(Cross):
            fast = 3


def test_a_parameter_may_not_take_a_name_of_the_platform():
    with pytest.raises(StrategyError, match="the name is taken"):

        class Wrong(Strategy):
            data: int = Param(3)


def test_annotations_may_be_text(tmp_path):
    path = tmp_path / "later.py"
    path.write_text(
        "from __future__ import annotations\n"
        "from typing import ClassVar, Literal\n"
        "from sluice import Param, Strategy\n"
        "class Later(Strategy):\n"
        "    note: ClassVar[str] = 'x'\n"
        "    n: int = Param(3, ge=1)\n"
        "    side: Literal['a', 'b'] = Param('a')\n"
    )
    later = load(str(path))
    assert later(n=4, side="b").params == {"n": 4, "side": "b"}


def test_a_strategy_can_be_copied_and_pickled():
    strategy = Cross(fast=10)
    assert copy.copy(strategy) == strategy
    assert pickle.loads(pickle.dumps(strategy)) == strategy
