"""Files on their way to a hand: a list, a webhook, SFTP."""
