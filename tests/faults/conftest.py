"""What the fault tests share says what it found, not only that it differed."""

import pytest

pytest.register_assert_rewrite("tests.faults.street", "tests.faults.served")
