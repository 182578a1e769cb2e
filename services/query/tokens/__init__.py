"""Access tokens for programs that cannot show their certificate on every connection: OAuth 2 client credentials."""
