"""The house rules, checked on the sources themselves."""
