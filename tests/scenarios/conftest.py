"""The real servers of the integration tests."""

from tests.integration.conftest import stack

__all__ = ["stack"]
