"""Records with named fields that cost next to nothing to define.

Rule: what a search from a cold shell loads derives its records from `Frozen`; everything else may use `dataclass`,
which writes and compiles methods for each class when its module is imported, half a millisecond for one. Here all
classes share the methods of their base, which go by the names of the fields. Else the two are alike: fields are
the annotated names of a class, those of its base first, with defaults that nobody changes; records of one class
are equal, and hash alike, where their fields are equal; and type checkers, `match`, `pickle` and the functions of
the module `dataclasses` take a subclass for a frozen dataclass with slots.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field


class _Kind(type):
    """Makes slots of the annotated names of a class, and notes what the shared methods need to know of them."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _Kind:
        own: dict[str, str] = namespace.get("__annotations__", {}) if bases else {}
        defaults = {field: namespace.pop(field) for field in own if field in namespace}
        kind: Any = super().__new__(mcs, name, bases, {"__slots__": tuple(own), **namespace})
        if own:
            kind._types = kind._types | own
            names = tuple(kind._types)
            setattr(kind, "__match_args__", names)  # noqa: B010 - mypy takes the plain assignment for an error
            kind._defaults = kind._defaults | defaults
            kind._last = tuple(kind._defaults.values())
            if names[len(names) - len(kind._last) :] != tuple(kind._defaults):
                raise TypeError(f"{name}: fields without a default come first")
            kind._required = frozenset(names).difference(kind._defaults)
            kind._blank = {name: kind._defaults.get(name) for name in names}
            kind._setters = tuple([getattr(kind, field).__set__ for field in names])
            kind._values = attrgetter(*names)
        return kind  # type: ignore[no-any-return]


class _Fields:
    """What the module `dataclasses` knows of a class: few ask for it, so it is made when somebody does."""

    def __init__(self) -> None:
        self._known: dict[type[Frozen], dict[str, Field[Any]]] = {}

    def __get__(self, record: Frozen | None, kind: type[Frozen]) -> dict[str, Field[Any]]:
        found = self._known.get(kind)
        if found is None:
            from dataclasses import fields, make_dataclass

            alike = make_dataclass(kind.__name__, kind._types.items())
            found = self._known[kind] = {field.name: field for field in fields(alike)}
        return found


@dataclass_transform(frozen_default=True)
class Frozen(metaclass=_Kind):
    """The base of records; a subclass names its fields."""

    __match_args__: ClassVar[tuple[str, ...]] = ()
    _types: ClassVar[dict[str, str]] = {}
    _defaults: ClassVar[dict[str, Any]] = {}
    #: The values of the defaults; they belong to the last fields.
    _last: ClassVar[tuple[Any, ...]] = ()
    #: The fields without a default; all fields in order, these with None.
    _required: ClassVar[frozenset[str]] = frozenset()
    _blank: ClassVar[dict[str, Any]] = {}
    _setters: ClassVar[tuple[Callable[[Any, Any], None], ...]] = ()
    #: The values of a record, or where it has one field that value itself. Without fields all are equal.
    _values: ClassVar[attrgetter[Any]] = attrgetter("__class__")
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]] = _Fields()  # type: ignore[assignment]

    def __init__(self, *values: Any, **named: Any) -> None:
        setters = self._setters
        if named or len(values) != len(setters):
            if not values and tuple(named) == self.__match_args__:  # all of them, in their order
                values = tuple(named.values())
            else:
                values = self._completed(values, named)
        for set_, value in zip(setters, values):  # noqa: B905 - they are equally many, and a check takes time
            set_(self, value)

    @classmethod
    def _completed(cls, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The values of all fields. Raises TypeError where some are missing, unknown or given twice."""
        names = cls.__match_args__
        missing = len(names) - len(values)
        if not named and 0 < missing <= len(cls._last):
            return values + cls._last[-missing:]
        given = {**dict(zip(names, values, strict=False)), **named} if values else named
        known = {**cls._blank, **given}
        # No name is unknown, none was given twice, and none is missing.
        if len(known) == len(names) and len(given) == len(values) + len(named) and given.keys() >= cls._required:
            return tuple(known.values())
        said = ", ".join([*map(repr, values), *(f"{name}={value!r}" for name, value in named.items())])
        raise TypeError(f"{cls.__qualname__} has the fields {', '.join(names)}, which ({said}) does not fit")

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return bool(self._values(self) == self._values(other))

    def __hash__(self) -> int:
        return hash(self._values(self))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{self.__class__.__qualname__}({shown})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {self.__class__.__qualname__} does not change: {name!r} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {self.__class__.__qualname__} does not change: {name!r} cannot be deleted")

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return self.__class__, tuple([getattr(self, name) for name in self.__match_args__])
