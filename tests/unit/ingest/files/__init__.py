"""Files at the door: each refusal, each fault, and the operator's real exports."""
