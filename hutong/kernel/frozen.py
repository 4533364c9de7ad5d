"""The base of every value here: a msgspec struct that cannot change, and is checked as such."""

from typing import Any, dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class FrozenMeta(msgspec.StructMeta):
    """Makes `frozen` the rule for subclasses, at run time and for the type checker alike."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        options.setdefault("frozen", True)
        return super().__new__(mcs, name, bases, namespace, **options)


class Frozen(msgspec.Struct, metaclass=FrozenMeta):
    """A value: compared by its fields, never changed."""
