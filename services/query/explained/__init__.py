"""Why a value is what it is: history, findings, decisions, closes, what is kept."""
