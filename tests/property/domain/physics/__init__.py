"""Laws of the gas physics."""
