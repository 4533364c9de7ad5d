"""Pay."""

from collections.abc import Callable
from typing import Any

import pytest

from hutong.kernel.errors import DomainError, ErrorCode


def refused(code: ErrorCode, act: Callable[..., Any], *given: Any, **named: Any) -> DomainError:
    """The refusal of an act, which must be this one."""
    with pytest.raises(DomainError) as caught:
        act(*given, **named)
    assert caught.value.code is code, caught.value
    return caught.value
