"""What is known of a class is found out once: what runs is what was loaded."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


def once_per_class(function: Callable[[type], T]) -> Callable[[type], T]:
    """Keep the answer of `function` for each class as long as the class lives."""
    known: WeakKeyDictionary[type, T] = WeakKeyDictionary()

    @wraps(function)
    def answer(cls: type) -> T:
        if cls not in known:
            known[cls] = function(cls)
        return known[cls]

    return answer
