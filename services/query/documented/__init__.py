"""What query answers, as its OpenAPI document says it: one module a theme, put together in `catalogue`."""
